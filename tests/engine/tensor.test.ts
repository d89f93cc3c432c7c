import { expect } from "chai";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { Memory, Operator } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { type ModelShape, SparseAttention, TinyModel } from "ruvllm-esp32/engine";
import { TensorPart } from "ruvllm-esp32/engine/tensor-part";
import { shares, type TensorShare } from "ruvllm-esp32/engine/tensor-share";
import { itWith, rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { type Random, seeded } from "../support/random";
import { GROUPED, SHAPE, smallModel, WIDE, XNOR } from "../support/small-model";

/** Boards that fit the emulated one together. */
const MOST_PARTS = host === "riscv" ? 3 : 8;

/** A layer after the other, as boards that gather from all others do. */
function layers(parts: readonly TensorPart[], position: number, lane = 0): void {
	const gather = (own: "ownMixed" | "ownProducts", all: "mixed" | "products"): void => {
		for (const from of parts)
			for (const to of parts)
				if (to !== from)
					to[all].set(from[own], (from[own].byteOffset - from[all].byteOffset) / 4);
	};
	for (let layer = 0; layer < parts[0]!.model.shape.numLayers; layer++) {
		for (const part of parts)
			part.attend(layer, position, lane);
		gather("ownMixed", "mixed");
		for (const part of parts)
			part.feed(layer);
		gather("ownProducts", "products");
		for (const part of parts)
			part.finish(layer);
	}
}

function compare(file: ArrayBuffer | Uint8Array | Memory, weights: readonly number[], positions: number, random: Random): void {
	const whole = new TinyModel(file, { contextLength: 48 }), cut = shares(whole.shape, weights), name = JSON.stringify(weights);
	const parts = cut.map((share) => new TensorPart(new TinyModel(file, { share, contextLength: 48 })));
	for (let position = 0; position < positions; position++) {
		const token = random.below(whole.shape.vocabSize), last = position === positions - 1;
		whole.forward(token, position, last);
		for (const { model } of parts)
			model.embed(token);
		layers(parts, position);
		for (const { model } of parts)
			expect(Array.from(model.hidden), `${name}, position ${position}`).to.deep.equal(Array.from(whole.hidden));
		if (last) {
			parts[0]!.model.project();
			expect(Array.from(parts[0]!.model.logits), name).to.deep.equal(Array.from(whole.logits));
		}
	}
}

describe("engine/tensor", () => {
	it("refuses shares that cut heads, groups or tiles, and models whose heads can't be shared", () => {
		const all = { from: 0, to: 4 }, columns = { from: 0, to: 43 }, file = smallModel();
		const made = (share: unknown, options = {}): string => codeOf(() => new TinyModel(file, { share: share as TensorShare, ...options }));
		for (const heads of [{ from: 1, to: 4 }, { from: 0, to: 3 }, { from: 2, to: 0 }, { from: 0, to: 6 }, { from: -2, to: 2 }, { from: 0.5, to: 2 }, { from: NaN, to: 2 }, { from: "0", to: 2 }])
			expect(made({ heads, hidden: columns }), JSON.stringify(heads)).to.equal("TENSOR_SHAPE");
		for (const hidden of [{ from: 4, to: 43 }, { from: 0, to: 42 }, { from: 0, to: 44 }, { from: 16, to: 8 }, { from: -8, to: 8 }, {}])
			expect(made({ heads: all, hidden }), JSON.stringify(hidden)).to.equal("TENSOR_SHAPE");
		expect(made({ heads: all, hidden: columns }, { attention: SparseAttention.slidingWindow(4) })).to.equal("TENSOR_SHAPE");
		expect(codeOf(() => shares({ ...SHAPE, numHeads: 8, numKvHeads: 2 }, [1, 1]))).to.equal("TENSOR_SHAPE");
		for (const weights of [[], [0], [0, 0], [-1, 2], [0.5], [NaN], [2 ** 31], ["1"]])
			expect(codeOf(() => shares(SHAPE, weights as number[])), JSON.stringify(weights)).to.equal("TENSOR_SHAPE");
		expect(codeOf(() => new TensorPart(new TinyModel(file)))).to.equal("TENSOR_SHAPE");
		const model = new TinyModel(file, { share: { heads: { from: 0, to: 2 }, hidden: { from: 8, to: 16 } } }), part = new TensorPart(model);
		expect(codeOf(() => model.forward(1, 0, true))).to.equal("LAYER_RANGE");
		expect(codeOf(() => model.runLayers(0))).to.equal("TENSOR_SHAPE");
		for (const layer of [-1, 2, 0.5, NaN]) {
			expect(codeOf(() => part.attend(layer, 0)), String(layer)).to.equal("LAYER_RANGE");
			expect(codeOf(() => part.feed(layer))).to.equal("LAYER_RANGE");
			expect(codeOf(() => part.finish(layer))).to.equal("LAYER_RANGE");
		}
		for (const lane of [-1, 1, 0.5, NaN])
			expect(codeOf(() => part.attend(0, 0, lane)), String(lane)).to.equal("LANES");
		for (const position of [-1, 48, 1e9])
			expect(codeOf(() => part.attend(0, position)), String(position)).to.equal("RangeError");
	});
	it("shares are all heads and columns, each once, whatever the weights", () => {
		const random = seeded("weights", 7);
		for (let round = 0; round < rounds(300); round++) {
			const weights = Array.from({ length: random.from(1, 8) }, () => random.below(4) ? random.below(1000) : 0);
			weights[random.below(weights.length)] = 1 + random.below(0x7fffffff);
			let heads = 0, hidden = 0;
			for (const one of shares(WIDE, weights)) {
				expect([one.heads.from, one.hidden.from], JSON.stringify(weights)).to.deep.equal([heads, hidden]);
				heads = one.heads.to;
				hidden = one.hidden.to;
			}
			expect([heads, hidden]).to.deep.equal([WIDE.numHeads, WIDE.hiddenDim]);
		}
		expect(shares({ ...SHAPE, embedDim: 64, numHeads: 8, numKvHeads: 4, hiddenDim: 172 }, [1, 1]).map(({ heads, hidden }) => [heads.to, hidden.to])).to.deep.equal([[4, 88], [8, 172]]);
	});
	it("any shares give the bits of one board, for every type of weights", () => {
		const random = seeded("shares", 41);
		// Made one by one, as there is no room for all.
		for (const [seed, shape, tied] of [[1, SHAPE, true], [1, SHAPE, false], ...[WIDE, ...GROUPED, XNOR].map((shape) => [3, shape, true])] as [number, ModelShape, boolean][]) {
			const file = smallModel(seed, shape, tied);
			for (let count = host === "riscv" ? MOST_PARTS : 1; count <= MOST_PARTS; count++)
				compare(file, Array.from({ length: count }, (_, i) => i === 0 ? 50 : random.below(100)), 5, random);
		}
	}).timeout(120000);
	it("keeps lanes apart", () => {
		const random = seeded("lanes", 43), file = smallModel(), alone = [0, 1].map(() => new TinyModel(file, { contextLength: 16 }));
		const parts = shares(SHAPE, [1, 1]).map((share) => new TensorPart(new TinyModel(file, { share, lanes: 2, contextLength: 16 })));
		const positions = [0, 0];
		for (let step = 0; step < 16; step++) {
			const lane = random.below(2), token = random.below(SHAPE.vocabSize), position = positions[lane]!++;
			alone[lane]!.forward(token, position, false);
			for (const { model } of parts)
				model.embed(token);
			layers(parts, position, lane);
			expect(Array.from(parts[1]!.model.hidden)).to.deep.equal(Array.from(alone[lane]!.hidden));
		}
	});
	it("counts the memory of a share", () => {
		const cache = (share?: TensorShare): number => {
			const model = new TinyModel(smallModel(), { contextLength: 32, ...share && { share } }), { ram } = model.memoryBudget();
			expect(ram.activations + ram.keyValueCache + ram.sampling).to.equal(model.logits.buffer.byteLength);
			return ram.keyValueCache;
		};
		const [one, none] = shares(SHAPE, [1, 0]), half = shares(SHAPE, [1, 1])[0]!;
		expect(cache(one)).to.equal(cache());
		expect(cache(half)).to.equal(cache() / 2);
		expect(cache(none)).to.equal(0);
	});
	it("refuses rows that a matrix lacks", () => {
		// 32 rows of 32 columns, INT8, of zeros: 1024 bytes of tiles, 64 of scales.
		const memory = new Memory(4096), rows = (first: number, count: number): string =>
			codeOf(() => new Operator(13, memory, memory, Int32Array.of(0, 1024, 1088, 0, 32, 32, 20, 1, 0, 0, 0, first, count)).run(0));
		expect(rows(0, 32)).to.equal("none");
		expect(rows(24, 3)).to.equal("none");
		for (const [first, count] of [[4, 8], [-8, 8], [32, 1], [24, 9], [0, 33], [0, 0], [0, -1]])
			expect(rows(first!, count!), `${first}, ${count}`).to.equal("RangeError");
		const products = (gate: number, up: number, n: number): string => codeOf(() => new Operator(14, memory, memory, Int32Array.of(gate, up, n)).run(0));
		expect(products(0, 2048, 512)).to.equal("none");
		for (const [gate, up, n] of [[2, 0, 1], [0, 2, 1], [0, 0, 0], [0, 2052, 512], [2052, 0, 512], [0, -4, 1]])
			expect(products(gate!, up!, n!), `${gate}, ${up}, ${n}`).to.equal("RangeError");
	});
	itWith(["model"], "boards that share the story model give its bits", (path) => {
		const random = seeded("story", 47);
		for (const weights of host === "riscv" ? [[1, 1]] : [[1], [1, 1], [3, 1, 2], [1, 1, 1, 1], [1, 2, 3, 0, 1, 1, 1, 5]])
			compare(openAsset(path), weights, host === "riscv" ? 4 : 40, random);
	});
});
