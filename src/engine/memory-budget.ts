/** How much memory a model takes, from the same plan that allocates it, and which context fits. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { arenaParts, type Part, type TensorShare, wholeOf } from "ruvllm-esp32/engine/arena";
import { expectedSections, MATRIX, type ModelShape, QuantizationType, sectionBytes, SectionType } from "ruvllm-esp32/engine/ruvm/format";

/** All in bytes. */
export interface MemoryBudget {
	/** The model file, in flash (or mapped on the desktop). */
	flash: number;
	/** RAM outside the XS heap, by part. */
	ram: { activations: number; keyValueCache: number; sampling: number; adapter: number; operators: number; total: number };
}

export const DEFAULT_PENALTY_WINDOW = 64;
/** Positions come in groups of 16: kernels take whole vectors of them. */
const POSITION_STEP = 16;
/** An operator's record in C, on a 32-bit chip, with what malloc adds (native/xs/operator.h has it checked). */
const OPERATOR_BYTES = 256;
/** What an adapter's operators take. */
const ADAPTER_OPERATORS = 2 * OPERATOR_BYTES;
/** RAM that an adapter of this rank (0: none) takes besides the model. */
export const adapterBytes = (shape: ModelShape, rank: number): number => rank ? arenaParts(shape, 0, 0, rank).adapter + ADAPTER_OPERATORS : 0;
/** Eight in a block, and two for each of its caches; embedding, last norm, output, loss, and samplers. */
export const operatorBytes = ({ layers, lanes, share }: Part): number => OPERATOR_BYTES * ((share ? ofShare(share, lanes) : 8 + 2 * lanes) * layers + 4 + lanes);
/** Four for the whole vectors; four for its heads, and two for each of their caches; four for its columns (tensor-part.ts). */
const ofShare = ({ heads, hidden }: TensorShare, lanes: number): number => 4 + (heads.to > heads.from ? 4 + 2 * lanes : 0) + (hidden.to > hidden.from ? 4 : 0);

export interface BudgetOptions {
	contextLength?: number;
	penaltyWindow?: number;
	/** Size of the file, when it is known; else estimated from the shape. */
	modelBytes?: number;
	adapterRank?: number;
	/** How many of the layers are held; all by default. */
	layers?: number;
	/** How many sequences have a cache and a sampler; 1 by default. */
	lanes?: number;
	/** What of each layer is held, in a tensor-parallel session. */
	share?: TensorShare | undefined;
}

export function memoryBudget(shape: ModelShape, options: BudgetOptions = {}): MemoryBudget {
	const contextLength = options.contextLength ?? shape.maxSeqLen, penaltyWindow = options.penaltyWindow ?? DEFAULT_PENALTY_WINDOW;
	const rank = options.adapterRank ?? 0, part: Part = { layers: options.layers ?? shape.numLayers, lanes: options.lanes ?? 1, share: options.share };
	const operators = operatorBytes(part) + (rank ? ADAPTER_OPERATORS : 0), parts = arenaParts(shape, contextLength, penaltyWindow, rank, false, part);
	return { flash: options.modelBytes ?? weightBytes(shape), ram: { ...parts, operators, total: memoryOf(shape, contextLength, penaltyWindow, part) + adapterBytes(shape, rank) } };
}

/** Bytes of RAM outside the XS heap: the budget's total, alone. */
export function memoryOf(shape: ModelShape, contextLength: number, penaltyWindow: number, part = wholeOf(shape)): number {
	const { activations, sampling, keyValueCache } = arenaParts(shape, contextLength, penaltyWindow, 0, false, part);
	return activations + sampling + keyValueCache + operatorBytes(part);
}

/**
 * The largest context, at most the model's own, whose memory is at most `bytes`; 0 when not even the
 * smallest fits. Memory grows in steps with the context, nearly evenly: a guess between two known sizes
 * is seldom off by more than one step.
 */
export function largestContext(shape: ModelShape, bytes: number, penaltyWindow = DEFAULT_PENALTY_WINDOW, part = wholeOf(shape)): number {
	let most = memoryOf(shape, shape.maxSeqLen, penaltyWindow, part);
	if (most <= bytes)
		return shape.maxSeqLen;
	// What `low` steps take fits, or is nothing; what `high` steps take does not.
	let low = 0, high = Math.ceil(shape.maxSeqLen / POSITION_STEP), least = memoryOf(shape, 0, penaltyWindow, part);
	while (high - low > 1) {
		const guess = low + Math.floor((bytes - least) * (high - low) / (most - least));
		const steps = Math.min(Math.max(guess, low + 1), high - 1), taken = memoryOf(shape, steps * POSITION_STEP, penaltyWindow, part);
		if (taken <= bytes) {
			low = steps;
			least = taken;
		}
		else {
			high = steps;
			most = taken;
		}
	}
	return low * POSITION_STEP;
}

/**
 * The context to take when `available` bytes are there: `context`, or, when it may be less, the largest that fits.
 * @throws RuvllmError MODEL_MEMORY
 */
export function fittingContext(shape: ModelShape, context: number, available: number, penaltyWindow: number, mayBeLess: boolean, part = wholeOf(shape)): number {
	if (available >= memoryOf(shape, context, penaltyWindow, part))
		return context;
	const fits = mayBeLess ? largestContext(shape, available, penaltyWindow, part) : 0;
	if (fits === 0)
		throw memoryError(shape, context, available, penaltyWindow, part);
	return fits;
}

/** The error of a context that does not fit: bytes wanted, bytes available, and what would fit. */
export function memoryError(shape: ModelShape, contextLength: number, available: number, penaltyWindow = DEFAULT_PENALTY_WINDOW, part = wholeOf(shape)): RuvllmError {
	const wanted = memoryOf(shape, contextLength, penaltyWindow, part), fits = largestContext(shape, available, penaltyWindow, part);
	const smallest = memoryOf(shape, POSITION_STEP, penaltyWindow, part);
	return new RuvllmError("MODEL_MEMORY", `a context of ${contextLength} positions wants ${wanted} bytes of RAM, ${available} are available; `
		+ (fits > 0 ? `a context of at most ${fits} positions fits` : `even the smallest context wants ${smallest}: take a smaller model, or a chip with more memory`));
}

/** Of matrices, by the model's type; as `convert` makes them, embeddings of the lower types are INT4. */
const TILES = [SectionType.Int8Tiles, SectionType.Int4Tiles, SectionType.BinaryTiles, SectionType.TernaryTiles] as const;

/** Weights with tied output; without tokenizer, metadata and table. */
function weightBytes(shape: ModelShape): number {
	const most = TILES[shape.quantType], embedding = shape.quantType === QuantizationType.Int8 ? most : SectionType.Int4Tiles;
	return expectedSections(shape, true).reduce((sum, [name, type, rows, columns]) =>
		sum + sectionBytes(type !== MATRIX ? type : name === "embedding" ? embedding : most, rows, columns), 0);
}
