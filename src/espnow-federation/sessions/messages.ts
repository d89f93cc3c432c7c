/**
 * Messages of sessions (docs/federation-protocol.md has each field). All begin with kind u8, session u16, epoch u8: a session
 * is planned anew, with the next epoch, whenever a board leaves it; messages of older epochs are void.
 */

import type { ByteWriter } from "ruvllm-esp32/core/byte-stream";

export const Kind = {
	/** Coordinator to boards: what you do from now on. */
	Assign: 1,
	/** Back: ready. */
	Ready: 2,
	/** Back: can't; a reason follows. */
	Refuse: 3,
	/** Coordinator to boards: what is being generated, so that any of them can go on with it. */
	Request: 4,
	/** From stage to stage: positions and their hidden states. */
	Chunk: 5,
	/** Last stage to coordinator: hidden states behind the last layer. */
	States: 6,
	/** A lane's request is done with. */
	End: 7,
	/** The session is over. */
	Close: 8,
	/** Tensor: one's part of the heads or products, to all. */
	Part: 9,
	/** Tensor: a part that did not come. */
	Need: 10,
} as const;

/**
 * Why a board refuses: it does not know the session, follows a newer plan, has another model, has too little memory for its part,
 * can't read the plan, has no place for another session, can't cut this model's heads.
 */
export const Refusal = { Unknown: 1, Newer: 2, Model: 3, Memory: 4, Plan: 5, Busy: 6, Shape: 7 } as const;

export const HEADER_BYTES = 4;

/** Whether epoch `a` comes after `b`; they wrap. */
export const newer = (a: number, b: number): boolean => a !== b && (a - b & 255) < 128;

export function header(out: ByteWriter, kind: number, session: number, epoch: number): ByteWriter {
	return out.reset().u8(kind).u16(session).u8(epoch);
}

/** Which of a chunk's states the coordinator wants back; without any it still hears that the chunk went through. */
export const Want = { None: 0, Last: 1 } as const;

/** Positions of a chunk, at most. */
export const MOST_POSITIONS = 32;

/** Head of a chunk: what stands in front of its states. Chunks (platform/states) writes and reads it. */
export class ChunkHead {
	lane = 0;
	/** Counts how often the lane's sequence was taken back: states of other branches are void. */
	branch = 0;
	want = 0;
	/** Of the first token. */
	position = 0;
	count = 0;
	/** Tokens of the lane, from its first on, that are certain; what stands behind them is drafted. */
	confirmed = 0;
	readonly tokens = new Uint16Array(MOST_POSITIONS);
}

export const CHUNK_HEAD_BYTES = 8;
export const STATES_HEAD_BYTES = 5;
