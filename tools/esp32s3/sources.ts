/** The assembly of the ESP32-S3, and what is derived from it. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../build/paths.ts";

export const FIXTURE = "tests/esp32s3/fixture.json";
export const IN_C = "native/esp32s3/s3-code.c";

export interface Fixture {
	/** Version line of the assembler. */
	assembler: string;
	/** SHA-256 by source. */
	sources: Record<string, string>;
	/** Address of the code's first byte. */
	base: number;
	symbols: Record<string, number>;
	/** Hexadecimal. */
	code: string;
}

/** Paths in the package, sorted. */
export const sources = (): string[] =>
	readdirSync(join(packageRoot, "native/esp32s3")).filter((name) => name.endsWith(".S")).sort().map((name) => `native/esp32s3/${name}`);

export const digest = (file: string): string => createHash("sha256").update(readFileSync(join(packageRoot, file))).digest("hex");

/** All of it as one C file. Macros of one file may have names of another's, so each file's are undone behind it. */
export function asC(): string {
	const parts = sources().map((file) => {
		const text = readFileSync(join(packageRoot, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
		const lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line.trim() !== "");
		const macros = [...text.matchAll(/^\s*\.macro (\w+)/gm)].map(([, name]) => `\t.purgem ${name}`);
		return `/* ${file} */\n__asm__(\n${[...lines, ...macros].map((line) => `\t${JSON.stringify(`${line}\n`)}`).join("\n")}\n);\n`;
	});
	return `/* Made by tools/esp32s3 from the .S files beside it: change those. A manifest builds C, but no assembly. */\n${parts.join("\n")}`;
}
