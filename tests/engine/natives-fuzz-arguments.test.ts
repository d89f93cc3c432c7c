/** Every native of the engine with arguments of every kind: a result or an Error, never anything else. */
import { expect } from "chai";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { write } from "ruvllm-esp32/platform/console";
import * as kernels from "ruvllm-esp32/platform/kernels";
import { crc32, Memory, Operator, Tokenizer } from "ruvllm-esp32/platform/kernels";
import { Random, seeded } from "../support/random";
import { tinyEngine } from "../support/tiny-model";

type Native = (...values: unknown[]) => unknown;

/** What a script can hand over. The tokenizer's own memory is not among them: whoever writes there must be trusted. */
function everything(): unknown[] {
	const memory = new Memory(256), spare = tinyEngine("small").model;
	return [
		undefined, null, true, false, 0, -0, 1, -1, 7, 64, 0.5, -0.5, NaN, Infinity, -Infinity, 1e300, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, 2 ** 53, 10n, -1n << 70n,
		"", "1", "text", "a\0b", "\ud800", "x".repeat(3000), Symbol("s"), Symbol.iterator, {}, [], [1, 2], () => 1, class {}, /x/, new Map(), new Date(0), new Error("e"), new Proxy({}, {}),
		new ArrayBuffer(0), new ArrayBuffer(36), new Uint8Array(0), new Uint8Array(64), new Uint8Array(new ArrayBuffer(64), 60, 2), new Int32Array(9), new Float64Array(3), new DataView(new ArrayBuffer(8)),
		memory, new Memory(1), new Uint8Array(memory as never), new Int32Array(memory as never, 4, 3), spare, Memory, Operator, Tokenizer, Memory.prototype, Operator.prototype,
		Tokenizer.prototype, Object.create(Memory.prototype), Object.create(memory), Object.create(spare.sample), Object.freeze({}), Object.create(null), globalThis, Reflect, Math,
		{ valueOf: () => 3 }, { valueOf: () => { throw new Error("valueOf"); } }, { toString: () => { throw new Error("toString"); } }, { length: 2 ** 40 }, { [Symbol.toPrimitive]: () => ({}) },
	];
}

class Caller {
	readonly random: Random;
	readonly values = everything();
	calls = 0;
	thrown = 0;

	constructor(random: Random) {
		this.random = random;
	}
	any(): unknown {
		return this.random.pick(this.values);
	}
	several(): unknown[] {
		return Array.from({ length: this.random.below(7) }, () => this.any());
	}
	/** Calls, and accepts a value or an Error with a sentence. */
	attempt(what: string, action: () => unknown): void {
		this.calls++;
		try {
			action();
		}
		catch (error) {
			this.thrown++;
			if (!(error instanceof Error) || typeof error.message !== "string" || error.message === "")
				throw new Error(`call ${this.calls}, of ${what}, threw ${String(error)} without a sentence`);
		}
	}
	/** As a function, as a method of anything, as a constructor, and for the class of anything. */
	callAll(name: string, native: Native, rounds: number): void {
		for (let i = 0; i < rounds; i++) {
			this.attempt(name, () => native(...this.several()));
			this.attempt(`${name}.call`, () => native.apply(this.any(), this.several()));
			this.attempt(`new ${name}`, () => Reflect.construct(native, this.several()) as unknown);
			this.attempt(`new ${name} for another`, () => Reflect.construct(native, this.several(), this.any() as never) as unknown);
		}
	}
}

/** Methods and getters of a class, its parents' too. */
function methods(constructor: { prototype: object }): [string, Native][] {
	const found: [string, Native][] = [];
	for (let own = constructor.prototype; own !== Object.prototype; own = Object.getPrototypeOf(own) as object)
		for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(own)) as [string, PropertyDescriptor][])
			for (const native of [get, value] as unknown[])
				if (typeof native === "function" && name !== "constructor")
					found.push([name, native as Native]);
	return found;
}

describe("engine/natives: arguments of every kind", () => {
	it("functions and constructors: 12,000 calls", () => {
		const caller = new Caller(seeded("functions", 31));
		const natives: Record<string, unknown> = { ...kernels, openAsset };
		for (const [name, native] of Object.entries(natives))
			if (typeof native === "function" && name !== "profile")
				caller.callAll(name, native as Native, 400);
		for (let i = 0; i < 400; i++) {
			caller.attempt("super", () => new (class extends Memory {})(caller.any() as never));
			caller.attempt("write", () => write(caller.any() as never, caller.random.pick([-1, 2 ** 31, NaN, 1.5, "x"]) as never, caller.any() as never));
		}
		kernels.profile(false);
		expect(caller.calls).to.be.above(10000);
		expect(caller.thrown).to.be.above(caller.calls / 2);
	});
	it("methods and getters, on any this: 8,000 calls", () => {
		const caller = new Caller(seeded("methods", 32));
		for (const constructor of [Memory, Operator, Tokenizer])
			for (const [name, native] of methods(constructor))
				caller.callAll(`${constructor.name}.${name}`, native, 300);
		expect(caller.calls).to.be.above(8000);
		expect(caller.thrown).to.be.above(caller.calls / 2);
	});
	it("a tokenizer's methods on itself: 4,000 calls", () => {
		const caller = new Caller(seeded("tokenizer", 33)), { model } = tinyEngine("plain");
		for (let i = 0; i < 2000; i++) {
			caller.attempt("encode", () => model.tokenizer.encode(...caller.several() as [never, never]));
			caller.attempt("copyPiece", () => model.tokenizer.copyPiece(...caller.several() as [never, never, never, never]));
		}
		const count = model.tokenizer.encode(Uint8Array.of(0x61), 1).byteLength;
		expect(count).to.be.above(4);
	});
	it("takes no object for a buffer because it says that it has bytes", () => {
		const { model } = tinyEngine("small"), sized = { byteLength: { value: 100000 } }, piece = model.tokenizer;
		for (const bad of [Object.defineProperties(tinyEngine("small").model.sample, sized), Object.create(model.sample, sized), Object.create(Memory.prototype, sized), Object.create(piece, sized), Object.create({}, sized)]) {
			const calls = [() => crc32(bad as never, 0, 60000, 0), () => piece.encode(bad as never, 0), () => piece.copyPiece(-1, 3, bad as never, 50000), () => write(bad as never, 40000, 5), () => new Tokenizer(bad as never, 0, 32)];
			for (const call of calls)
				expect(call).to.throw(Error);
		}
	});
	it("gives TypeError to the wrong kind, RangeError to the wrong number", () => {
		const { model } = tinyEngine("small"), bytes = new Uint8Array(8);
		for (const bad of [0, -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32 + 1, "x", undefined])
			expect(() => new Memory(bad as never), String(bad)).to.throw(RangeError);
		for (const bad of [undefined, null, {}, [], new ArrayBuffer(64), bytes, Memory.prototype, Object.create(Memory.prototype)])
			expect(() => new Tokenizer(bad as never, 0, 32), String(bad)).to.throw(TypeError);
		for (const bad of [undefined, null, {}, model.tokenizer, Memory.prototype])
			expect(() => Operator.prototype.run.call(bad as never, 0), String(bad)).to.throw(Error);
		for (const [offset, count] of [[-1, 1], [0, 9], [9, 0], [8, 1], [0, -1], [NaN, 0], [0, Infinity]] as const)
			expect(() => crc32(bytes.buffer, offset, count, 0), `${offset} ${count}`).to.throw(RangeError);
		for (const seed of [-1, 2 ** 32, NaN])
			expect(() => crc32(bytes.buffer, 0, 8, seed)).to.throw(RangeError);
		for (const argument of [-1, 2, 2 ** 31])
			expect(() => model.sample.run(argument)).to.throw(RangeError, "Operator.run");
		for (const id of [-1, 12, 65535, 2 ** 31 - 1])
			expect(() => model.tokenizer.copyPiece(-1, id, bytes, 0)).to.throw(RangeError, "copyPiece");
		for (const offset of [-1, 8, 9, 2 ** 31 - 1])
			expect(() => model.tokenizer.copyPiece(-1, 3, bytes, offset)).to.throw(RangeError, "copyPiece");
	});
});
