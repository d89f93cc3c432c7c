/** Small models with seeded random weights, made in memory: what a test needs of a model without a file. */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import { Constant, CONSTANTS, expectedSections, MATRIX, ModelShape, QuantizationType, sectionBytes, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { SectionData, writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import { buildTokenizerSection } from "ruvllm-esp32/engine/tokenizer-section";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { random, SHAPE } from "./small-shape";

export * from "./small-shape";

function tokenizer(vocabSize: number): Uint8Array {
	const pieces = ["<unk>", "\n<s>\n", "\n</s>\n"];
	for (let b = 0; b < 256; b++)
		pieces.push(`<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`);
	for (const c of " abcdefghijklmnopqrstuvwxyz.,")
		pieces.push(c);
	for (const merge of ["th", "the", " a", "an", "in", "on", "er", "re", " t", " the", "ing", "and"])
		pieces.push(merge);
	const scores = pieces.map((_, i) => i < 259 ? 0 : -i);
	return buildTokenizerSection(pieces.slice(0, vocabSize).map(encodeUtf8), scores.slice(0, vocabSize));
}

/** Of matrices, by the model's type. */
const TILES = [SectionType.Int8Tiles, SectionType.Int4Tiles, SectionType.BinaryTiles, SectionType.TernaryTiles] as const;

/** A whole file. Cost: some milliseconds. */
export function tinyModel(seed = 1, shape: ModelShape = SHAPE, tied = true): Uint8Array {
	const next = random(seed);
	const sections = expectedSections(shape, tied).map(([name, expected, rows, columns]): SectionData => {
		const type = expected !== MATRIX ? expected : name === "embedding" && shape.quantType !== QuantizationType.Int8 ? SectionType.Int4Tiles : TILES[shape.quantType];
		const data = new Uint8Array(sectionBytes(type, rows, columns)), view = new DataView(data.buffer);
		if (name === "constants") {
			view.setUint32(4 * Constant.NormEpsilon, 42950, true);
			view.setUint32(4 * Constant.ScoreMantissa, 26000, true);
			view.setUint32(4 * Constant.ScoreShift, 23, true);
			view.setUint32(4 * Constant.NormRoot, Math.round(Math.sqrt(shape.embedDim) * 65536), true);
			return { name, type, shift: 0, rows, columns: CONSTANTS, data };
		}
		if (type === SectionType.Uint32)
			for (let i = 0; i < columns; i++)
				view.setUint32(4 * i, next() >>> (3 + i), true);
		else if (type === SectionType.Int16)
			for (let i = 0; i < columns; i++)
				view.setInt16(2 * i, 8192 + (next() & 4095), true);
		else {
			const tiles = data.length - 2 * rows;
			for (let i = 0; i < tiles; i++)
				data[i] = next() & 255;
			for (let r = 0; r < rows; r++)
				view.setUint16(tiles + 2 * r, 12000 + (next() & 8191), true);
		}
		if (type === SectionType.TernaryTiles)
			for (let i = Math.ceil(rows / 8) * 8 * Math.ceil(columns / 32) * 8; i-- > 0;)
				// 3 is no code: it becomes 2.
				data[i]! &= ~(data[i]! >> 1 & 0x55);
		const shift = type === SectionType.Int8Tiles ? 23 : type === SectionType.Int16 ? 13 : type === SectionType.Int4Tiles ? 26 : expected === MATRIX ? 24 : 0;
		return { name, type, shift, rows, columns, data };
	});
	const bytes = (name: string, data: Uint8Array): SectionData => ({ name, type: SectionType.Bytes, shift: 0, rows: 1, columns: data.length, data });
	sections.push(bytes("tokenizer", tokenizer(shape.vocabSize)), bytes("metadata", encodeUtf8('{"name":"tiny"}')));
	return writeRuvm(shape, tied, sections, crc32 as never);
}

/** The same to run it only: where memory is short it stays in flash. */
export const smallModel = tinyModel;
