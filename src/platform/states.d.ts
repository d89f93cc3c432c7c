/**
 * Port: hidden states as bytes, without loss: the width of the widest value, then all values with so many bits (native/hidden-pack.h).
 * States of story models have 14 to 21 bits a value, so 64 of them take 113 to 169 bytes: with its headers, one frame.
 */

import type { Memory } from "ruvllm-esp32/platform/kernels";

/**
 * Packs the first `count` values of `states` into `into` from `offset` on.
 * @returns the bytes that were written: 1 + count * width / 8, rounded up
 * @throws RangeError for a count that is not from 1 to 65536 or more than there are, or too little room; TypeError for other arrays
 */
export function packStates(states: Int32Array, count: number, into: Uint8Array, offset?: number): number;

/**
 * Unpacks `count` values into `states` from the bytes from `offset` to `end` (all by default).
 * @returns the bytes that were read; -1, and `states` is as it was, when these are no `count` values: a width that is none,
 * bytes missing, a last byte that is not filled with zeros
 * @throws as packStates does
 */
export function unpackStates(states: Int32Array, count: number, bytes: Uint8Array, offset?: number, end?: number): number;

/** Bytes of `count` values of a width; without one, the most that they can take. */
export function packedBytes(count: number, width?: number): number;

/**
 * Messages of a pipeline's boards (Kind.Chunk and Kind.States of espnow-federation/sessions/messages), bound to the state that is
 * read and written and to the message that is written, so that a hop costs few calls. Buffers that are read may hold anything.
 * @throws RangeError, TypeError for bad arguments and for messages without room
 */
export class Chunks {
	/** @param hidden what holds the state: `values` integers from byte `offset` on @param out where messages are written, from its beginning */
	constructor(hidden: Memory, offset: number, values: number, out: Memory, session: number, epoch: number);
	/**
	 * Reads a chunk and its first state; begins what goes on, another chunk or (`last`) states for the coordinator.
	 * @returns its count of positions | lane << 6 | first position << 14; -1: it is no chunk
	 */
	begin(buffer: ArrayBufferLike, offset: number, count: number, last: boolean): number;
	/** The layers were run: writes the state, reads the next. @returns 0: run them; -1: the next is no state; else the bytes of what goes on */
	step(buffer: ArrayBufferLike, offset: number, count: number): number;
	/** Reads what a last board sent. @returns position | branch << 16 | lane << 24 | whether a state came << 28; -1: it is none */
	states(buffer: ArrayBufferLike, offset: number, count: number): number;
	/** Begins a chunk, with its first token; then its other tokens, then its states. */
	head(lane: number, branch: number, want: number, position: number, count: number, confirmed: number, token: number): void;
	token(token: number): void;
	/** Writes a state. @returns the bytes so far */
	put(): number;
}
