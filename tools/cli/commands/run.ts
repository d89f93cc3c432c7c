/** ruvllm-esp32 run: a person's TypeScript file on XS. */

import type { Command } from "commander";
import { buildDesktopHost } from "../../build/desktop.ts";
import { runHost } from "../../build/run.ts";
import { bundleForXs, removeBundle } from "../../build/user-script.ts";

export function addRun(program: Command): void {
	program.command("run")
		.description("run a TypeScript or JavaScript file on XS, the engine of the boards")
		.argument("<file>", "the file; it may import ruvllm-esp32/...")
		.argument("[args...]", "its arguments (ruvllm-esp32/platform/runtime gives them as args)")
		.option("--sanitize", "check the C code's memory and arithmetic while it runs")
		.option("--json", "print {exit_code} as JSON at the end")
		.passThroughOptions()
		.action(async (file: string, args: string[], options: { sanitize?: boolean; json?: boolean }) => {
			const [{ executable }, script] = await Promise.all([buildDesktopHost({ sanitize: options.sanitize ?? false }), bundleForXs(file)]);
			try {
				process.exitCode = await runHost(executable, [script, ...args]);
				if (options.json)
					console.log(JSON.stringify({ exit_code: process.exitCode }));
			}
			finally {
				removeBundle(script);
			}
		});
}
