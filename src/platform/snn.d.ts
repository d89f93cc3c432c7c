/** Port: the spiking gate (native/snn-gate.h) and its learning, on memory that does not move. `src/snn` is what programs use. */

import type { Memory, Pinned } from "ruvllm-esp32/platform/kernels";

/** Bytes of a gate's state. @param coherent with room for coherence(), some 2.3 KB */
export function stateBytes(coherent: boolean): number;

/**
 * What is wrong with the table at `offset` of a mapped asset or a Memory: 0 where it is fine, else rv_snn_fault of
 * native/snn-table.h and 256 times the encoder's number. @throws RangeError for an offset outside, or no multiple of 4; TypeError
 */
export function tableFault(file: Pinned, offset: number): number;

export class Gate {
	/**
	 * @param memory stateBytes() of state, which reset() makes, or a valid saved one; src/snn/gate-state.ts reads it
	 * @param table read where it lies; checked once, and its sizes at each call
	 * @throws RangeError for a table with a fault, or one that lies in `memory`, or a memory that is too small; TypeError
	 */
	constructor(memory: Memory, table: Pinned, offset: number);
	/** Starts anew, as trained. */
	reset(): void;
	/** Whether the state can be stepped from. */
	valid(): boolean;
	/**
	 * Takes in frames (a sample of each channel, interleaved) up to the first wake. Allocates nothing.
	 * @param samples bytes of 16-bit integers, and the offset of the first among them
	 * @returns frames taken; negative where the last of them woke the gate
	 * @throws RangeError for frames outside, a damaged state or a table that was changed; TypeError
	 */
	process(samples: ArrayBufferLike | Memory, offset: number, frames: number): number;
	/** @param bits 1: feedback can be given, 2: STDP */
	mode(bits: number): void;
	/** Feedback: 0 wrong, 1 right, 2 missed. @returns whether there was something to learn from @throws RangeError */
	reward(feedback: number): boolean;
	/** Output weights and threshold as trained. @throws RangeError for a damaged state */
	forget(): void;
	/** Coherence of the last 32 ticks (native/snn-coherence.h; of sound, the strong spikes, 3 lines or more; of sensors all, 2) to behind the state. @throws RangeError where there is no room */
	coherence(): void;
}
