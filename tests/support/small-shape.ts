/** Shapes of the small models, their random numbers, and the names of their files. */

import { ModelShape, QuantizationType } from "ruvllm-esp32/engine/ruvm/format";

/** xorshift32: integers from 0 to 2^32 - 1; the same on every host. */
export function random(seed: number): () => number {
	let state = seed || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return state >>> 0;
	};
}

export const SHAPE: ModelShape = {
	vocabSize: 300, embedDim: 32, hiddenDim: 43, numLayers: 2, numHeads: 4, numKvHeads: 2, maxSeqLen: 48, quantType: QuantizationType.Int8,
};
/** As SHAPE, for long texts. */
export const LONG: ModelShape = { ...SHAPE, maxSeqLen: 320 };

/** Wide enough for most of its matrices to be shared by two cores. */
export const WIDE: ModelShape = { ...SHAPE, embedDim: 96, hiddenDim: 131, maxSeqLen: 96 };

/** As WIDE, of the other types of weights; hidden vectors end inside a group. */
export const GROUPED: readonly ModelShape[] = [QuantizationType.Int4, QuantizationType.Binary, QuantizationType.Ternary].map((quantType) => ({ ...WIDE, quantType }));
/** Binary, its activations too. */
export const XNOR: ModelShape = { ...WIDE, quantType: QuantizationType.Binary, binaryActivations: true };

/** Those that the suites use: machines that have no room to make one find them in their flash. */
export const SMALL_MODELS: readonly [seed: number, shape: ModelShape, tied: boolean][] = [
	[1, SHAPE, true], [1, SHAPE, false], [1, LONG, true], [3, WIDE, true], ...[...GROUPED, XNOR].map((shape): [number, ModelShape, boolean] => [3, shape, true]),
];

export const smallModelName = (seed: number, shape: ModelShape, tied: boolean): string => 
	`small-${seed}-${shape.maxSeqLen}-${tied ? "tied" : "untied"}${shape.quantType ? `-${shape.quantType}` : ""}${shape.binaryActivations ? "-xnor" : ""}.ruvm`;
