/** node bin/tool.mjs benches/federation/hop/main.ts [FILE.ruvm] [desktop]: what a hop of a pipeline costs a session; emulated, instructions on RV32IMC. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../tools/build/paths.ts";
import { runProgram } from "../../../tools/bench/program.ts";

export async function main(argv: string[]): Promise<void> {
	const words = argv.slice(2), host = words.includes("desktop") ? "desktop" : "riscv", file = words.find((word) => word.endsWith(".ruvm")) ?? join(packageRoot, "models", "stories.ruvm");
	for (const line of await runProgram<object>("benches/federation/hop/program.ts", { host, assets: new Map([["model", readFileSync(file)]]) }))
		console.log(JSON.stringify({ tier: host === "riscv" ? "emulated" : "desktop", ...line }));
}
