/** Port: the chip router's steps (native/chip-router.h), on memory that does not move. */

import type { Memory } from "ruvllm-esp32/platform/kernels";

/** Bytes of state and weights, and of a request with what comes out; multiples of 4. */
export function stateBytes(): number;
export function requestBytes(): number;

/** log2(x) with 10 fraction bits, for whole x from 1 to 2^31 - 1; others are clamped. */
export function log2(x: number): number;

/**
 * Features of the next word at or behind `offset`, into the first 8 bytes of `out`. @returns where it ends, 0: there is none
 * @throws TypeError for no text, RangeError for an offset behind it or an `out` that is too small
 */
export function contentWord(text: string | Uint8Array, offset: number, out: Int8Array): number;

export class RouterKernel {
	/**
	 * Starts anew.
	 * @param memory state, then a request
	 * @param kind 0 chips by load, 1 experts by content
	 * @param chips 1 to 16, experts 2 to 4
	 * @throws RangeError for numbers out of range or a memory that is too small; TypeError for what is no Memory
	 */
	constructor(memory: Memory, kind: number, chips: number);
	/** Forgets the hidden state. */
	reset(): void;
	step(): void;
	/** @returns the best chip, or -1 */
	route(): number;
	/** Both in one call. */
	decide(): number;
	/** @throws RangeError for a chip out of range */
	observe(chip: number, microseconds: number, work: number, hop: number): void;
	learn(reward: number): void;
	/** Experts: forgets the hidden state and steps over a text's first 24 words. @returns words @throws RangeError for chips, TypeError for no text */
	read(text: string | Uint8Array): number;
}
