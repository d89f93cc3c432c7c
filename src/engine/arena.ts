/**
 * Where a model's activations, key-value cache and sampling state lie in its one block of memory.
 * The plan that allocates is the plan that `memoryBudget` prints.
 */

import { GROUP, type ModelShape, QuantizationType } from "ruvllm-esp32/engine/ruvm/format";

/** Alignment of every region: whole vectors of the widest variant. */
const ALIGN = 64;
/** Kernels take positions in groups of 16. */
const POSITION_GROUP = 16;
const SCALE_BYTES = 8;
/** Sums of activations for a group of binary weights (native/matvec-binary-table.c). */
const BINARY_TABLES = 648;
export const SAMPLER_SETTINGS = 8;

/** Without a division of floating-point numbers, which chips without such a unit pay for at their start. */
const roundUp = (n: number, to: number): number => n + to - 1 - (n + to - 1) % to;

/** Offsets in bytes. */
export interface LayerCache {
	keys: number;
	values: number;
	keyScales: number;
	valueScales: number;
}

/** What of a model is held: how many of its layers, and of how many sequences (lanes) the cache and the sampler. */
export interface Part {
	layers: number;
	lanes: number;
	/** Of each layer, which heads and columns; all without it. */
	share?: TensorShare | undefined;
}

/** What a board of a tensor-parallel session holds of each layer: query heads, in whole groups of a key head, and columns of the feed-forward. */
export interface TensorShare {
	heads: { from: number; to: number };
	hidden: { from: number; to: number };
}

export const wholeOf = (shape: ModelShape): Part => ({ layers: shape.numLayers, lanes: 1 });

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
	/** Or, of a share: the products of all columns, and what `up` gives for the share's own. */
	gateUp: number;
	logits: number;
	attentionScratch: number;
	/** Of matrices of groups. */
	matrixScratch: number;
	/** Runs of positions of sparse attention; none otherwise. */
	runs: number;
	/** Of the lanes, each behind the other: SAMPLER_SETTINGS words each, the window's words each. */
	samplerSettings: number;
	recent: number;
	samplerScratch: number;
	/** Of the layers that are held, those of a lane together. */
	caches: LayerCache[];
	/** Of an adapter (MicroLoRA): A, B and the state of its rounding; h; the gradient behind the step's length; 64-bit sums. */
	adapter: number;
	hidden: number;
	gradient: number;
	sums: number;
	/** Bytes of each part. */
	parts: { activations: number; keyValueCache: number; sampling: number; adapter: number };
	bytes: number;
}

/** Bytes of each region, in the order of their places: all plans and sums are made of these. */
interface Regions {
	capacity: number;
	activations: number[];
	sampling: number[];
	/** Of one layer's cache, for one lane. */
	layer: number[];
	adapter: number[];
}

function regions(shape: ModelShape, context: number, window: number, rank: number, sparse: boolean, { lanes, share }: Part): Regions {
	const d = shape.embedDim, dim = d / shape.numHeads, heads = share ? share.heads.to - share.heads.from : shape.numHeads;
	const kvHeads = share ? heads * shape.numKvHeads / shape.numHeads : shape.numKvHeads, kv = kvHeads * dim, capacity = roundUp(context, POSITION_GROUP);
	const places = capacity * kv, scales = 2 * capacity * kvHeads, widest = Math.max(d, shape.hiddenDim);
	// As rv_matvec_*_scratch_size say; a model with binary matrices may have INT4 ones too.
	const matrixScratch = shape.quantType === QuantizationType.Int8 ? 0 : (widest + GROUP - 1 >> 5) * (shape.quantType === QuantizationType.Binary ? BINARY_TABLES : 2 * GROUP + 4) + 16;
	return {
		capacity,
		// x, q, scale, scratch, qkv, queries, queryScales, mixed, gateUp, logits; 32-bit scores and 16-bit
		// weights, as rv_attention_scratch_size says; matrixScratch.
		activations: [
			4 * d, roundUp(widest, GROUP), SCALE_BYTES, 4 * d, 4 * (heads * dim + 2 * kv), heads * dim, SCALE_BYTES * heads, 4 * d,
			share ? 4 * (shape.hiddenDim + 8 + share.hidden.to - share.hidden.from) : 8 * shape.hiddenDim, 4 * shape.vocabSize, 6 * capacity + 64, matrixScratch, sparse ? 4 * capacity + 4 : 0,
		],
		// samplerSettings, recent, samplerScratch
		sampling: [4 * SAMPLER_SETTINGS * lanes, 4 * window * lanes, roundUp(2 * shape.vocabSize, 4)],
		// keys, values, keyScales, valueScales
		layer: [places, places, scales, scales],
		adapter: rank ? [4 * rank * d + 4, 4 * d, 4 * d + 4, 8 * d] : [0, 0, 0, 0],
	};
}

function sum(bytes: readonly number[]): number {
	let all = 0;
	for (let i = 0; i < bytes.length; i++)
		all += roundUp(bytes[i]!, ALIGN);
	return all;
}

/** Of each part of the plan that planArena makes; cheap, for those who look for a context that fits. */
export function arenaParts(shape: ModelShape, context: number, window: number, rank = 0, sparse = false, part = wholeOf(shape)): ArenaPlan["parts"] {
	const { activations, sampling, layer, adapter } = regions(shape, context, window, rank, sparse, part);
	return { activations: sum(activations), sampling: sum(sampling), keyValueCache: part.layers * part.lanes * sum(layer), adapter: sum(adapter) };
}

/** Where regions lie that begin at `at`, each behind the other; and, last, where they end. */
function places(at: number, bytes: readonly number[]): number[] {
	const offsets = [at];
	for (let i = 0; i < bytes.length; i++)
		offsets.push(at += roundUp(bytes[i]!, ALIGN));
	return offsets;
}

/**
 * @param context positions that can be used
 * @param window tokens that the repetition penalty looks back
 * @param rank of an adapter; 0: none
 * @param sparse whether attention is sparse
 * @param part what of the model is held; all of it, for one sequence, by default
 */
export function planArena(shape: ModelShape, context: number, window: number, rank = 0, sparse = false, part = wholeOf(shape)): ArenaPlan {
	const { capacity, activations, sampling, layer, adapter } = regions(shape, context, window, rank, sparse, part);
	// By index: taking lists apart by patterns costs a chip a hundred thousand instructions here.
	const a = places(0, activations), s = places(a[13]!, sampling), caches: LayerCache[] = [];
	let bytes = s[3]!;
	for (let i = part.layers * part.lanes; i > 0; i--) {
		const cache = places(bytes, layer);
		caches.push({ keys: cache[0]!, values: cache[1]!, keyScales: cache[2]!, valueScales: cache[3]! });
		bytes = cache[4]!;
	}
	const cacheEnd = bytes, l = places(bytes, adapter);
	bytes = l[4]!;
	return {
		capacity, x: a[0]!, q: a[1]!, scale: a[2]!, scratch: a[3]!, qkv: a[4]!, queries: a[5]!, queryScales: a[6]!, mixed: a[7]!, gateUp: a[8]!, logits: a[9]!,
		attentionScratch: a[10]!, matrixScratch: a[11]!, runs: a[12]!, samplerSettings: s[0]!, recent: s[1]!, samplerScratch: s[2]!, caches,
		adapter: l[0]!, hidden: l[1]!, gradient: l[2]!, sums: l[3]!,
		parts: { activations: a[13]!, sampling: s[3]! - a[13]!, keyValueCache: cacheEnd - s[3]!, adapter: bytes - cacheEnd }, bytes,
	};
}
