/** node bin/tool.mjs tools/test/one.ts FILE ... [--sanitize | --portable | --riscv]: test files inside XS on the desktop or the emulated board, for whoever works on them. */

import { showNow } from "./beside.ts";
import { resolve } from "node:path";
import { buildDesktopHost } from "../build/desktop.ts";
import { runHost } from "../build/run.ts";
import { bundleSuites } from "./bundle.ts";
import { hostArguments } from "./data.ts";
import { insideRiscv } from "./riscv.ts";

export async function main(argv: string[]): Promise<void> {
	const files = argv.slice(2).filter((name) => !name.startsWith("--"));
	if (argv.includes("--riscv")) {
		const counts = await insideRiscv(showNow, files.map((name) => resolve(name)));
		process.exitCode = !counts || counts.failed ? 1 : 0;
		return;
	}
	const { executable } = await buildDesktopHost({ sanitize: argv.includes("--sanitize"), portable: argv.includes("--portable") });
	const script = await bundleSuites("desktop.ts", "one.js", files.map((name) => resolve(name)));
	process.exitCode = await runHost(executable, [script, ...await hostArguments()]);
}
