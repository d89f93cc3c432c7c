/**
 * node bin/tool.mjs benches/federation/cost/main.ts [FILE.ruvm ...] [--json]: instructions of each step of a board of the federation, on the ESP32-C3's instruction set.
 * What simulations take for the time of a step.
 */

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { packageRoot } from "../../../tools/build/paths.ts";
import { table } from "../../../tools/cli/table.ts";
import type { Costs } from "./program.ts";

export type { Costs, TensorCosts } from "./program.ts";

/** Emulated: instructions on RV32IMC, the calls from XS included. @param model a RUVM file's bytes */
export async function costsOf(model: Uint8Array): Promise<Costs> {
	const [costs] = await runProgram<Costs>("benches/federation/cost/program.ts", { host: "riscv", assets: new Map([["model", model]]) });
	return costs!;
}

export async function bench(): Promise<Figure[]> {
	return figures("stories", await costsOf(readFileSync(join(packageRoot, "models", "stories.ruvm"))));
}

export async function main(argv: string[]): Promise<void> {
	const words = argv.slice(2), json = words.includes("--json"), files = words.filter((word) => word !== "--json"), all: Record<string, Costs> = {};
	for (const file of files.length ? files : [join(packageRoot, "models", "stories.ruvm")])
		all[basename(file, ".ruvm")] = await costsOf(readFileSync(file));
	if (json)
		console.log(JSON.stringify({ tier: "emulated", host: "riscv", models: all }, null, "\t"));
	else
		console.log(table(Object.entries(all).flatMap(([name, costs]) => figures(name, costs)).map(({ figure, value, unit = "", tier }) => ({ figure, value: `${value} ${unit}`, tier })), "text"));
}

function figures(name: string, { unit, layer, embed, project, sample, pack, unpack, stateBytes, tensor }: Costs): Figure[] {
	const one = (figure: string, value: number): Figure => ({ figure: `${name}, ${figure}`, value, unit, tier: "emulated" });
	return [
		...Object.entries(layer).map(([position, value]) => one(`a layer at position ${position}`, value)), one("embedding of a token", embed), one("last norm and output matrix", project),
		one("drawing a token", sample), one("packing a hidden state", pack), one("unpacking a hidden state", unpack), { ...one("a packed hidden state, at most", stateBytes), unit: "bytes" },
		...tensor.flatMap(({ boards, attend, feed, finish }) => [
			...Object.entries(attend).map(([position, value]) => one(`tensor, ${boards} boards, attention of a layer at position ${position}`, value)),
			one(`tensor, ${boards} boards, columns of a layer`, feed), one(`tensor, ${boards} boards, end of a layer`, finish),
		]),
	];
}
