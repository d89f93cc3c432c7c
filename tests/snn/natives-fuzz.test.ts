import { expect } from "chai";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { Gate, stateBytes, tableFault } from "ruvllm-esp32/platform/snn";
import { rounds } from "../support/arguments";
import { seeded } from "../support/random";
import { smallTable } from "../support/small-gate";

type Loose = (...values: unknown[]) => unknown;

const inMemory = (bytes: Uint8Array): Memory => {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
};

describe("snn: natives", () => {
	it("check their memory and their table", () => {
		const table = inMemory(smallTable()), size = stateBytes(false);
		expect(size).to.be.below(2048);
		expect(tableFault(table, 0)).to.equal(0);
		expect(() => new Gate(new Memory(size - 1), table, 0)).to.throw(RangeError);
		expect(() => new Gate(new Memory(size), new Memory(100), 0)).to.throw(RangeError);
		expect(() => new Gate(new Memory(size), table, 2)).to.throw(RangeError);
		expect(() => new Gate(new ArrayBuffer(size) as never, table, 0)).to.throw(TypeError);
		expect(() => new Gate(new Memory(size), smallTable().buffer as never, 0)).to.throw(TypeError);
		const both = new Memory(4096);
		new Uint8Array(both as unknown as ArrayBuffer).set(smallTable(), 2048);
		expect(() => new Gate(both, both, 2048)).to.throw(RangeError);
		const gate = new Gate(new Memory(size), table, 0);
		expect(() => gate.process(new ArrayBuffer(128), 0, 64)).to.throw(RangeError, "damaged");
		expect(() => gate.coherence()).to.throw(RangeError);
		gate.reset();
		const samples = new ArrayBuffer(128);
		expect(gate.process(samples, 0, 64)).to.equal(64);
		for (const [offset, frames] of [[-2, 1], [0, -1], [2, 64], [130, 0], [0, 65], [0, 2 ** 31 - 1], [2 ** 31 - 2, 2], [1, 5]] as const)
			expect(() => gate.process(samples, offset, frames), `${offset} ${frames}`).to.throw(RangeError);
	});
	it("bear states and tables that scripts write", () => {
		const draw = seeded("states that scripts write", 20261127);
		for (const options of [{}, { kind: "sensor" as const, channels: 3, encoders: 6, encoding: 2, flags: 1, feeding: 7, hidden: 7 }]) {
			const table = inMemory(smallTable(options)), size = stateBytes(false), memory = new Memory(stateBytes(true)), gate = new Gate(memory, table, 0);
			const state = new Uint8Array(memory as unknown as ArrayBuffer), weights = new Uint8Array(table as unknown as ArrayBuffer), samples = new Int16Array(600);
			gate.reset();
			for (let i = 0; i < rounds(4000); i++) {
				state[draw.below(draw.below(2) ? 320 : size)] = draw.below(256);
				if (i % 7 === 0)
					weights[284 + draw.below(weights.length - 284)] = draw.below(256);
				for (let k = 0; k < 20; k++)
					samples[draw.below(600)] = draw.next();
				try {
					gate.mode(draw.below(4));
					gate.process(samples.buffer, 0, 200);
					gate.reward(draw.below(3));
					gate.coherence();
				}
				catch (error) {
					expect(error).to.be.instanceOf(RangeError);
					gate.reset();
				}
			}
			weights[20] = 200;
			expect(() => gate.process(samples.buffer, 0, 1)).to.throw(RangeError, "changed");
		}
	}).timeout(60000);
	it("take thousands of arbitrary calls with an error or a result", () => {
		const random = seeded("arbitrary calls", 816), table = inMemory(smallTable()), memory = new Memory(stateBytes(true)), gate = new Gate(memory, table, 0);
		gate.reset();
		const values: unknown[] = [
			undefined, null, true, 0, 1, -1, 2, 3, 64, 4096, 2 ** 31, 2 ** 53, 0.5, NaN, Infinity, "", "words", {}, [], () => true, Symbol("s"), 10n, memory, table, new Memory(3), new Int16Array(64), new Int16Array(0),
			new ArrayBuffer(40), new Uint8Array(8), gate, Gate, { valueOf: () => { throw new Error("mine"); } }, { buffer: memory, byteOffset: 1, byteLength: 8 },
		];
		const any = (): unknown => random.pick(values), method = (name: string): Loose => (Gate.prototype as unknown as Record<string, Loose>)[name]!;
		const targets: Loose[] = [
			(a, b, c) => new Gate(a as never, b as never, c as never), (a, b) => new Gate(memory, a as never, b as never), (a) => new Gate(memory, table, a as never), (a, b) => tableFault(a as never, b as never),
			(a) => stateBytes(a as never), (a, b, c) => gate.process(a as never, b as never, c as never), (a, b) => gate.process(new ArrayBuffer(256), a as never, b as never), (a) => gate.mode(a as never),
			(a) => gate.reward(a as never), (a, b, c, d) => method("process").call(a, b, c, d), (a, b) => method("reward").call(a, b), (a) => method("reset").call(a), (a) => method("valid").call(a),
			(a) => method("coherence").call(a), (a) => Reflect.construct(Gate, [memory, table, 0], a as never), () => gate.forget(), () => gate.coherence(), () => gate.valid(),
		];
		const calls = rounds(20000);
		let refused = 0;
		for (let i = 0; i < calls; i++)
			try {
				targets[i % targets.length]!(any(), any(), any(), any());
			}
			catch (error) {
				refused++;
				if (!(error instanceof Error) || error.message === "")
					throw new Error(`call ${i} threw ${String(error)}`);
			}
		expect(refused).to.be.within(calls / 4, calls - 1);
		expect(gate.valid()).to.equal(true);
	}).timeout(120000);
});
