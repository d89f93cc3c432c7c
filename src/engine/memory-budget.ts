/** How much memory a model takes, from the same plan that allocates it. */

import { planArena } from "ruvllm-esp32/engine/arena";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";

/** All in bytes. */
export interface MemoryBudget {
	/** The model file, in flash (or mapped on the desktop). */
	flash: number;
	/** RAM outside the XS heap, by part. */
	ram: { activations: number; keyValueCache: number; sampling: number; total: number };
}

/** @param options.modelBytes size of the file, when it is known; else estimated from the shape */
export function memoryBudget(shape: ModelShape, options: { contextLength?: number; penaltyWindow?: number; modelBytes?: number } = {}): MemoryBudget {
	const plan = planArena(shape, options.contextLength ?? shape.maxSeqLen, options.penaltyWindow ?? 64);
	return { flash: options.modelBytes ?? weightBytes(shape), ram: { ...plan.parts, total: plan.bytes } };
}

/** INT8 weights with a 16-bit scale per row, tied output; without tokenizer and metadata. */
function weightBytes(shape: ModelShape): number {
	const d = shape.embedDim, kv = shape.numKvHeads * d / shape.numHeads;
	const matrix = (rows: number, columns: number): number => Math.ceil(rows / 8) * 8 * Math.ceil(columns / 16) * 16 + 2 * rows;
	const layer = matrix(d + 2 * kv, d) + matrix(d, d) + matrix(2 * shape.hiddenDim, d) + matrix(d, shape.hiddenDim) + 4 * d;
	return matrix(shape.vocabSize, d) + shape.numLayers * layer + 2 * d;
}
