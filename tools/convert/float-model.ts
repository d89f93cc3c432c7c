/**
 * A Llama-architecture model in single precision, as every importer delivers it and as the
 * quantiser and the float reference take it.
 */

/** Sizes and constants of the architecture. */
export interface FloatConfig {
	vocabSize: number;
	/** Width of the residual stream. */
	embedDim: number;
	/** Width of the feed-forward layer. */
	hiddenDim: number;
	numLayers: number;
	numHeads: number;
	/** Heads of keys and values; divides numHeads (grouped-query attention). */
	numKvHeads: number;
	maxSeqLen: number;
	/** Base of the rotary embedding's frequencies. */
	ropeTheta: number;
	/** Added to the mean square in RMS norm. */
	normEpsilon: number;
}

/** Row-major matrices: `[rows][columns]`, output rows by input columns. */
export interface FloatLayer {
	attentionNorm: Float32Array;
	wq: Float32Array;
	wk: Float32Array;
	wv: Float32Array;
	wo: Float32Array;
	ffnNorm: Float32Array;
	/** Gate, `[hiddenDim][embedDim]`: its output passes through SiLU. */
	w1: Float32Array;
	/** Down, `[embedDim][hiddenDim]`. */
	w2: Float32Array;
	/** Up, `[hiddenDim][embedDim]`. */
	w3: Float32Array;
}

export interface FloatModel {
	config: FloatConfig;
	/** `[vocabSize][embedDim]`. */
	embedding: Float32Array;
	layers: FloatLayer[];
	finalNorm: Float32Array;
	/** `[vocabSize][embedDim]`, or undefined when the embedding is used (tied). */
	output?: Float32Array;
}

export const headDim = (config: FloatConfig): number => config.embedDim / config.numHeads;
