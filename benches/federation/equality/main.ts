/**
 * Random runs with losses and deaths: all texts are one board's, or a clear error in time. Each is its seed's again:
 * node bin/tool.mjs benches/federation/equality/main.ts FIRST [COUNT] prints them.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../tools/build/paths.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { DEFAULT_MODEL, findModel } from "../../../tools/cli/models.ts";
import type { Run } from "./program.ts";

const RUNS = 200;

async function runs(first: number, count: number): Promise<Run[]> {
	const assets = new Map<string, Uint8Array>([["model", readFileSync(findModel(DEFAULT_MODEL))], ["draft", readFileSync(join(packageRoot, "models", "stories-draft.rvng"))]]);
	return await runProgram<Run>("benches/federation/equality/program.ts", { assets, args: [`first=${first}`, `count=${count}`] });
}

export async function bench(): Promise<Figure[]> {
	const all = await runs(1, RUNS), of = (test: (run: Run) => boolean): Run[] => all.filter(test), died = of(({ victim }) => victim >= 0);
	const figure = (what: string, value: number, more: Partial<Figure> = {}): Figure => ({ figure: what, value, unit: "runs", tier: "measured", ...more });
	const seeds = (list: Run[]): string => list.length ? `seeds ${list.map(({ seed, outcome }) => `${seed} (${outcome})`).join(", ")}` : "";
	const wrong = of(({ outcome }) => outcome === "wrong"), hang = of(({ outcome }) => outcome === "hang" || outcome === "never met"), failed = of(({ outcome }) => outcome === outcome.toUpperCase());
	return [
		figure("all", all.length, { note: `seeds 1 to ${RUNS}: 1 to 8 boards, all modes, 0 to 20 % loss, up to 10 % duplicates and 10 % held back` }), figure("tokens equal one board's", of(({ outcome }) => outcome === "equal").length),
		figure("a board died at a random token", died.length), figure("of these equal", died.filter(({ outcome }) => outcome === "equal").length),
		figure("ended with an error", failed.length, failed.length ? { note: seeds(failed) } : {}), figure("wrong text", wrong.length, { limit: 0, ...wrong.length ? { note: seeds(wrong) } : {} }), figure("hang", hang.length, { limit: 0, ...hang.length ? { note: seeds(hang) } : {} }),
		...[...new Set(all.map(({ mode }) => mode))].sort().map((mode) => figure(`${mode}: equal, of ${of((run) => run.mode === mode).length}`, of((run) => run.mode === mode && run.outcome === "equal").length)),
	];
}

export async function main(argv: string[]): Promise<void> {
	for (const run of await runs(Number(argv[2] ?? 1), Number(argv[3] ?? 1)))
		console.log(JSON.stringify(run));
}
