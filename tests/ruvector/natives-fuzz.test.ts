import { expect } from "chai";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { TextRanker, textRecord } from "ruvllm-esp32/platform/retrieval";
import { indexSize, VectorIndex } from "ruvllm-esp32/platform/vectors";
import { rounds } from "../support/arguments";
import { seeded } from "../support/random";

type Loose = (...values: unknown[]) => unknown;

describe("ruvector: natives", () => {
	it("take thousands of arbitrary calls with an error or a result", () => {
		const random = seeded("arbitrary calls", 815), memory = new Memory(4096), found = new Memory(128), small = new Memory(3);
		const config = { metric: 0, element: 0, dimensions: 8, capacity: 12, m: 3, m0: 6, efConstruction: 10, seed: 1, subspaces: 0, codeBits: 0 };
		const index = new VectorIndex(new Memory(indexSize(config)), found, 16, config), offsets = new Memory(64), ranker = new TextRanker(memory, offsets, found, 8, 32, 77, 256);
		const values: unknown[] = [
			undefined, null, true, 0, 1, -1, 3, 8, 16, 64, 4096, 2 ** 31, 2 ** 53, 0.5, NaN, Infinity, "", "a few words", "\u{1F600}", {}, [], () => true, Symbol("s"), 10n, memory, found, small, offsets,
			new ArrayBuffer(40), new ArrayBuffer(0), new Int8Array(8), new Uint8Array(8), new Int16Array(4), new Int32Array(10), index, ranker, VectorIndex, VectorIndex.prototype, TextRanker.prototype, { valueOf: () => { throw new Error("mine"); } },
			{ ...config, capacity: 70000 }, { ...config, metric: 9 }, config, { buffer: memory, byteOffset: 1, byteLength: 8 }, { buffer: new ArrayBuffer(16), byteOffset: 3, byteLength: 8 },
		];
		const any = (): unknown => random.pick(values), vector = (): Int8Array => new Int8Array(random.bytes(8).buffer);
		const targets: Loose[] = [
			(a, b, c, d) => new VectorIndex(a as never, b as never, c as never, d as never), (a) => indexSize(a as never), (a, b) => index.insert(a as never, b as never), (a) => index.insert(a as never, vector()),
			(a) => index.remove(a as never), (a) => index.has(a as never), (a, b) => index.read(a as never, b as never), (a, b, c, d) => index.search(a as never, b as never, c as never, d as never),
			(a, b, c) => index.search(vector(), a as never, b as never, c as never), (a, b) => index.train(a as never, b as never), (a, b) => (VectorIndex.prototype.insert as Loose).call(a, b, vector()),
			(a) => Reflect.construct(VectorIndex, [memory, found, 4, config], a as never), (a, b, c, d) => new TextRanker(a as never, b as never, c as never, d as never, 32, 77, 0),
			(a, b, c) => ranker.rank(a as never, b as never, c as never), (a) => ranker.rank("few words", vector(), a as never), (a) => ranker.coverage(a as never), (a) => ranker.text(a as never),
			(a, b, c) => textRecord(a as never, b as never, c as never), (a) => textRecord(memory, a as never, vector()), (a, b) => (TextRanker.prototype.coverage as Loose).call(a, b),
			() => { new Uint32Array(offsets as unknown as ArrayBuffer)[random.below(16)] = random.below(2) ? random.below(4200) : random.next(); },
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
		expect(index.search(vector(), 3, 0)).to.be.within(0, 3);
	}).timeout(120000);
});
