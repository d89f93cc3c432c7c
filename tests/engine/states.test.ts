import { expect } from "chai";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { packedBytes, packStates, unpackStates } from "ruvllm-esp32/platform/states";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";
import { smallModel } from "../support/small-model";

describe("engine/states", () => {
	it("refuse what is no array, no count and no room", () => {
		const states = new Int32Array(8), bytes = new Uint8Array(40);
		for (const bad of [undefined, null, 5, "text", [1, 2], new Uint8Array(32), new ArrayBuffer(32), {}]) {
			expect(codeOf(() => packStates(bad as never, 1, bytes)), String(bad)).to.equal("TypeError");
			expect(codeOf(() => unpackStates(bad as never, 1, bytes)), String(bad)).to.equal("TypeError");
		}
		for (const bad of [undefined, [1], new Int32Array(4), new ArrayBuffer(40)])
			expect(codeOf(() => packStates(states, 1, bad as never)), String(bad)).to.equal("TypeError");
		for (const count of [0, -1, 9, 1.5, NaN, Infinity, undefined]) {
			expect(codeOf(() => packStates(states, count as never, bytes)), String(count)).to.equal("RangeError");
			expect(codeOf(() => unpackStates(states, count as never, bytes)), String(count)).to.equal("RangeError");
		}
		for (const offset of [-1, 41, 0.5, NaN, 39]) {
			expect(codeOf(() => packStates(states, 8, bytes, offset)), String(offset)).to.equal("RangeError");
			if (offset !== 39)
				expect(codeOf(() => unpackStates(states, 8, bytes, offset)), String(offset)).to.equal("RangeError");
		}
		for (const end of [41, 9, NaN])
			expect(codeOf(() => unpackStates(states, 1, bytes, 10, end)), String(end)).to.equal("RangeError");
		expect(packStates(states, 8, bytes, 38)).to.equal(2);
	});
	it("come back as they were, from any place to any place", () => {
		const random = seeded("states", 31), bytes = new Uint8Array(400), memory = new Memory(1024), own = new Int32Array(memory as never);
		for (let round = 0; round < rounds(400) + 20; round++) {
			const count = random.from(1, 64), width = random.from(1, 32), offset = random.below(50), from = random.below(64);
			const values = (random.below(2) ? own : new Int32Array(256)).subarray(from, from + count), back = own.subarray(128, 128 + count);
			for (let i = 0; i < count; i++)
				values[i] = (random.next() | 0) >> (32 - width);
			const taken = packStates(values, count, bytes, offset);
			expect(taken).to.equal(packedBytes(count, bytes[offset]!)).and.at.most(packedBytes(count, width));
			expect(unpackStates(back, count, bytes, offset)).to.equal(taken);
			expect(Array.from(back)).to.deep.equal(Array.from(values));
			expect(unpackStates(back, count, bytes, offset, offset + taken - 1)).to.equal(-1);
			bytes[offset] = random.pick([0, 33, 255]);
			expect(unpackStates(back, count, bytes, offset)).to.equal(-1);
			expect(Array.from(back)).to.deep.equal(Array.from(values));
		}
	});
	it("of a model stay what they are", () => {
		const model = new TinyModel(smallModel()), bytes = new Uint8Array(packedBytes(32)), before = new Int32Array(32);
		new MicroEngine(model).generate([1], { maxTokens: 5, stopAtEnd: false });
		before.set(model.hidden);
		const taken = packStates(model.hidden, 32, bytes);
		model.hidden.fill(0);
		expect(unpackStates(model.hidden, 32, bytes)).to.equal(taken);
		expect(Array.from(model.hidden)).to.deep.equal(Array.from(before));
	});
});
