/**
 * Port: text embeddings and intents in C (native/text-embedder.h, native/intent-classifier.h). `src/ruvector/embedding` and
 * `src/ruvector/intents` are what programs use.
 */

import type { Memory, Pinned } from "ruvllm-esp32/platform/kernels";

/** A string, or UTF-8 bytes; at most 1 MB. */
export type Text = string | ArrayBufferLike | Uint8Array;

/** A checked embedder file. */
export class EmbedderKernel {
	/**
	 * @param file a mapped asset or a Memory; `offset` and `count` say where the embedder lies in it
	 * @throws RangeError with a sentence when it is damaged; TypeError for other buffers
	 */
	constructor(file: Pinned, offset: number, count: number);
	readonly dims: number;
	/** Writes the `dims` bytes of the embedding (INT8) into `out` at `offset`; allocates nothing. @throws RangeError, TypeError */
	embed(text: Text, out: ArrayBufferLike | Uint8Array | Memory, offset: number): void;
}

/** Bytes of the Memory that an IntentKernel needs. The weights come first: (dims + buckets) * classes numbers of 16 bits. */
export function intentBytes(dims: number, classes: number, buckets: number): number;

/** A linear classifier over embedding and hashed features, in integers. */
export class IntentKernel {
	/** @param buckets a multiple of 32 to 8192; 0: the embedding alone. @throws RangeError, TypeError */
	constructor(embedder: EmbedderKernel, memory: Memory, classes: number, buckets: number);
	/** The likeliest class of a text; allocates nothing. */
	classify(text: Text): number;
	/** Probability of that class, in 1/32768. */
	readonly confidence: number;
	/** One step of gradient descent for the text of the last `classify`; rate in 1/65536. @throws RangeError */
	learn(target: number, rate: number): void;
}

/** Hashed features of a text (32-bit numbers), the first 4,096: for tests and tools. */
export function textFeatures(text: Text): ArrayBuffer;
