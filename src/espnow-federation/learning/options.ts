/** Settings of shared learning, and what it counts. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
import type { Merged, MergeOptions } from "ruvllm-esp32/espnow-federation/learning/merge";
import { crcOf } from "ruvllm-esp32/espnow-federation/learning/version";

export interface DistributedMicroLoraOptions {
	/** Passes over its lessons that a board trains in a round; 6 by default. */
	passes?: number;
	/** How long the caller waits for changes; 5000 by default. Training must be over by then. */
	roundMilliseconds?: number;
	/** Rounds that one `share` can start, one after the other, while some board is not content; 24 by default. */
	mostRounds?: number;
	/** How long a board that misses something waits before it asks for it; 400 by default. */
	patienceMilliseconds?: number;
	/** The same on all boards, or they will not agree. */
	merge?: Partial<MergeOptions>;
	/** In place of `lora.train(passes)`: leaves in the adapter what the board learned. */
	train?: (lora: MicroLoRA) => { passes: number; right: number; lessons: number };
	/** After each round, and when a version was taken over. */
	onVersion?: (round: number, merged: Merged | undefined) => void;
}

export interface LearningStatistics {
	rounds: number;
	/** Versions taken over from others. */
	adopted: number;
	/** Messages of others that were none, or of another group. */
	malformed: number;
	foreign: number;
	/** Versions that were offered and not taken, of another digest, or without others who have them; and lists that left most changes out. */
	refused: number;
}

export type CheckedOptions = Required<Omit<DistributedMicroLoraOptions, "merge" | "train" | "onVersion">> & DistributedMicroLoraOptions;

/** Highest values of settings that are whole numbers from 1 on. */
const HIGHEST = { passes: 10000, roundMilliseconds: 3_600_000, mostRounds: 1000, patienceMilliseconds: 3_600_000, seed: 0x7fffffff };

/** @throws RuvllmError LEARNING_OPTION */
export function checkOptions(options: DistributedMicroLoraOptions, seed: number): CheckedOptions {
	const all = { passes: 6, roundMilliseconds: 5000, mostRounds: 24, patienceMilliseconds: 400, ...options, seed };
	for (const name of Object.keys(HIGHEST) as (keyof typeof HIGHEST)[])
		if (!Number.isInteger(all[name]) || all[name] < 1 || all[name] > HIGHEST[name])
			throw new RuvllmError("LEARNING_OPTION", `${name} is ${all[name]}; it takes a whole number from 1 to ${HIGHEST[name]}`);
	return all;
}

/** @throws RuvllmError LEARNING_OPTION */
export function checkMerge(merge: MergeOptions): MergeOptions {
	for (const [name, value] of Object.entries(merge))
		if (!Number.isInteger(value) || value < 0 || value > 0x7fff || (name !== "allowance" && value === 0))
			throw new RuvllmError("LEARNING_OPTION", `${name} is ${value}; it takes a whole number to 32767`);
	return merge;
}

/** Boards whose adapters, or ways to merge, differ in anything form groups of their own. */
export function groupOf(lora: MicroLoRA, seed: number, { clip, allowance, rate, plausible }: MergeOptions, digest: number): number {
	return crcOf(new Uint8Array(Uint32Array.of(lora.rank, lora.size, lora.fingerprint, seed, clip, allowance, rate, plausible).buffer), 0, 32, digest);
}
