/** Small models of seeded random weights, made in memory. Integers only: the same file on every host. */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { MicroEngine, TinyModel, TinyModelOptions } from "ruvllm-esp32/engine";
import { expectedSections, ModelShape, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { Crc32 } from "ruvllm-esp32/engine/ruvm/reader";
import { SectionData, writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import { buildTokenizerSection } from "ruvllm-esp32/engine/tokenizer-section";
import { Random } from "./random";

export const tinyCrc = crc32 as unknown as Crc32;

/** Shapes that differ in what kernels treat apart: head sizes, shared key heads, widths off the tile. */
export const SHAPES: Record<string, { shape: ModelShape; tied: boolean }> = {
	plain: { shape: shape(300, 16, 24, 2, 2, 2, 32), tied: true },
	headsOfTwo: { shape: shape(300, 8, 13, 1, 4, 2, 16), tied: true },
	headsOfSixteen: { shape: shape(280, 48, 37, 2, 3, 1, 48), tied: false },
	oneLayer: { shape: shape(290, 32, 65, 1, 4, 4, 64), tied: false },
	small: { shape: shape(12, 8, 7, 1, 2, 1, 16), tied: true },
	smallUntied: { shape: shape(20, 4, 5, 2, 2, 2, 8), tied: false },
	long: { shape: shape(300, 16, 24, 2, 2, 1, 512), tied: true },
};

function shape(vocabSize: number, embedDim: number, hiddenDim: number, numLayers: number, numHeads: number, numKvHeads: number, maxSeqLen: number): ModelShape {
	return { vocabSize, embedDim, hiddenDim, numLayers, numHeads, numKvHeads, maxSeqLen, quantType: 0 };
}

const LETTERS = " etaoinshrdlucmfwygpbvk";

/** Begin, end and unknown, all bytes when there is room, then letters and pairs of them. */
export function tinyPieces(vocab: number): Uint8Array[] {
	const pieces = ["<unk>", "<s>", "</s>"];
	if (vocab >= 280)
		for (let byte = 0; byte < 256; byte++)
			pieces.push(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
	for (let i = 0; pieces.length < vocab && i < LETTERS.length; i++)
		pieces.push(LETTERS[i]!);
	for (let i = 0; pieces.length < vocab; i++)
		pieces.push(LETTERS[i % LETTERS.length]! + LETTERS[1 + Math.floor(i / LETTERS.length) % 22]!);
	return pieces.slice(0, vocab).map(encodeUtf8);
}

const bytesSection = (name: string, data: Uint8Array): SectionData => ({ name, type: SectionType.Bytes, shift: 0, rows: 1, columns: data.length, data });

function tiles(random: Random, rows: number, columns: number): Uint8Array {
	const wide = Math.ceil(columns / 16) * 16, tall = Math.ceil(rows / 8) * 8;
	const data = new Uint8Array(wide * tall + 2 * rows), view = new DataView(data.buffer);
	for (let r = 0; r < rows; r++) {
		for (let c = 0; c < columns; c++)
			view.setInt8(((r >> 3) * (wide / 16) + (c >> 4)) * 128 + (r & 7) * 16 + (c & 15), random.from(-127, 127));
		view.setUint16(wide * tall + 2 * r, random.from(8192, 32767), true);
	}
	return data;
}

function words(values: readonly number[]): Uint8Array {
	const data = new Uint8Array(4 * values.length), view = new DataView(data.buffer);
	values.forEach((value, i) => view.setUint32(4 * i, value, true));
	return data;
}

function content(random: Random, s: ModelShape, name: string, type: SectionType, rows: number, columns: number): SectionData {
	const head = s.embedDim / s.numHeads;
	if (name === "constants") {
		const score = Math.floor(Math.LOG2E / (127 * Math.sqrt(head)) * 2 ** 24);
		let shift = 24, mantissa = score;
		for (; mantissa > 32767; shift--)
			mantissa >>= 1;
		return { name, type, shift: 0, rows, columns, data: words([42950, mantissa, shift, Math.floor(Math.sqrt(s.embedDim) * 65536)]) };
	}
	if (name === "rope")
		return { name, type, shift: 0, rows, columns, data: words(Array.from({ length: columns }, (_, i) => Math.floor(683565276 / 3 ** i))) };
	if (type === SectionType.Int16) {
		const data = new Uint8Array(2 * columns), view = new DataView(data.buffer);
		for (let i = 0; i < columns; i++)
			view.setInt16(2 * i, random.from(-16384, 16384), true);
		return { name, type, shift: 14, rows, columns, data };
	}
	return { name, type, shift: 22, rows, columns, data: tiles(random, rows, columns) };
}

export interface TinyFile {
	shape: ModelShape;
	tied: boolean;
	seed?: number;
	metadata?: Uint8Array | string;
	tokenizer?: Uint8Array;
}

/** The sections of a model; a test may change them before they are written. */
export function tinySections({ shape: s, tied, seed = 1, metadata = "{\"name\":\"tiny\"}", tokenizer }: TinyFile): SectionData[] {
	const random = new Random(seed);
	const sections = expectedSections(s, tied).map(([name, type, rows, columns]) => content(random, s, name, type, rows, columns));
	const pieces = tinyPieces(s.vocabSize);
	sections.push(bytesSection("tokenizer", tokenizer ?? buildTokenizerSection(pieces, pieces.map((_, i) => -i))));
	sections.push(bytesSection("metadata", typeof metadata === "string" ? encodeUtf8(metadata) : metadata));
	return sections;
}

export function tinyFile(file: TinyFile): Uint8Array {
	return writeRuvm(file.shape, file.tied, tinySections(file), tinyCrc);
}

export function tinyEngine(name: keyof typeof SHAPES = "plain", seed = 1, options: TinyModelOptions = {}): MicroEngine {
	return new MicroEngine(new TinyModel(tinyFile({ ...SHAPES[name]!, seed }), options));
}
