import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory, readModel } from "ruvllm-esp32/platform/kernels";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { expectedSections } from "ruvllm-esp32/engine/ruvm/format";
import { fileCrc, readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { rounds } from "../support/arguments";
import { random, SHAPE, tinyModel } from "../support/small-model";

function codeOf(bytes: Uint8Array): string {
	try {
		const engine = new MicroEngine(new TinyModel(bytes));
		const { tokens } = engine.generate([1, 5], { maxTokens: 2, greedy: true, stopAtEnd: false });
		for (const token of tokens)
			expect(token).to.be.within(0, engine.model.shape.vocabSize - 1);
		return "none";
	}
	catch (error) {
		if (!(error instanceof RuvllmError))
			throw error;
		return error.code;
	}
}

function repair(bytes: Uint8Array): void {
	new DataView(bytes.buffer).setUint32(28, fileCrc(bytes, crc32 as never), true);
}

/** What the kernels read is what the reader in TypeScript reads, or nothing. @returns whether they read it */
function readAlike(bytes: Uint8Array): boolean {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	const read = readModel(memory);
	if (!read)
		return false;
	const ints = new Int32Array(read), { shape, tied, sections } = readRuvm(bytes);
	const { vocabSize, embedDim, hiddenDim, numLayers, numHeads, numKvHeads, maxSeqLen, quantType, binaryActivations } = shape;
	expect(Array.from(ints.subarray(0, 10))).to.deep.equal([vocabSize, embedDim, hiddenDim, numLayers, numHeads, numKvHeads, maxSeqLen, tied ? 1 : 0, quantType, binaryActivations ? 1 : 0]);
	const names = [...expectedSections(shape, tied).map(([name]) => name), "tokenizer", "metadata"];
	names.forEach((name, i) => {
		const { shift, rows, columns, offset, bytes: size, type } = sections.get(name)!;
		expect(Array.from(ints.subarray(10 + 6 * i, 16 + 6 * i)), name).to.deep.equal([shift, rows, columns, offset, size, type]);
	});
	return true;
}

describe("engine/ruvm", () => {
	it("refuses each bad field of the header, by name", () => {
		const bad: [number, number, RegExp][] = [
			[0, 0, /RUVM/], [4, 0, /vocabSize|embedding|section/], [10, 0, /numLayers/], [11, 0, /numHeads/], [11, 3, /heads/], [13, 4, /quantType/],
			[14, 9, /version/], [15, 0, /numKvHeads/], [15, 3, /numKvHeads/],
		];
		for (const [at, value, sentence] of bad) {
			const bytes = tinyModel();
			bytes[at] = value;
			if (at === 4)
				bytes[5] = 0;
			repair(bytes);
			expect(() => new TinyModel(bytes), `byte ${at} = ${value}`).to.throw(RuvllmError, sentence);
		}
	});
	it("refuses files that are cut off, empty or damaged", () => {
		const whole = tinyModel();
		for (const length of [0, 1, 31, 32, 100, whole.length >> 1, whole.length - 1])
			expect(codeOf(whole.slice(0, length)), `${length} bytes`).to.match(/^MODEL_(TRUNCATED|CRC)$/);
		const damaged = tinyModel();
		damaged[5000]! ^= 1;
		expect(codeOf(damaged)).to.equal("MODEL_CRC");
		const plain = tinyModel();
		plain[14] = 0;
		expect(codeOf(plain)).to.equal("MODEL_VERSION");
	});
	it("reads what was written", () => {
		const file = readRuvm(tinyModel(), crc32 as never);
		expect(file.shape).to.deep.equal(SHAPE);
		expect(file.tied).to.equal(true);
		expect(readRuvm(tinyModel(1, SHAPE, false)).tied).to.equal(false);
	});
	it("is read by the kernels as by the reader, or left to it", () => {
		for (const tied of [true, false])
			expect(readAlike(tinyModel(1, SHAPE, tied))).to.equal(true);
		const seed = 31, next = random(seed), whole = tinyModel(), table = new DataView(whole.buffer).getUint32(24, true);
		let read = 0;
		const files = rounds(10000);
		for (let i = 0; i < files; i++) {
			const bytes = whole.slice();
			for (let k = 0; k <= next() % 2; k++)
				bytes[i & 1 ? next() % 32 : table + next() % (whole.length - table)] = next() & 255;
			read += readAlike(bytes.subarray(0, i % 50 ? bytes.length : next() % bytes.length).slice()) ? 1 : 0;
		}
		expect(read, `seed ${seed}`).to.be.within(files / 100, files * 0.9);
	}).timeout(600000);
	it("takes thousands of damaged files with a typed error or two tokens", () => {
		const seed = 20261123, next = random(seed), whole = tinyModel();
		const table = new DataView(whole.buffer).getUint32(24, true), tokenizer = readRuvm(whole).sections.get("tokenizer")!.offset;
		const files = rounds(10000);
		let loaded = 0;
		for (let i = 0; i < files; i++) {
			const bytes = whole.slice();
			// Where damage tells most: header, table, tokenizer, anywhere.
			const [from, size] = ([[0, 32], [table, whole.length - table], [tokenizer, table - tokenizer], [0, whole.length]] as const)[i & 3]!;
			for (let k = 0; k <= next() % 3; k++)
				bytes[from + next() % size] = next() & 255;
			if (i % 16)
				repair(bytes);
			try {
				loaded += codeOf(bytes) === "none" ? 1 : 0;
			}
			catch (error) {
				throw new Error(`seed ${seed}, file ${i}: ${(error as Error).message}`);
			}
		}
		expect(loaded).to.be.within(files / 100, files * 0.99);
	}).timeout(600000);
});
