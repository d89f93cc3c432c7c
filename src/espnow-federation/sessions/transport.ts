/** How a coordinator puts positions through all layers of its plan: one way for each mode. */

import type { ChunkHead } from "ruvllm-esp32/espnow-federation/sessions/messages";

export interface Transport {
	/** Positions of a chunk, at most. */
	readonly most: number;
	/** Chunks that may be on the way so that every board has work. */
	readonly depth: number;
	/** Counts what is done on the way of a chunk, where it takes many exchanges. */
	readonly steps: number;
	/** Whether a chunk can be taken now. */
	readonly free: boolean;
	/** Runs the chunk's own part and sends it on. */
	submit(head: ChunkHead): void;
	/** A message of kind States, in `buffer` from `offset` on. @returns false for one that makes no sense */
	states(buffer: ArrayBufferLike, offset: number, count: number): boolean;
	/** Another message of this session: Kind.Part or Need. @returns false for one that makes no sense */
	message(kind: number, from: number, reader: import("ruvllm-esp32/core/byte-stream").ByteReader): boolean;
	/** Stops its timers. */
	close(): void;
}

/**
 * Told by a transport: a chunk of `lane` went through up to `position`. When `state` is true the hidden state of that
 * position, behind the last layer, stands in the coordinator's part of the model.
 */
export type Arrival = (lane: number, branch: number, position: number, state: boolean) => void;
