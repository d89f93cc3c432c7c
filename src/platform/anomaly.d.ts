/** Port: the step of anomaly detection (native/anomaly.h), on memory that does not move. */

import type { Memory } from "ruvllm-esp32/platform/kernels";

/** Bytes of the state, a multiple of 8; 0 where a size is out of range. @throws TypeError for missing arguments */
export function stateBytes(channels: number, taps: number, stride: number, patterns: number): number;

export class AnomalyStep {
	/**
	 * @param memory state, then a sample of int32 for each channel, then 2 bytes of signature for each
	 * @throws RangeError for sizes out of range or a memory that is too small; TypeError for what is no Memory
	 */
	constructor(memory: Memory, channels: number, taps: number, stride: number, patterns: number);
	/** Starts anew. */
	reset(): void;
	/** Takes in the sample. @param learning 1 while all is normal, 0 else @throws RangeError for a damaged state */
	run(learning: number): void;
	/** Whether the state can be stepped from. */
	valid(): boolean;
	/** Writes the signature. @throws RangeError for a damaged state */
	signature(): void;
}
