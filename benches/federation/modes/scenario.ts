/** What the program of this bench is asked, and what it answers; shared by both sides. */

import type { PhyRate } from "ruvllm-esp32/platform/radio";

/** A chip's costs: nanoseconds, bytes. */
export interface ChipCosts {
	name: string;
	/** Of a multiply-accumulate whose weight is in fast memory; of a byte of weights read from slow memory. */
	perMac: number;
	perByte: number;
	/** Bytes of weights that fast memory holds. */
	fastMemory: number;
	/** A layer besides its matrices, at position 0; a layer's attention for each position. */
	rest: number;
	perPosition: number;
	embed: number;
	/** Last norm and draw, without the output matrix. */
	project: number;
	/** A frame's way through the network's layers. */
	send: number;
	receive: number;
	/** A session's own work: of a worker for a chunk, of a coordinator for a token. */
	hop: number;
	turn: number;
}

export interface Scenario {
	name: string;
	/** Asset of the model; of the draft's table. */
	model: string;
	draft?: string;
	draftDepth?: number;
	boards: number;
	mode: "single" | "pipeline" | "speculative" | "tensor" | "replication" | "auto";
	streams: number;
	rate: PhyRate;
	mtu: 250 | 1470;
	/** One way through both boards' radio stacks, microseconds: makes the hop. */
	stack: number;
	loss: number;
	chip: ChipCosts;
	/** Tokens of each stream. */
	tokens: number;
	temperature: number;
	seed: number;
	/** Boards that die together after so many tokens of the first stream. */
	kill?: { boards: number[]; after: number };
}

export interface Outcome {
	name: string;
	mode: string;
	/** Tokens of all streams equal one board's. */
	equal: boolean;
	/** Milliseconds of a token of the first stream, behind its first; tokens a second of all streams together. */
	latency: number;
	tokensPerSecond: number;
	firstToken: number;
	/** On the air, for a token: frames, bytes with MAC headers, milliseconds; share of the channel that was busy. */
	frames: number;
	bytes: number;
	airtime: number;
	channel: number;
	retries: number;
	/** Layers of each board. */
	plan: number[];
	acceptance: number;
	/** Milliseconds from a death to its detection, and to the next token. */
	detected?: number;
	resumed?: number;
	plans: number;
	error?: string;
}
