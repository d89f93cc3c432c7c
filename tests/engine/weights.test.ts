import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { host } from "ruvllm-esp32/platform/runtime";
import { crc32 } from "ruvllm-esp32/platform/kernels";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { ModelShape, QuantizationType, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { fileCrc, readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { rounds } from "../support/arguments";
import { GROUPED, random, smallModel, tinyModel, WIDE, XNOR } from "../support/small-model";

const NAMES = { [QuantizationType.Int8]: "INT8", [QuantizationType.Int4]: "INT4", [QuantizationType.Binary]: "binary", [QuantizationType.Ternary]: "ternary" };
const titleOf = (shape: ModelShape): string => NAMES[shape.quantType] + (shape.binaryActivations ? ", binary activations" : "");

/** Entries of the section table, by name. */
function entryOf(bytes: Uint8Array, name: string): number {
	const view = new DataView(bytes.buffer), table = view.getUint32(24, true);
	for (let i = 0; i < view.getUint16(20, true); i++)
		if (name.split("").every((c, j) => bytes[table + 44 * i + j] === c.charCodeAt(0)) && bytes[table + 44 * i + name.length] === 0)
			return table + 44 * i;
	throw new Error(`there is no ${name}`);
}

const repair = (bytes: Uint8Array): void => new DataView(bytes.buffer).setUint32(28, fileCrc(bytes, crc32 as never), true);

/** The first tokens, greedily, or the code of the error. */
function run(bytes: Uint8Array, tokens: number): string {
	try {
		return new MicroEngine(new TinyModel(bytes)).generate([1, 5], { maxTokens: tokens, greedy: true, stopAtEnd: false }).tokens.join(" ");
	}
	catch (error) {
		if (!(error instanceof RuvllmError))
			throw error;
		return error.code;
	}
}

/** What the model expects after a few tokens. */
function logitsOf(bytes: Uint8Array): number[] {
	const model = new TinyModel(bytes, { contextLength: 16 });
	[1, 5, 99, 7].forEach((token, position) => model.forward(token, position, true));
	return Array.from(model.logits);
}

describe("engine: types of weights", () => {
	for (const shape of [WIDE, ...GROUPED, XNOR])
		it(`${titleOf(shape)}: each half of a matrix counts, and the same model says the same again`, () => {
			const first = logitsOf(smallModel(3, shape));
			expect(first.every((value) => value === first[0])).to.equal(false);
			// Copies to change are more than an emulated board has memory for.
			if (host === "riscv")
				return;
			expect(logitsOf(smallModel(3, shape))).to.deep.equal(first);
			for (const half of [0, 1]) {
				const changed = tinyModel(3, shape), { offset, bytes: size } = readRuvm(changed).sections.get("layers.1.gateUp")!;
				for (let i = 0; i < size / 4; i++)
					changed[offset + half * Math.floor(size / 3) + i] = 0;
				repair(changed);
				expect(logitsOf(changed)).to.not.deep.equal(first);
			}
		}).timeout(60000);
	// Whole models that can be changed: the rest is for machines that have room for them.
	if (host === "riscv")
		return;
	it("other groups than of 32 are refused, and types that are no matrix", () => {
		for (const [offset, value] of [[22, 16], [22, 0], [20, SectionType.Int16], [20, SectionType.Int8Tiles], [20, 7], [20, SectionType.BinaryTiles]] as const) {
			const bytes = tinyModel(3, GROUPED[0]!);
			bytes[entryOf(bytes, "layers.1.down") + offset] = value;
			repair(bytes);
			expect(run(bytes, 1), `byte ${offset} = ${value}`).to.equal("MODEL_SECTION");
		}
	});
	it("a model of INT8 has no other matrices", () => {
		const bytes = tinyModel(3, GROUPED[0]!);
		bytes[13] = QuantizationType.Int8;
		repair(bytes);
		expect(run(bytes, 1)).to.equal("MODEL_SECTION");
	});
	it("a ternary weight of 2 is refused", () => {
		const bytes = tinyModel(3, GROUPED[2]!), { offset } = readRuvm(bytes).sections.get("layers.0.qkv")!;
		bytes[offset + 77] = 0xff;
		repair(bytes);
		expect(() => new TinyModel(bytes)).to.throw(RuvllmError, /weight of 2/);
	});
	it("damaged files of all types run or give a typed error", () => {
		const seed = 20261124, next = random(seed);
		const whole = [...GROUPED, XNOR].map((shape) => tinyModel(3, shape));
		for (let i = 0; i < rounds(1200); i++) {
			const bytes = whole[i % whole.length]!.slice(), table = new DataView(bytes.buffer).getUint32(24, true);
			const at = [next() % 32, table + next() % (bytes.length - table), next() % bytes.length][next() % 3]!;
			bytes[at] = next() & 255;
			repair(bytes);
			expect(run(bytes, 1), `seed ${seed}, file ${i}, byte ${at}`).to.match(/^(\d+|MODEL_\w+)$/);
		}
	}).timeout(120000);
});
