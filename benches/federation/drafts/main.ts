/**
 * Drafts for the stories model: how much of what it says they foresee, greedy and with its default settings, on prompts and
 * seeds that the table was not made with; what they take; what a token of them costs here and on the ESP32-C3's instruction set.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { packageRoot } from "../../../tools/build/paths.ts";
import { findModel } from "../../../tools/cli/models.ts";

const PROGRAM = "benches/federation/drafts/program.ts";
/** Of the same vocabulary. */
const SMALLER = ["stories-int4", "stories-ternary", "stories-binary"];

interface Acceptance {
	draft: string;
	greedy: boolean;
	tokens: number;
	foreseen: number;
	depths: { drafted: number; accepted: number; checks: number; tokens: number }[];
}
interface Cost {
	draft: string;
	depth: number;
	cost: number;
}

const read = (path: string): Uint8Array => readFileSync(join(packageRoot, path));
const rounded = (x: number, digits = 3): number => Number(x.toFixed(digits));

export async function bench(): Promise<Figure[]> {
	const model = readFileSync(findModel("stories")), table = read("models/stories-draft.rvng"), figures: Figure[] = [{ figure: "table", value: table.length, unit: "bytes", tier: "measured", limit: 160_000 }];
	const assets = new Map<string, Uint8Array>([["model", model], ["table", table], ["prompts", read("benches/federation/drafts/prompts.json")], ...SMALLER.map((name): [string, Uint8Array] => [`small-${name}`, readFileSync(findModel(name))])]);
	let text: number[] = [];
	for (const result of await runProgram<Acceptance | { longest: number[] }>(PROGRAM, { assets, args: ["accept"] })) {
		if ("longest" in result) {
			text = result.longest;
			continue;
		}
		const { draft, greedy, tokens, foreseen, depths } = result;
		const title = `${draft}, ${greedy ? "greedy" : "temperature 0.8, top-p 0.9"}`, note = `${tokens} tokens behind 40 prompts`;
		figures.push({ figure: `${title}: tokens foreseen`, value: rounded(foreseen), tier: "measured", note, ...draft === "table and lookup" && greedy && { limit: 0.55, atLeast: true } });
		for (const [i, { drafted, accepted, checks, tokens: all }] of depths.entries())
			figures.push(
				{ figure: `${title}, depth ${i + 1}: accepted of those drafted`, value: rounded(accepted / drafted), tier: "measured", note },
				{ figure: `${title}, depth ${i + 1}: tokens for each check`, value: rounded(all / checks, 2), tier: "measured", note },
			);
	}
	const costs = new Map<string, Uint8Array>([["model", model], ["table", table], ["text", new Uint8Array(Uint16Array.from(text.slice(0, 256)).buffer)]]);
	for (const [host, clock, tier, unit] of [["desktop", "time", "measured", "microseconds"], ["riscv", "ticks", "emulated", "instructions"]] as const)
		for (const { draft, depth, cost } of await runProgram<Cost>(PROGRAM, { host, assets: costs, args: ["cost", clock] }))
			figures.push({ figure: draft === "layer" ? `${host}: a layer of the model, with its share of the output` : `${host}, ${draft}: ${depth} drafted and one pushed, behind 240 tokens`, value: rounded(cost, tier === "measured" ? 2 : 0), unit, tier });
	return figures;
}
