/**
 * Assembles native/esp32s3/*.S for the tests (tests/esp32s3/fixture.json), so that these need no assembler, and writes
 * the same text as C (native/esp32s3/s3-code.c), since a manifest of the Moddable SDK builds C but no assembly.
 *
 *   XTENSA_PREFIX=xtensa-esp32s3-elf- node bin/tool.mjs tools/esp32s3/main.ts
 *
 * ESP-IDF brings these tools. Debian's binutils-xtensa-lx106 do it too (xtensa-lx106-elf-) with the ESP32-S3's
 * configuration in $XTENSA_GNU_CONFIG.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";
import { asC, digest, type Fixture, FIXTURE, IN_C, sources } from "./sources.ts";

const BASE = 0x42000000;

export async function main(): Promise<void> {
	const prefix = process.env.XTENSA_PREFIX ?? "xtensa-esp32s3-elf-";
	const run = (tool: string, ...args: string[]): string => {
		try {
			return execFileSync(prefix + tool, args, { encoding: "utf8" });
		}
		catch (error) {
			throw new BuildError(`${prefix}${tool} failed; ESP-IDF brings it, and XTENSA_PREFIX says where it is:\n${(error as { stderr?: string }).stderr ?? String(error)}`);
		}
	};
	const scratch = mkdtempSync(join(tmpdir(), "esp32s3-"));
	try {
		const objects = sources().map((file, i) => {
			const object = join(scratch, `${i}.o`);
			run("as", join(packageRoot, file), "-o", object);
			return object;
		});
		const linked = join(scratch, "linked"), binary = join(scratch, "binary");
		run("ld", "-Ttext", `0x${BASE.toString(16)}`, "-e", "0", ...objects, "-o", linked);
		run("objcopy", "-O", "binary", "-j", ".text", linked, binary);
		const symbols = run("nm", linked).split("\n").map((line) => /^([0-9a-f]+) T (rv_\w+)$/.exec(line)).filter((match) => match !== null);
		const fixture: Fixture = {
			assembler: run("as", "--version").split("\n", 1)[0]!,
			sources: Object.fromEntries(sources().map((file) => [file, digest(file)])),
			base: BASE, symbols: Object.fromEntries(symbols.map(([, address, name]) => [name!, parseInt(address!, 16)])),
			code: readFileSync(binary).toString("hex"),
		};
		writeFileSync(join(packageRoot, FIXTURE), `${JSON.stringify(fixture, null, "\t")}\n`);
		writeFileSync(join(packageRoot, IN_C), asC());
		console.log(`${FIXTURE}: ${fixture.code.length / 2} bytes, ${Object.keys(fixture.symbols).length} functions\n${IN_C}`);
	}
	finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}
