/** Who holds which heads and columns in a tensor-parallel session. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { TensorShare } from "ruvllm-esp32/engine/arena";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";

export type { TensorShare } from "ruvllm-esp32/engine/arena";

/** Rows of a tile of weights: a share begins with a whole one. */
const TILE_ROWS = 8;

/**
 * Shares of heads and columns in proportion to `weights` (speeds, say), one for each board, which together are all. Integers
 * only, so that all boards cut alike. Boards beyond the heads, or with little weight, get none, of either or of both.
 * @param weights integers from 0 to 2^31 - 1, one of them above 0
 * @throws RuvllmError TENSOR_SHAPE
 */
export function shares(shape: ModelShape, weights: readonly number[]): TensorShare[] {
	checkHeads(shape);
	let sum = 0;
	for (let i = 0; i < weights.length; i++) {
		const weight = weights[i]!;
		if (!Number.isInteger(weight) || weight < 0 || weight > 0x7fffffff)
			throw new RuvllmError("TENSOR_SHAPE", `weight ${i} is ${weight}; it takes an integer from 0 to 2147483647`);
		sum += weight;
	}
	if (sum === 0)
		throw new RuvllmError("TENSOR_SHAPE", "no board has a weight above 0; give one of them a share");
	const group = shape.numHeads / shape.numKvHeads, tiles = Math.ceil(shape.hiddenDim / TILE_ROWS), all: TensorShare[] = [];
	for (let i = 0, before = 0; i < weights.length; i++) {
		const after = before + weights[i]!;
		all.push({
			heads: { from: group * cut(shape.numKvHeads, before, sum), to: group * cut(shape.numKvHeads, after, sum) },
			hidden: { from: Math.min(TILE_ROWS * cut(tiles, before, sum), shape.hiddenDim), to: Math.min(TILE_ROWS * cut(tiles, after, sum), shape.hiddenDim) },
		});
		before = after;
	}
	return all;
}

/** units * part / whole, rounded half up. */
const cut = (units: number, part: number, whole: number): number => Math.floor((2 * units * part + whole) / (2 * whole));

/**
 * @returns the share, copied
 * @throws RuvllmError TENSOR_SHAPE when it cuts a group of heads or a tile of columns, or the model's heads can't be cut
 */
export function checkShare(shape: ModelShape, { heads, hidden }: TensorShare): TensorShare {
	checkHeads(shape);
	range("heads", heads, shape.numHeads, shape.numHeads / shape.numKvHeads);
	range("hidden", hidden, shape.hiddenDim, TILE_ROWS);
	return { heads: { from: heads.from, to: heads.to }, hidden: { from: hidden.from, to: hidden.to } };
}

function checkHeads({ embedDim, numHeads }: ModelShape): void {
	const dim = embedDim / numHeads;
	if (dim % TILE_ROWS)
		throw new RuvllmError("TENSOR_SHAPE", `a head of this model has ${dim} dimensions; to be shared they are a multiple of ${TILE_ROWS}, so take a pipeline instead`);
}

function range(name: string, { from, to }: { from: number; to: number }, most: number, unit: number): void {
	if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from > to || to > most || (from < to && from % unit) || (to < most && to % unit))
		throw new RuvllmError("TENSOR_SHAPE", `${name} from ${from} to ${to}; they take multiples of ${unit} (or the end) with 0 <= from <= to <= ${most}`);
}
