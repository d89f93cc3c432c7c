/** ruvllm-esp32 run: a person's TypeScript file on XS. */

import type { Command } from "commander";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { buildDesktopHost } from "../../build/desktop.ts";
import { BuildError } from "../../build/errors.ts";
import { packageRoot } from "../../build/paths.ts";
import { runHost } from "../../build/run.ts";
import { bundleForXs, removeBundle } from "../../build/user-script.ts";
import { checkHost, launchImage, riscvImage } from "../hosts.ts";
import { gatePath, GATES, hasGate } from "../../snn/gate/tables.ts";
import { findModel, shippedModels } from "../models.ts";
import { list } from "../options.ts";

interface Options {
	host: string;
	asset?: string[];
	sanitize?: boolean;
	json?: boolean;
}

async function onDesktop(script: string, args: string[], { sanitize }: Options): Promise<number> {
	const { executable } = await buildDesktopHost({ sanitize: sanitize ?? false });
	return runHost(executable, [script, ...args]);
}

async function onRiscv(script: string, args: string[], { asset, sanitize }: Options): Promise<number> {
	if (sanitize)
		throw new BuildError("the sanitizers check the desktop host only; leave out --sanitize or --host");
	const files = [...shippedModels().map(findModel), join(packageRoot, "models", "words.rvem"), ...GATES.filter(hasGate).map(gatePath), ...asset ?? []];
	for (const file of files)
		if (!existsSync(file))
			throw new BuildError(`there is no file ${file}`);
	const { command, args: line, cleanup } = launchImage(await riscvImage(script), new Map(files.map((file) => [basename(file), readFileSync(file)])), args);
	try {
		return await runHost(command, line);
	}
	finally {
		cleanup();
	}
}

/** A file; of a folder, its main.ts; an example of the package by its path there. */
function programOf(path: string): string {
	const found = [path, join(packageRoot, path)].find((candidate) => existsSync(candidate)) ?? path;
	if (!existsSync(found) || !statSync(found).isDirectory())
		return found;
	const main = ["main.ts", "main.js"].map((name) => join(found, name)).find((file) => existsSync(file));
	if (!main)
		throw new BuildError(`the folder ${path} has no main.ts`);
	return main;
}

export function addRun(program: Command): void {
	program.command("run")
		.description("run a TypeScript or JavaScript file on XS, the engine of the boards")
		.argument("<file>", "the file, or a folder with main.ts; it may import ruvllm-esp32/...")
		.argument("[args...]", "its arguments (ruvllm-esp32/platform/runtime gives them as args)")
		.option("--host <name>", "where it runs: desktop, or riscv (the ESP32-C3's instruction set, emulated; shipped models and gates are its assets)", "desktop")
		.option("--asset <file>", "a file that the program opens by its name, on riscv (may be repeated)", list)
		.option("--sanitize", "check the C code's memory and arithmetic while it runs")
		.option("--json", "print {exit_code} as JSON at the end")
		.passThroughOptions()
		.action(async (file: string, args: string[], options: Options) => {
			const script = await bundleForXs(programOf(file));
			try {
				process.exitCode = await (checkHost(options.host) === "desktop" ? onDesktop(script, args, options) : onRiscv(script, args, options));
				if (options.json)
					console.log(JSON.stringify({ exit_code: process.exitCode }));
			}
			finally {
				removeBundle(script);
			}
		});
}
