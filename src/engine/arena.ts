/**
 * Where a model's activations, key-value cache and sampling state lie in its one block of memory.
 * The plan that allocates is the plan that `memoryBudget` prints.
 */

import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";

/** Alignment of every region: whole vectors of the widest variant. */
const ALIGN = 64;
/** Kernels take positions in groups of 16. */
const POSITION_GROUP = 16;
const SCALE_BYTES = 8;
export const SAMPLER_SETTINGS = 8;

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Offsets in bytes. */
export interface LayerCache {
	keys: number;
	values: number;
	keyScales: number;
	valueScales: number;
}

export interface ArenaPlan {
	/** Positions: the context, rounded up to what kernels take. */
	capacity: number;
	/** Residual stream, Q16. */
	x: number;
	/** Quantised input of a matrix, and its scale. */
	q: number;
	scale: number;
	/** 32-bit scratch, as wide as the residual stream. */
	scratch: number;
	qkv: number;
	queries: number;
	queryScales: number;
	mixed: number;
	gateUp: number;
	logits: number;
	attentionScratch: number;
	samplerSettings: number;
	recent: number;
	samplerScratch: number;
	layers: LayerCache[];
	/** Bytes of each part. */
	parts: { activations: number; keyValueCache: number; sampling: number };
	bytes: number;
}

/**
 * @param context positions that can be used
 * @param window tokens that the repetition penalty looks back
 */
export function planArena(shape: ModelShape, context: number, window: number): ArenaPlan {
	let end = 0;
	const region = (bytes: number): number => {
		const at = end;
		end = roundUp(end + bytes, ALIGN);
		return at;
	};
	const d = shape.embedDim, head = d / shape.numHeads, kv = shape.numKvHeads * head;
	const capacity = roundUp(context, POSITION_GROUP);
	const plan = {
		capacity,
		x: region(4 * d),
		q: region(roundUp(Math.max(d, shape.hiddenDim), 16)),
		scale: region(SCALE_BYTES),
		scratch: region(4 * d),
		qkv: region(4 * (d + 2 * kv)),
		queries: region(d),
		queryScales: region(SCALE_BYTES * shape.numHeads),
		mixed: region(4 * d),
		gateUp: region(8 * shape.hiddenDim),
		logits: region(4 * shape.vocabSize),
		// 32-bit scores and 16-bit weights: rv_attention_scratch_size.
		attentionScratch: region(6 * capacity + 64),
	};
	const activations = end;
	const sampling = {
		samplerSettings: region(4 * SAMPLER_SETTINGS),
		recent: region(4 * window),
		samplerScratch: region(roundUp(2 * shape.vocabSize, 4)),
	};
	const beforeCache = end;
	const layers = Array.from({ length: shape.numLayers }, (): LayerCache => ({
		keys: region(capacity * kv),
		values: region(capacity * kv),
		keyScales: region(2 * capacity * shape.numKvHeads),
		valueScales: region(2 * capacity * shape.numKvHeads),
	}));
	return {
		...plan, ...sampling, layers,
		parts: { activations, sampling: beforeCache - activations, keyValueCache: end - beforeCache },
		bytes: end,
	};
}
