import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { readRuvm, sectionView } from "ruvllm-esp32/engine/ruvm/reader";
import { assemble } from "../../tools/convert/assemble.ts";
import { crc32 } from "../../tools/convert/crc32.ts";
import { parseLlama2cTokenizer } from "../../tools/convert/llama2c-tokenizer.ts";
import { readLlama2c } from "../../tools/convert/llama2c.ts";
import { quantiseMatrix } from "../../tools/convert/quantise.ts";
import { random, SIZES, values, writeTokenizer, writeV0, writeV2 } from "./support/checkpoint.ts";

function codeOf(action: () => unknown): string {
	try {
		action();
	}
	catch (error) {
		expect(error).to.be.instanceOf(RuvllmError);
		return (error as RuvllmError).code;
	}
	return "none";
}

describe("tools/convert: llama2.c checkpoints", () => {
	it("refuses files that are cut off anywhere, by name of the tensor", () => {
		const whole = writeV0(SIZES, 1);
		for (const length of [0, 27, 28, 1000, whole.length >> 1, whole.length - 1])
			expect(codeOf(() => readLlama2c(whole.subarray(0, length)))).to.equal("CHECKPOINT_TRUNCATED");
		expect(() => readLlama2c(whole.subarray(0, 28 + 300 * 16 * 4 + 10))).to.throw(/attentionNorm/);
		const quantised = writeV2(SIZES, 1, 8);
		for (const length of [36, 255, 256, quantised.length - 1])
			expect(codeOf(() => readLlama2c(quantised.subarray(0, length)))).to.equal("CHECKPOINT_TRUNCATED");
	});
	it("refuses impossible headers and unknown versions", () => {
		for (const [at, value] of [[0, 0], [0, -5], [4, 1 << 30], [8, 0], [12, 3], [16, 3], [24, 0]] as const) {
			const bytes = writeV0(SIZES, 1);
			bytes.writeInt32LE(value, at);
			expect(codeOf(() => readLlama2c(bytes)), `header field at ${at} = ${value}`).to.match(/^CHECKPOINT_(FIELD|TRUNCATED)$/);
		}
		const future = writeV2(SIZES, 1, 8);
		future.writeInt32LE(9, 4);
		expect(codeOf(() => readLlama2c(future))).to.equal("CHECKPOINT_VERSION");
		const nan = writeV0(SIZES, 1);
		nan.writeFloatLE(NaN, 100);
		expect(codeOf(() => readLlama2c(nan))).to.equal("CHECKPOINT_FIELD");
	});
	it("survives ten thousand damaged files with a typed error or a model", () => {
		const seed = 20261123, next = random(seed);
		const whole = [writeV0(SIZES, 1), writeV2(SIZES, 1, 8)];
		for (let i = 0; i < 10000; i++) {
			const bytes = Buffer.from(whole[i & 1]!);
			for (let k = 0; k < 3; k++)
				bytes[Math.floor((next() + 0.5) * (k === 0 ? 64 : bytes.length))] = Math.floor((next() + 0.5) * 256);
			expect(codeOf(() => readLlama2c(bytes)), `seed ${seed}, file ${i}`).to.match(/^(none|CHECKPOINT_\w+)$/);
		}
	}).timeout(120000);
	it("reads float weights as they are, and quantised ones within half a step", () => {
		const exact = values(SIZES, 7);
		const v0 = readLlama2c(writeV0(SIZES, 7)), v2 = readLlama2c(writeV2(SIZES, 7, 8));
		expect(v0.embedding).to.deep.equal(exact.embedding);
		expect(v0.layers[1]!.w2).to.deep.equal(exact.w2!.slice(SIZES.dim * SIZES.hidden));
		expect(v0.finalNorm).to.deep.equal(exact.finalNorm);
		expect(v2.config).to.deep.equal(v0.config);
		v2.layers[1]!.w2.forEach((value, i) => expect(Math.abs(value - v0.layers[1]!.w2[i]!)).to.be.at.most(0.5 / 127 / 2 + 1e-6));
	});
	it("assembles files that the reader takes, from both versions", () => {
		for (const bytes of [writeV0(SIZES, 3), writeV2(SIZES, 3, 8)]) {
			const tokenizer = parseLlama2cTokenizer(writeTokenizer(SIZES), SIZES.vocab);
			const file = readRuvm(assemble(readLlama2c(bytes), tokenizer, { name: "test" }), crc32);
			expect(file.shape).to.include({ vocabSize: 300, embedDim: 16, hiddenDim: 24, numLayers: 2, numHeads: 4, numKvHeads: 2, maxSeqLen: 32 });
			expect(file.tied).to.equal(true);
			expect(sectionView(file, "layers.1.down")!.length).to.equal(16 * 32 + 2 * 16);
		}
	});
});

describe("tools/convert: quantised matrices", () => {
	it("keep each weight within half a step of its row", () => {
		const next = random(5), columns = 19, rows = 11;
		const weights = Float32Array.from({ length: rows * columns }, (_, i) => next() * (1 + Math.floor(i / columns)));
		const section = quantiseMatrix("m", [weights], columns);
		expect(section.type).to.equal(SectionType.Int8Tiles);
		const view = new DataView(section.data.buffer), tiles = 16 * 32;
		for (let r = 0; r < rows; r++) {
			const scale = view.getUint16(tiles + 2 * r, true);
			expect(scale).to.be.within(1, 32767);
			for (let c = 0; c < columns; c++) {
				const q = view.getInt8(((Math.floor(r / 8) * 2 + Math.floor(c / 16)) * 8 + r % 8) * 16 + c % 16);
				expect(Math.abs(q * scale / 2 ** section.shift - weights[r * columns + c]!)).to.be.at.most(0.5 * scale / 2 ** section.shift + 1e-9);
			}
		}
	});
	it("take rows of zeros and tiny values", () => {
		const section = quantiseMatrix("m", [new Float32Array(32), Float32Array.of(...new Array<number>(16).fill(1e-30))], 16);
		expect(section.shift).to.be.within(0, 60);
	});
});
