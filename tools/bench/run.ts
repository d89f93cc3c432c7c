/** node bin/tool.mjs tools/bench/run.ts PROGRAM [desktop | riscv] [ARGUMENT ...]: one program of a bench, as it is; its lines of JSON as they come. */

import type { Host } from "../cli/hosts.ts";
import { runProgram } from "./program.ts";

export async function main(argv: string[]): Promise<void> {
	const [, , file, host = "desktop", ...args] = argv;
	for (const line of await runProgram(file!, { host: host as Host, args }))
		console.log(JSON.stringify(line));
}
