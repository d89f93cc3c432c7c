/** A model of a given size with random weights and the story model's vocabulary: it takes the time of a trained one, and says nothing. */

import { type ModelShape, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { readRuvm, sectionView } from "ruvllm-esp32/engine/ruvm/reader";
import { writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import { crc32 } from "../../../tools/convert/crc32.ts";
import type { FloatConfig, FloatModel } from "../../../tools/convert/float-model.ts";
import { quantiseModel, shapeOf } from "../../../tools/convert/quantise.ts";

/** 864,000 parameters: a quarter of them fits an ESP32-S3's SRAM beside caches and radio, all of them don't. */
export const LARGE: FloatConfig = { vocabSize: 512, embedDim: 128, hiddenDim: 168, numLayers: 7, numHeads: 8, numKvHeads: 4, maxSeqLen: 144, ropeTheta: 10000, normEpsilon: 1e-5 };

export function randomModel(config: FloatConfig, stories: Uint8Array): { bytes: Uint8Array; shape: ModelShape; parameters: number } {
	let seed = 1, parameters = 0;
	// xorshift32; the sum of four is round enough for weights.
	const uniform = (): number => {
		seed ^= seed << 13;
		seed ^= seed >>> 17;
		seed ^= seed << 5;
		return (seed >>> 0) / 2 ** 32 - 0.5;
	};
	const matrix = (rows: number, columns: number): Float32Array => {
		parameters += rows * columns;
		return Float32Array.from({ length: rows * columns }, () => (uniform() + uniform() + uniform() + uniform()) * 1.7 / Math.sqrt(columns));
	};
	const ones = (n: number): Float32Array => new Float32Array(n).fill(1), { vocabSize, embedDim: d, hiddenDim: h, numLayers, numHeads, numKvHeads } = config, kv = numKvHeads * (d / numHeads);
	const model: FloatModel = {
		config, embedding: matrix(vocabSize, d), finalNorm: ones(d),
		layers: Array.from({ length: numLayers }, () => ({
			attentionNorm: ones(d), wq: matrix(d, d), wk: matrix(kv, d), wv: matrix(kv, d), wo: matrix(d, d), ffnNorm: ones(d), w1: matrix(h, d), w2: matrix(d, h), w3: matrix(h, d),
		})),
	};
	const section = (name: string, data: Uint8Array) => ({ name, type: SectionType.Bytes, shift: 0, rows: 1, columns: data.length, data });
	const sections = [...quantiseModel(model), section("tokenizer", sectionView(readRuvm(stories), "tokenizer")!), section("metadata", new TextEncoder().encode('{"name":"random"}'))], shape = shapeOf(config);
	return { bytes: writeRuvm(shape, true, sections, crc32), shape, parameters };
}
