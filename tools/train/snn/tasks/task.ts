/** What a gate is trained for: how it hears, what it is trained with, and what it is judged by. */

import type { Stream } from "../../../snn/streams/stream.ts";
import type { Encoder } from "../table-file.ts";
import type { Grid } from "../tune.ts";

export interface TaskOptions {
	seed: number;
	/** Of streams to train with, in all. */
	hours?: number;
	/** Of sound. */
	speakers?: readonly string[];
	/** Without the variations that only a network can learn from: to tune an energy threshold. */
	plain?: boolean;
	data?: string;
}

/** A stream that is yet to be built: they are large. */
export interface Plan {
	/** Streams of one group are judged together. */
	group: string;
	build: () => Stream;
	/** The network learns from it, or the output's settings do; both unless told. */
	only?: "weights" | "output";
}

export interface Task {
	name: string;
	kind: "sound" | "sensor";
	channels: number;
	rate: number;
	hop: number;
	encoders: readonly Encoder[];
	delays: readonly number[];
	/** Seconds: behind an event a wake still counts for it; without a wake behind a wake. */
	tail: number;
	refractory: number;
	/** Seconds before the first wake. */
	settle: number;
	/** False wakes an hour while tuning, on what was trained with. */
	falseWakes: number;
	/** Of recall, that may be given up for a threshold further from false wakes. */
	slack?: number;
	/** Where between the thresholds that do: 0 the lowest, 1 the highest; 1/2 unless told. */
	caution?: number;
	grid: Grid;
	/** Of train.c: hidden, iterations ...; seconds become ticks by themselves. */
	trainer: Readonly<Record<string, number>>;
	training: (options: TaskOptions) => Plan[];
	/** Recordings that training had none of. */
	tests: (options: TaskOptions) => Plan[];
}
