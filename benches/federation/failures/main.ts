/** Boards that die while five generate: until the others know, and until the next token. */

import { readFileSync } from "node:fs";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { DEFAULT_MODEL, findModel } from "../../../tools/cli/models.ts";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { costsOf } from "../cost/main.ts";
import { chipCosts, S3_SRAM } from "../modes/chips.ts";
import { ownCosts, stackOf, WORLDS } from "../modes/main.ts";
import type { Outcome, Scenario } from "../modes/scenario.ts";

const CASES: readonly [string, number[]][] = [["a worker", [2]], ["the coordinator", [0]], ["two workers", [1, 3]], ["four of five", [0, 1, 2, 4]], ["all but the coordinator", [1, 2, 3, 4]]];
const SEEDS = [1, 2, 3, 4, 5], DETECTED = 1500, RESUMED = 3000;

export async function bench(): Promise<Figure[]> {
	const stories = readFileSync(findModel(DEFAULT_MODEL)), chip = chipCosts(S3_SRAM, readRuvm(stories).shape, await costsOf(stories), await ownCosts()), scenarios: Scenario[] = [];
	for (const world of WORLDS.filter(({ hop }) => hop === "0.4 ms"))
		for (const loss of [0, 0.1])
			for (const [title, boards] of CASES)
				for (const seed of SEEDS)
					scenarios.push({
						name: `${title}, ${world.rate}, ${100 * loss} % loss`, model: "stories", boards: 5, mode: "pipeline", streams: 1, rate: world.rate, mtu: 250, stack: stackOf(world), loss, chip,
						tokens: 96, temperature: 0.8, seed, kill: { boards, after: 20 + 11 * seed },
					});
	const outcomes = await runProgram<Outcome>("benches/federation/modes/program.ts", { assets: new Map([["stories", stories]]), args: [`scenarios=${JSON.stringify(scenarios)}`] });
	return [...new Set(outcomes.map(({ name }) => name))].flatMap((name) => {
		const all = outcomes.filter((one) => one.name === name), most = (value: (one: Outcome) => number): number => Math.round(Math.max(...all.map(value)));
		const figure = (what: string, value: number, unit: string, more: Partial<Figure>): Figure => ({ figure: `${name}: ${what}`, value, unit, tier: "projected", ...more });
		return [
			figure("known by all, at the latest", most(({ detected = Infinity }) => detected), "ms", { limit: DETECTED }), figure("next token, at the latest", most(({ resumed = Infinity }) => resumed || Infinity), "ms", { limit: RESUMED }),
			figure("texts equal one board's", all.filter(({ equal, error }) => equal && !error).length, `of ${all.length}`, { limit: all.length, atLeast: true }),
		];
	});
}
