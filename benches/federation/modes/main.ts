/** Modes side by side on the virtual radio: one board and four, several rates and hops; where federation gains, and where it loses. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../tools/build/paths.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { DEFAULT_MODEL, findModel } from "../../../tools/cli/models.ts";
import { costsOf } from "../cost/main.ts";
import { chipCosts, type OwnCosts, psramOnly, S3_QUAD, S3_SRAM } from "./chips.ts";
import { LARGE, randomModel } from "./models.ts";
import type { ChipCosts, Outcome, Scenario } from "./scenario.ts";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";

/** What the federation's own code costs, emulated. */
export async function ownCosts(): Promise<OwnCosts> {
	const [stream] = await runProgram<{ ticks: number; frames: number }>("benches/federation/frame/program.ts", { host: "riscv" });
	const [hop, turn] = await runProgram<{ ticks: number }>("benches/federation/hop/program.ts", { host: "riscv", assets: new Map([["model", readFileSync(findModel(DEFAULT_MODEL))]]) });
	return { frame: stream!.ticks / stream!.frames / 2, hop: hop!.ticks, turn: turn!.ticks };
}

/** Microseconds of radio stacks beside the airtime of a frame, so that a hop takes that long in all. */
const AIR: Record<string, number> = { "54M": 334, "1M": 3900 };
const HOPS: Record<string, number> = { "0.4 ms": 400, "2 ms": 2000 };

export interface World {
	rate: "54M" | "1M";
	hop: string;
}
export const WORLDS: readonly World[] = [{ rate: "54M", hop: "0.4 ms" }, { rate: "54M", hop: "2 ms" }, { rate: "1M", hop: "0.4 ms" }, { rate: "1M", hop: "2 ms" }];
export const stackOf = ({ rate, hop }: World): number => Math.max(0, HOPS[hop]! - (rate === "54M" ? AIR["54M"]! : 0));

export async function bench(): Promise<Figure[]> {
	const stories = readFileSync(findModel(DEFAULT_MODEL)), large = randomModel(LARGE, stories), storyShape = readRuvm(stories).shape;
	const own = await ownCosts(), [largeCosts, storyCosts] = [await costsOf(large.bytes), await costsOf(stories)];
	const s3 = chipCosts(S3_SRAM, large.shape, largeCosts, own), octal = chipCosts(psramOnly(S3_SRAM), large.shape, largeCosts, own), quad = chipCosts(psramOnly(S3_QUAD), large.shape, largeCosts, own), quadS3 = chipCosts(S3_QUAD, large.shape, largeCosts, own);
	const story = chipCosts(S3_SRAM, storyShape, storyCosts, own), scenarios: Scenario[] = [];
	const base = { mtu: 1470, loss: 0, tokens: 32, temperature: 0.8, seed: 7 } as const;
	const add = (name: string, model: string, boards: number, mode: Scenario["mode"], streams: number, chip: ChipCosts, world: World, more: Partial<Scenario> = {}): void => {
		scenarios.push({ ...base, name, model, boards, mode, streams, chip, rate: world.rate, stack: stackOf(world), ...more });
	};
	const best = WORLDS[0]!;
	add("large, one board, all weights in octal PSRAM", "large", 1, "single", 1, octal, best);
	add("large, one board, SRAM first, rest in octal PSRAM", "large", 1, "single", 1, s3, best);
	add("large, one board, all weights in quad PSRAM", "large", 1, "single", 1, quad, best);
	for (const world of WORLDS) {
		const where = `${world.rate}, hops of ${world.hop}`;
		add(`large, 4 boards, pipeline, ${where}`, "large", 4, "pipeline", 1, s3, world);
		add(`large, 4 boards, pipeline, 4 streams, ${where}`, "large", 4, "pipeline", 4, s3, world);
	}
	add("large, 4 boards, pipeline, 54M, hops of 0.4 ms, frames of 250 bytes", "large", 4, "pipeline", 1, s3, best, { mtu: 250 });
	add("large, 4 boards, pipeline, 54M, hops of 0.4 ms, 5 % loss", "large", 4, "pipeline", 1, s3, best, { loss: 0.05 });
	add("large, 4 boards, tensor, 54M, hops of 0.4 ms", "large", 4, "tensor", 1, s3, best);
	add("large, 4 boards, replication, 4 streams, quad PSRAM, 54M", "large", 4, "replication", 4, quadS3, best);
	add("large, 4 boards, auto, 54M, hops of 0.4 ms", "large", 4, "auto", 1, s3, best);
	add("stories, one board", "stories", 1, "single", 1, story, best);
	for (const [mode, boards, streams] of [["pipeline", 2, 1], ["pipeline", 4, 1], ["tensor", 2, 1], ["tensor", 4, 1], ["replication", 4, 4], ["auto", 4, 1]] as const)
		add(`stories, ${boards} boards, ${mode}${streams > 1 ? `, ${streams} streams` : ""}, 54M, hops of 0.4 ms`, "stories", boards, mode, streams, story, best);
	const outcomes = await runProgram<Outcome>("benches/federation/modes/program.ts", { assets: new Map([["large", large.bytes], ["stories", stories]]), args: [`scenarios=${JSON.stringify(scenarios)}`] });
	const counted = (figure: string, value: number): Figure => ({ figure, value: Math.round(value), unit: "instructions", tier: "emulated", note: "rv32imc; counts as processor time on every board" });
	return [counted("a frame through the network's layers, each end", own.frame), counted("a session's worker, for a chunk", own.hop), counted("a session's coordinator, for a token", own.turn), ...outcomes.flatMap(figures), ...limits(outcomes)];
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** What one scenario gave. */
export function figures(one: Outcome): Figure[] {
	const figure = (what: string, value: number, unit: string, more: Partial<Figure> = {}): Figure => ({ figure: `${one.name}: ${what}`, value: round(value), unit, tier: "projected", ...more });
	if (one.error)
		return [figure("failed", 1, "", { limit: 0, note: one.error })];
	const federated = one.frames > 0.01;
	return [
		figure("a token of one stream", one.latency, "ms", { note: `${one.mode}; layers of each board: ${one.plan.join(", ") || "whole models"}; tokens equal one board's: ${one.equal ? "yes" : "NO"}` }),
		figure("all streams", one.tokensPerSecond, "tokens/s"),
		...federated ? [figure("frames for a token", one.frames, ""), figure("bytes on the air for a token", one.bytes, "bytes"), figure("channel in use", 100 * one.channel, "%", { limit: 100 })] : [],
		...one.equal ? [] : [figure("tokens equal one board's", 0, "", { limit: 1, atLeast: true })],
	];
}

function limits(outcomes: readonly Outcome[]): Figure[] {
	const find = (name: string): Outcome => outcomes.find((one) => one.name === name)!, alone = find("large, one board, all weights in octal PSRAM"), quad = find("large, one board, all weights in quad PSRAM");
	const mixed = find("large, one board, SRAM first, rest in octal PSRAM"), piped = find("large, 4 boards, pipeline, 54M, hops of 0.4 ms"), streams = find("large, 4 boards, pipeline, 4 streams, 54M, hops of 0.4 ms");
	const ratio = (figure: string, value: number, limit?: number): Figure => ({ figure, value: round(value), unit: "times", tier: "projected", ...limit === undefined ? {} : { limit, atLeast: true } });
	return [
		ratio("large, 4 boards: faster than one board from octal PSRAM", alone.latency / piped.latency, 2), ratio("large, 4 boards, 4 streams: tokens of one board from octal PSRAM", streams.tokensPerSecond / alone.tokensPerSecond, 6),
		ratio("large, 4 boards: faster than one board from quad PSRAM", quad.latency / piped.latency), ratio("large, 4 boards: faster than one board that fills its SRAM first", mixed.latency / piped.latency),
	];
}
