import { expect } from "chai";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { write } from "ruvllm-esp32/platform/console";
import { crc32, Memory, Operator, Tokenizer } from "ruvllm-esp32/platform/kernels";
import { packStates, unpackStates } from "ruvllm-esp32/platform/states";
import { TinyModel } from "ruvllm-esp32/engine";
import { rounds } from "../support/arguments";
import { random, smallModel } from "../support/small-model";

type Loose = (...values: unknown[]) => unknown;

describe("engine/natives", () => {
	it("take thousands of arbitrary calls with an error or a result", () => {
		const seed = 4711, next = random(seed);
		const model = new TinyModel(smallModel());
		const memory = new Memory(4096), values: unknown[] = [
			undefined, null, true, 0, 1, -1, 7, 64, 4096, 2 ** 31, 2 ** 53, -(2 ** 31), 0.5, NaN, Infinity, "", "text", {}, [], () => 1, Symbol("s"), 10n,
			memory, new Memory(64), new ArrayBuffer(32), new Uint8Array(100), new Int32Array(9), new Uint8Array(memory as never, 0, 64), model.tokenizer, model.sample, model,
			Memory, Memory.prototype, Operator.prototype, Tokenizer.prototype, new Proxy({}, {}), new DataView(new ArrayBuffer(8)),
		];
		const any = (): unknown => values[next() % values.length];
		const near = (): Int32Array => Int32Array.from({ length: [6, 9, 11, 14, 14, 4, 5, 2, 6, 7, 12, 15, 13, 3][next() % 14]! }, () => [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, -1, 4096, 23][next() % 14]!);
		const targets: Loose[] = [
			(a) => new Memory(a as never), (a) => (Object.getOwnPropertyDescriptor(Memory.prototype, "byteLength")!.get as Loose).call(a),
			(a, b, c, d) => new Operator(a as never, b as never, c as never, d as never),
			(a) => { const op = new Operator(next() % 15, memory, memory, near()); return op.run(a as never); },
			(a, b) => (Operator.prototype.run as Loose).call(a, b), (a) => model.sample.run(a as never), (a) => model.negativeLogLikelihood.run(a as never),
			(a, b, c, d) => packStates(a as never, b as never, c as never, d as never), (a, b, c, d) => unpackStates(a as never, b as never, c as never, d as never),
			(a, b, c) => new Tokenizer(a as never, b as never, c as never), (a, b) => model.tokenizer.encode(a as never, b as never),
			(a, b, c, d) => model.tokenizer.copyPiece(a as never, b as never, c as never, d as never), (a, b, c) => (Tokenizer.prototype.encode as Loose).call(a, b, c),
			(a, b, c, d) => crc32(a as never, b as never, c as never, d as never), (a, b) => write(a as never, b as never, 0), (a) => openAsset(a as never),
			(a, b) => Reflect.construct(Memory, [a], b as never), (a) => Reflect.construct(Operator, [0, memory, memory, near()], a as never),
			(a) => Reflect.construct(Tokenizer, [a, 0, 10], Memory),
		];
		const calls = rounds(20000);
		let refused = 0;
		for (let i = 0; i < calls; i++) {
			try {
				targets[i % targets.length]!(any(), any(), any(), any());
			}
			catch (error) {
				refused++;
				if (!(error instanceof Error) || error.message === "")
					throw new Error(`seed ${seed}, call ${i} threw ${String(error)}`);
			}
		}
		expect(refused).to.be.within(calls / 4, calls - 1);
	}).timeout(120000);
	it("Memory refuses sizes that are none", () => {
		for (const size of [0, -1, 0.5, NaN, 2 ** 31, "x", undefined])
			expect(() => new Memory(size as never), String(size)).to.throw(RangeError);
	});
	it("an operator outlives the last reference to its buffers", () => {
		const operators = Array.from({ length: rounds(50) + 2 }, () => new TinyModel(smallModel()).sample);
		for (const operator of operators)
			operator.run(0);
		expect(operators.length).to.be.above(2);
	});
});
