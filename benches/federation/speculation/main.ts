/** What drafted tokens gain: a pipeline of four boards, one stream, with and without, at the acceptance that the shipped model and table have. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../tools/build/paths.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { DEFAULT_MODEL, findModel } from "../../../tools/cli/models.ts";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { costsOf } from "../cost/main.ts";
import { chipCosts, S3_SRAM } from "../modes/chips.ts";
import { ownCosts, stackOf, WORLDS } from "../modes/main.ts";
import type { Outcome, Scenario } from "../modes/scenario.ts";

const SEEDS = [11, 12, 13, 14], TEMPERATURES: readonly [string, number][] = [["default settings", 0.8], ["greedy", 0]], LEAST = 1.3;

export async function bench(): Promise<Figure[]> {
	const stories = readFileSync(findModel(DEFAULT_MODEL)), draft = readFileSync(join(packageRoot, "models", "stories-draft.rvng"));
	const chip = chipCosts(S3_SRAM, readRuvm(stories).shape, await costsOf(stories), await ownCosts()), scenarios: Scenario[] = [];
	for (const [world, { rate, hop }] of WORLDS.entries())
		for (const [title, temperature] of TEMPERATURES)
			for (const mode of ["pipeline", "speculative"] as const)
				for (const seed of SEEDS)
					scenarios.push({
						name: `${rate}, hops of ${hop}, ${title}|${mode}`, model: "stories", draft: "draft", boards: 4, mode, streams: 1, rate, mtu: 250, stack: stackOf(WORLDS[world]!),
						loss: 0, chip, tokens: 80, temperature, seed,
					});
	const outcomes = await runProgram<Outcome>("benches/federation/modes/program.ts", { assets: new Map<string, Uint8Array>([["stories", stories], ["draft", draft]]), args: [`scenarios=${JSON.stringify(scenarios)}`] });
	return [...new Set(outcomes.map(({ name }) => name.split("|")[0]!))].flatMap((name, i) => {
		const of = (mode: string): Outcome[] => outcomes.filter((one) => one.name === `${name}|${mode}`), mean = (list: Outcome[], value: (one: Outcome) => number): number => list.reduce((sum, one) => sum + value(one), 0) / list.length;
		const plain = of("pipeline"), drafted = of("speculative"), before = mean(plain, ({ latency }) => latency), after = mean(drafted, ({ latency }) => latency);
		const figure = (what: string, value: number, unit: string, more: Partial<Figure> = {}): Figure => ({ figure: `${name}: ${what}`, value: Number(value.toFixed(2)), unit, tier: "projected", ...more });
		return [
			figure("pipeline, a token", before, "ms"), figure("with drafted tokens", after, "ms", { note: `4 prompts and seeds, 80 tokens each; tokens equal one board's: ${[...plain, ...drafted].every(({ equal }) => equal) ? "yes" : "NO"}` }),
			figure("accepted of drafted", mean(drafted, ({ acceptance }) => acceptance), ""), figure("faster", before / after, "times", i < 2 ? { limit: LEAST, atLeast: true } : {}),
			figure("frames for a token", mean(plain, ({ frames }) => frames), ""), figure("frames for a token with drafted tokens", mean(drafted, ({ frames }) => frames), ""),
			figure("channel in use with drafted tokens", 100 * mean(drafted, ({ channel }) => channel), "%", { limit: 100 }),
		];
	});
}
