/** What a model asks of boards, and how long a board takes for a part of it: the arithmetic behind plans. */

import type { Capabilities } from "ruvllm-esp32/espnow-federation/network";
import { expectedSections, MATRIX, type ModelShape, QuantizationType, sectionBytes, SectionType } from "ruvllm-esp32/engine/ruvm/format";

export interface Workload {
	layers: number;
	/** Multiply-accumulates and bytes of weights, of one layer. */
	layerMacs: number;
	layerBytes: number;
	/** Of the output matrix, which the coordinator keeps. */
	outputMacs: number;
	outputBytes: number;
	/** Of a packed hidden state, about: 20 bits a value (14 to 21 in story models). */
	stateBytes: number;
	/** For tensor parallelism: what every board computes whole, the projections behind attention and feed-forward. */
	wholeMacs: number;
	/** Values that boards exchange in a layer: mixed heads, then products. */
	embedDim: number;
	hiddenDim: number;
	kvHeads: number;
}

const TYPES = [SectionType.Int8Tiles, SectionType.Int4Tiles, SectionType.BinaryTiles, SectionType.TernaryTiles] as const;
const STATE_BITS = 20;

export function workloadOf(shape: ModelShape): Workload {
	const d = shape.embedDim, h = shape.hiddenDim, kv = shape.numKvHeads * (d / shape.numHeads), type = TYPES[shape.quantType];
	let layerBytes = 0;
	for (const [name, expected, rows, columns] of expectedSections(shape, true))
		if (name.startsWith("layers.0."))
			layerBytes += sectionBytes(expected === MATRIX ? type : expected, rows, columns);
	return {
		layers: shape.numLayers, layerMacs: d * (d + 2 * kv) + d * d + 3 * d * h, layerBytes,
		outputMacs: shape.vocabSize * d, outputBytes: sectionBytes(shape.quantType === QuantizationType.Int8 ? type : SectionType.Int4Tiles, shape.vocabSize, d),
		stateBytes: Math.ceil(d * STATE_BITS / 8) + 1, wholeMacs: d * d + d * h, embedDim: d, hiddenDim: h, kvHeads: shape.numKvHeads,
	};
}

/**
 * Microseconds for `macs` products whose weights have `bytes`: as many of them as fit the board's fast memory at its fast
 * speed, the rest at its slow one.
 */
export function computeMicroseconds(board: Capabilities, macs: number, bytes: number): number {
	if (macs === 0)
		return 0;
	const fast = bytes <= board.fastMemory ? macs : Math.floor(macs * board.fastMemory / bytes);
	return Math.ceil(fast * 1000 / Math.max(1, board.fastSpeed)) + Math.ceil((macs - fast) * 1000 / Math.max(1, board.slowSpeed));
}

/** Of a pipeline's stage; the coordinator has the output matrix too. */
export function stageMicroseconds(work: Workload, board: Capabilities, layers: number, coordinator: boolean): number {
	return computeMicroseconds(board, layers * work.layerMacs + (coordinator ? work.outputMacs : 0), layers * work.layerBytes + (coordinator ? work.outputBytes : 0));
}
