/**
 * Which mode: predicts each one's time for a token and its tokens a second from what boards announced and from the measured
 * time of a hop, and says why it chose. All figures here are projected; docs/federation.md compares them with simulations.
 */

import type { PhyRate } from "ruvllm-esp32/platform/radio";
import type { Member } from "ruvllm-esp32/espnow-federation/network";
import { broadcastMicroseconds, messageMicroseconds } from "ruvllm-esp32/espnow-federation/sessions/airtime";
import { layersThatFit } from "ruvllm-esp32/espnow-federation/sessions/part";
import { pipelinePlan, type PlanSettings } from "ruvllm-esp32/espnow-federation/sessions/planner";
import type { Goal } from "ruvllm-esp32/espnow-federation/sessions/split";
import { computeMicroseconds, type Workload, workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";

export type FederationMode = "single" | "pipeline" | "speculative" | "tensor" | "replication";

export interface Conditions extends Omit<PlanSettings, "goal"> {
	rate: PhyRate;
	/** Bytes of a message in a frame. */
	frameBytes: number;
	/** Streams at a time. */
	streams: number;
	/** Share of drafted tokens that are drawn, in 256ths; 0: nothing drafts. */
	acceptance: number;
}

export interface Prediction {
	mode: FederationMode;
	/** Microseconds for a token of one stream. */
	latency: number;
	/** Of all streams together, in thousandths of a token a second. */
	milliTokensPerSecond: number;
	/** Frames and bytes of messages on the air for a token. */
	frames: number;
	bytes: number;
	/** Why it can't be taken; undefined: it can. */
	obstacle: string | undefined;
}

/** Header of a chunk with one position; of a tensor's part. */
const CHUNK = 14, PART = 16;

/** @param boards the coordinator first */
export function predict(boards: readonly Member[], conditions: Conditions): Prediction[] {
	const work = workloadOf(conditions.shape), goal: Goal = conditions.streams > 1 ? "throughput" : "latency";
	// Drafted tokens need a pipeline to fill, where one token alone would stay on one board.
	return [
		alone(work, boards, conditions), pipeline(work, boards, conditions, goal), speculative(pipeline(work, boards, conditions, "throughput"), work, conditions), tensor(work, boards, conditions),
		replication(work, boards, conditions),
	];
}

const perSecond = (microseconds: number): number => Math.floor(1e9 / Math.max(1, microseconds));

function whole(work: Workload, board: Member): number {
	return computeMicroseconds(board, work.layers * work.layerMacs + work.outputMacs, work.layers * work.layerBytes + work.outputBytes);
}

const holds = ({ shape, contextLength }: Conditions, board: Member, lanes: number): boolean => layersThatFit(shape, contextLength, lanes, board.memory) === shape.numLayers;

function alone(work: Workload, boards: readonly Member[], conditions: Conditions): Prediction {
	const latency = whole(work, boards[0]!);
	return {
		mode: "single", latency, milliTokensPerSecond: perSecond(latency), frames: 0, bytes: 0,
		obstacle: holds(conditions, boards[0]!, conditions.lanes) ? undefined : "one board has too little memory for the cache of all layers",
	};
}

function pipeline(work: Workload, boards: readonly Member[], conditions: Conditions, goal: Goal): Prediction {
	try {
		const { hop, rate, frameBytes, streams } = conditions, { split } = pipelinePlan(boards, { ...conditions, goal }), others = split.counts.filter((count, b) => b > 0 && count > 0).length;
		const message = CHUNK + work.stateBytes, frames = others ? (others + 1) * Math.ceil(message / frameBytes) : 0, air = frames ? (others + 1) * messageMicroseconds(rate, message) : 0;
		const latency = split.microseconds.reduce((sum, time) => sum + time, 0) + (others ? (others + 1) * hop : 0);
		const bottleneck = Math.max(split.slowest, air, Math.ceil(latency / streams));
		return {
			mode: "pipeline", latency, milliTokensPerSecond: perSecond(bottleneck), frames, bytes: frames ? (others + 1) * message : 0,
			obstacle: boards.length < 2 ? "there is no other board" : others ? undefined : "no split is faster than one board",
		};
	}
	catch (error) {
		return { mode: "pipeline", latency: Infinity, milliTokensPerSecond: 0, frames: 0, bytes: 0, obstacle: (error as Error).message };
	}
}

/**
 * A pipeline kept full: behind a rejected token a whole latency passes, behind an accepted one only the slowest stage's time.
 * Tokens in a row are 1 / (1 - acceptance) on average. What is drafted in vain takes the channel too.
 */
function speculative(piped: Prediction, work: Workload, { acceptance, rate, streams }: Conditions): Prediction {
	const drafted = 256 / Math.max(1, 256 - acceptance), air = (piped.bytes ? messageMicroseconds(rate, CHUNK + work.stateBytes) : 0) * piped.frames;
	const step = Math.max(air, Math.ceil(piped.latency / Math.max(1, piped.frames))), latency = Math.ceil((piped.latency + (drafted - 1) * step) / drafted);
	return {
		...piped, mode: "speculative", latency, milliTokensPerSecond: Math.max(perSecond(Math.max(latency / streams, step)), streams === 1 ? 0 : piped.milliTokensPerSecond),
		frames: Math.ceil(piped.frames * 1.5), bytes: Math.ceil(piped.bytes * 1.5),
		obstacle: piped.obstacle ?? (acceptance ? undefined : "nothing drafts tokens"),
	};
}

/** Boards that end a step together begin to send together: about half of the broadcasts are sent twice. */
const LOST = 2;
/** Two exchanges in a layer, each a broadcast of every board. */
function tensor(work: Workload, boards: readonly Member[], { shape, hop, rate, lanes, contextLength, frameBytes }: Conditions): Prediction {
	const n = Math.min(boards.length, work.kvHeads), speed = boards.reduce((slowest, board) => Math.min(slowest, board.fastSpeed), Infinity);
	const share = work.wholeMacs + Math.ceil((work.layerMacs - work.wholeMacs) / n), bytes = Math.ceil(work.layerBytes * share / work.layerMacs);
	const slowest = boards.find(({ fastSpeed }) => fastSpeed === speed)!;
	const values = [work.embedDim, work.hiddenDim].map((count) => PART + Math.ceil(22 * Math.ceil(count / n) / 8)), exchange = values.reduce((sum, count) => sum + LOST * n * broadcastMicroseconds(rate, Math.min(count, frameBytes)) * Math.ceil(count / frameBytes) + LOST * hop, 0);
	const latency = computeMicroseconds(slowest, work.layers * share + work.outputMacs, work.layers * bytes + work.outputBytes) + work.layers * exchange;
	return {
		mode: "tensor", latency, milliTokensPerSecond: perSecond(latency), frames: 2 * LOST * work.layers * n, bytes: work.layers * n * (values[0]! + values[1]!),
		obstacle: boards.length < 2 ? "there is no other board" : shape.embedDim / shape.numHeads % 8 ? "heads don't fill whole tiles of 8 rows" : layersThatFit(shape, contextLength, lanes, slowest.memory) < shape.numLayers ? "a board has too little memory" : undefined,
	};
}

function replication(work: Workload, boards: readonly Member[], conditions: Conditions): Prediction {
	const able = boards.filter((board) => holds(conditions, board, 1)).map((board) => whole(work, board)).sort((a, b) => a - b).slice(0, conditions.streams);
	return {
		mode: "replication", latency: able[0] ?? Infinity, milliTokensPerSecond: able.reduce((sum, time) => sum + perSecond(time), 0), frames: 0.2, bytes: 8,
		obstacle: able.length ? undefined : "no board has memory for the whole model",
	};
}

export interface Choice {
	mode: FederationMode;
	/** A sentence with the figures that decided. */
	why: string;
	predictions: Prediction[];
}

/** The mode with the least latency (one stream) or the most tokens a second (several). */
export function choose(boards: readonly Member[], conditions: Conditions): Choice {
	const predictions = predict(boards, conditions), able = predictions.filter(({ obstacle }) => obstacle === undefined), one = conditions.streams === 1;
	const value = (p: Prediction): number => one ? -p.latency : p.milliTokensPerSecond;
	// Of equals the first: less radio.
	const best = able.reduce<Prediction | undefined>((first, next) => !first || value(next) > value(first) ? next : first, undefined);
	if (!best)
		return { mode: "single", why: `no mode is possible: ${predictions.map(({ mode, obstacle }) => `${mode}: ${obstacle}`).join("; ")}`, predictions };
	const others = able.filter((p) => p !== best).sort((a, b) => value(b) - value(a));
	const figure = (p: Prediction): string => one ? `${milliseconds(p.latency)} ms a token` : `${Math.round(p.milliTokensPerSecond / 1000)} tokens a second`;
	return { mode: best.mode, why: `${best.mode}: ${figure(best)} projected for ${conditions.streams} stream${one ? "" : "s"} over ${boards.length} boards with hops of ${milliseconds(conditions.hop)} ms${others.map((p) => `; ${p.mode} ${figure(p)}`).join("")}`, predictions };
}

const milliseconds = (microseconds: number): string => (microseconds / 1000).toFixed(microseconds < 10_000 ? 1 : 0);
