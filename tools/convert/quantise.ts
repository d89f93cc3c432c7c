/** Turns a float model into the sections of a RUVM file. */

import {
	Constant, CONSTANTS, ModelShape, QuantizationType, SectionType,
} from "ruvllm-esp32/engine/ruvm/format";
import type { SectionData } from "ruvllm-esp32/engine/ruvm/writer";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { FloatConfig, FloatModel, headDim } from "./float-model.ts";
import { quantiseGrouped, type WeightType } from "./grouped.ts";

const TILE_ROWS = 8, TILE_COLUMNS = 16;
const MAX_SCALE = 32767;

const maxMagnitude = (values: Float32Array): number => values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);

/** The shift with which `value` fills 15 bits: value * 2^shift in (16383, 32767]. */
export const shiftFor = (value: number): number => value > 0 ? Math.floor(Math.log2(MAX_SCALE / value)) : 0;

const clamp = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));

/**
 * Quantises rows to [-127, 127] by their own largest magnitude. Scales are integers below 2^15 with
 * a common shift, and the weights are divided by the scale as stored, so its rounding costs nothing.
 */
export function quantiseMatrix(name: string, parts: Float32Array[], columns: number): SectionData {
	const rows = parts.reduce((sum, part) => sum + part.length / columns, 0);
	const row = Array.from(parts.flatMap((part) => Array.from({ length: part.length / columns }, (_, r) => part.subarray(r * columns, (r + 1) * columns))));
	const steps = row.map((values) => maxMagnitude(values) / 127);
	const shift = clamp(shiftFor(Math.max(...steps)), 0, 60);
	const chunks = Math.ceil(columns / TILE_COLUMNS);
	const tileBytes = Math.ceil(rows / TILE_ROWS) * TILE_ROWS * chunks * TILE_COLUMNS;
	const data = new Uint8Array(tileBytes + 2 * rows);
	const view = new DataView(data.buffer);
	row.forEach((values, r) => {
		const scale = clamp(Math.ceil(steps[r]! * 2 ** shift), 1, MAX_SCALE);
		view.setUint16(tileBytes + 2 * r, scale, true);
		const step = scale / 2 ** shift;
		values.forEach((value, c) => {
			const tile = Math.floor(r / TILE_ROWS) * chunks + Math.floor(c / TILE_COLUMNS);
			view.setInt8((tile * TILE_ROWS + r % TILE_ROWS) * TILE_COLUMNS + c % TILE_COLUMNS, clamp(Math.round(value / step), -127, 127));
		});
	});
	return { name, type: SectionType.Int8Tiles, shift, rows, columns, data };
}

function vector16(name: string, values: Float32Array): SectionData {
	const shift = clamp(shiftFor(maxMagnitude(values)), -16, 40);
	const data = new Uint8Array(values.length * 2), view = new DataView(data.buffer);
	values.forEach((value, i) => view.setInt16(2 * i, Math.round(value * 2 ** shift), true));
	return { name, type: SectionType.Int16, shift, rows: 1, columns: values.length, data };
}

function words(name: string, values: number[]): SectionData {
	const data = new Uint8Array(values.length * 4), view = new DataView(data.buffer);
	values.forEach((value, i) => view.setUint32(4 * i, value, true));
	return { name, type: SectionType.Uint32, shift: 0, rows: 1, columns: values.length, data };
}

function constants(config: FloatConfig): SectionData {
	const score = Math.LOG2E / (127 * Math.sqrt(headDim(config)));
	const shift = shiftFor(score);
	const values = new Array<number>(CONSTANTS).fill(0);
	values[Constant.NormEpsilon] = Math.round(config.normEpsilon * 2 ** 32);
	values[Constant.ScoreMantissa] = Math.round(score * 2 ** shift);
	values[Constant.ScoreShift] = shift;
	values[Constant.NormRoot] = Math.round(Math.sqrt(config.embedDim) * 65536);
	return words("constants", values);
}

/** Turns per position of each pair of a head, times 2^32. */
function ropeFrequencies(config: FloatConfig): SectionData {
	const dim = headDim(config);
	return words("rope", Array.from({ length: dim / 2 }, (_, i) => Math.round(config.ropeTheta ** (-2 * i / dim) / (2 * Math.PI) * 2 ** 32)));
}

/** Which types the matrices get. */
export interface QuantiseOptions {
	/** Of most of them; INT8 by default. */
	type?: WeightType;
	/** Of the embedding and the output; INT8 by default for INT8, else INT4. */
	embedding?: WeightType;
	/** Of the matrices of attention; `type` by default. */
	attention?: WeightType;
	/** Whether activations are made binary where they meet binary matrices. */
	binaryActivations?: boolean;
}

export const QUANT_TYPE: Record<WeightType, QuantizationType> = {
	int8: QuantizationType.Int8, int4: QuantizationType.Int4, binary: QuantizationType.Binary, ternary: QuantizationType.Ternary,
};

/** A matrix of this type, of parts one below the other. */
export const quantise = (type: WeightType, name: string, parts: Float32Array[], columns: number): SectionData =>
	type === "int8" ? quantiseMatrix(name, parts, columns) : quantiseGrouped(type, name, parts, columns);

export const shapeOf = (config: FloatConfig, options: QuantiseOptions = {}): ModelShape => ({
	vocabSize: config.vocabSize, embedDim: config.embedDim, hiddenDim: config.hiddenDim, numLayers: config.numLayers,
	numHeads: config.numHeads, numKvHeads: config.numKvHeads, maxSeqLen: config.maxSeqLen, quantType: QUANT_TYPE[options.type ?? "int8"],
	...(options.binaryActivations && { binaryActivations: true }),
});

/**
 * All sections but "tokenizer" and "metadata".
 * @throws RuvllmError QUANTISE_TYPE when a model of INT8 is to have others
 */
export function quantiseModel(model: FloatModel, options: QuantiseOptions = {}): SectionData[] {
	const { config } = model, d = config.embedDim, type = options.type ?? "int8";
	const embedding = options.embedding ?? (type === "int8" ? "int8" : "int4"), attention = options.attention ?? type;
	if (type === "int8" && (embedding !== "int8" || attention !== "int8"))
		throw new RuvllmError("QUANTISE_TYPE", "a model of INT8 has no other matrices; give the lower type as the model's, and INT8 for the embedding or the attention");
	const sections = [
		constants(config), ropeFrequencies(config),
		quantise(embedding, "embedding", [model.embedding], d), vector16("norm", model.finalNorm),
	];
	if (model.output)
		sections.push(quantise(embedding, "output", [model.output], d));
	model.layers.forEach((layer, l) => sections.push(
		vector16(`layers.${l}.norm1`, layer.attentionNorm),
		quantise(attention, `layers.${l}.qkv`, [layer.wq, layer.wk, layer.wv], d),
		quantise(attention, `layers.${l}.wo`, [layer.wo], d),
		vector16(`layers.${l}.norm2`, layer.ffnNorm),
		quantise(type, `layers.${l}.gateUp`, [layer.w1, layer.w3], d),
		quantise(type, `layers.${l}.down`, [layer.w2], config.hiddenDim),
	));
	return sections;
}
