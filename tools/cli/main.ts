/** The command line tool. */

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { buildDesktopHost } from "../build/desktop.ts";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";
import { runHost } from "../build/run.ts";
import { bundleForXs } from "../build/user-script.ts";

const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string };

const program = new Command("ruvllm-esp32")
	.description("A language model, a memory and a radio federation for ESP32 boards, on the desktop too")
	.version(version)
	.enablePositionalOptions();

program.command("run")
	.description("run a TypeScript or JavaScript file on XS, the engine of the boards")
	.argument("<file>", "the file; it may import ruvllm-esp32/...")
	.argument("[args...]", "its arguments (ruvllm-esp32/platform/runtime gives them as args)")
	.option("--sanitize", "check the C code's memory and arithmetic while it runs")
	.passThroughOptions()
	.action(async (file: string, args: string[], options: { sanitize?: boolean }) => {
		const [{ executable }, script] = await Promise.all([buildDesktopHost(options), bundleForXs(file)]);
		try {
			process.exitCode = await runHost(executable, [script, ...args]);
		}
		finally {
			rmSync(script, { force: true });
			rmSync(`${script}.map`, { force: true });
		}
	});

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	try {
		await program.parseAsync(argv);
	}
	catch (error) {
		if (!(error instanceof BuildError))
			throw error;
		process.stderr.write(`ruvllm-esp32: ${error.message}\n`);
		process.exitCode = 1;
	}
}
