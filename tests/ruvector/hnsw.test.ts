import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { type HnswOptions, MicroHNSW, type Vector } from "ruvllm-esp32/ruvector";
import { rounds } from "../support/arguments";
import { type Random, seeded } from "../support/random";

const BASE: HnswOptions = { dimensions: 16, capacity: 60 };
/** Vectors around eight centres, as real data are. */
const draw = (random: Random): Int8Array => {
	const centre = random.below(8) * 0x9e3779b1;
	return Int8Array.from({ length: 16 }, (_, i) => (centre >>> i & 127) - 64 + random.from(-20, 20));
};
const code = (body: () => unknown): string => {
	try {
		body();
	}
	catch (error) {
		return error instanceof RuvllmError ? error.code : (error as Error).name;
	}
	return "none";
};
/** A Memory with these bytes, as mapped flash would be. */
const pinned = (bytes: Uint8Array): Memory => {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
};

describe("ruvector: MicroHNSW", () => {
	it("refuses settings out of their range, naming them", () => {
		const wrong: [Partial<HnswOptions>, RegExp][] = [
			[{ dimensions: 0 }, /dimensions/], [{ dimensions: 5000 }, /dimensions/], [{ capacity: 0 }, /capacity/], [{ capacity: 65535 }, /capacity/], [{ capacity: 1.5 }, /capacity/],
			[{ m: 1 }, /m is 1/], [{ m0: 70 }, /m0/], [{ efConstruction: 3 }, /efConstruction/], [{ ef: 0 }, /ef/], [{ maxResults: 0 }, /maxResults/], [{ seed: -1 }, /seed/],
			[{ metric: "hamming", dimensions: 12 }, /multiple of 8/], [{ metric: "poincare", element: "int8" }, /int16/], [{ product: { subspaces: 5, bits: 8 } }, /subspaces/], [{ metric: "cosine", product: { subspaces: 4, bits: 8 } }, /euclidean/],
		];
		for (const [options, sentence] of wrong)
			expect(() => new MicroHNSW({ ...BASE, ...options }), JSON.stringify(options)).to.throw(RuvllmError, sentence);
		expect(code(() => new MicroHNSW({ ...BASE, metric: "chebyshev" as "dot" }))).to.equal("METRIC_UNKNOWN");
	});
	it("refuses vectors of other sizes and kinds, numbers that are taken or absent, and one too many", () => {
		const index = new MicroHNSW({ ...BASE, capacity: 2 }), vector = new Int8Array(16);
		expect(code(() => index.insert(new Int8Array(15)))).to.equal("VECTOR_SIZE");
		expect(code(() => index.insert(new Int16Array(8)))).to.equal("VECTOR_SIZE");
		expect(code(() => index.search(new Int8Array(17)))).to.equal("VECTOR_SIZE");
		expect(index.search(vector)).to.deep.equal([]);
		index.insert(vector);
		for (const id of [0, 2, -1, 0.5, NaN])
			expect(code(() => index.insert(vector, id)), `insert ${id}`).to.equal("RangeError");
		for (const id of [1, 2, -1, NaN])
			expect(code(() => index.delete(id)), `delete ${id}`).to.equal("RangeError");
		index.insert(vector);
		expect(code(() => index.insert(vector))).to.equal("HNSW_FULL");
		for (const k of [0, -1, 17, 1.5])
			expect(code(() => index.search(vector, k)), `k ${k}`).to.equal("RangeError");
		const ball = new MicroHNSW({ dimensions: 2, capacity: 3, metric: "poincare" });
		expect(code(() => ball.insert(Int16Array.of(32767, 0)))).to.equal("RangeError");
		ball.insert(Int16Array.of(32000, 0));
		expect(code(() => ball.update(0, Int16Array.of(32767, 32767)))).to.equal("RangeError");
		expect(Array.from(ball.read(0))).to.deep.equal([32000, 0]);
	});
	it("finds what brute force finds, through insertions, deletions and updates", () => {
		const random = seeded("life of an index", 7), capacity = host === "riscv" ? 60 : 400, index = new MicroHNSW({ ...BASE, capacity, ef: 24 }), kept = new Map<number, Int8Array>();
		let hits = 0, wanted = 0;
		for (let step = 0; step < 4 * capacity; step++) {
			const id = random.below(capacity), vector = draw(random);
			if (!kept.has(id))
				kept.set(index.insert(vector, id), vector);
			else if (random.below(2)) {
				index.delete(id);
				kept.delete(id);
			}
			else {
				index.update(id, vector);
				kept.set(id, vector);
			}
			expect(index.size).to.equal(kept.size);
			if (step % 40)
				continue;
			const query = draw(random), square = (v: Int8Array): number => v.reduce((sum, x, i) => sum + (x - query[i]!) ** 2, 0);
			const all = [...kept].map(([n, v]) => ({ id: n, key: square(v) })).sort((a, b) => a.key - b.key || a.id - b.id).slice(0, 10);
			expect(index.search(query, 10, { exact: true }).map(({ id: n, key }) => ({ id: n, key }))).to.deep.equal(all);
			const found = index.search(query, 10, { ef: 24 });
			hits += found.filter(({ key }) => key <= all[all.length - 1]!.key).length;
			wanted += all.length;
		}
		expect(hits / wanted).to.be.least(0.95);
	});
	it("asks a filter, and gives as many as pass; a filter that fails or meddles does no harm", () => {
		const random = seeded("filtered search", 3), index = new MicroHNSW({ ...BASE, m: 4, ef: 2 });
		for (let i = 0; i < 60; i++)
			index.insert(draw(random));
		const query = draw(random);
		expect(index.search(query, 5, { filter: (id) => id === 59 }).map(({ id }) => id)).to.deep.equal([59]);
		const even = (id: number): boolean => id % 2 === 0;
		expect(index.search(query, 5, { exact: true, filter: even }).length).to.equal(5);
		expect(index.search(query, 5, { filter: even }).filter(({ id }) => id % 2).length).to.equal(0);
		expect(() => index.search(query, 5, { filter: () => { throw new TypeError("mine"); } })).to.throw(TypeError, "mine");
		expect(() => index.search(query, 5, { filter: () => { index.delete(3); return true; } })).to.throw(/must not use the index/);
		expect(index.size).to.equal(60);
		expect(index.search(query, 5).length).to.equal(5);
	});
	it("is saved as bytes that are searched where they lie; damaged ones are refused or harmless", () => {
		const random = seeded("saved index", 5), index = new MicroHNSW(BASE);
		for (let i = 0; i < 50; i++)
			index.insert(draw(random));
		const bytes = index.save(), copy = MicroHNSW.open(pinned(bytes)), query = draw(random);
		expect(copy.search(query, 8, { ef: 3 })).to.deep.equal(index.search(query, 8, { ef: 3 }));
		expect(copy.insert(query)).to.equal(50);
		for (const cut of [0, 1, 63, 64, bytes.length - 4])
			expect(code(() => MicroHNSW.open(pinned(bytes.slice(0, Math.max(1, cut))))), `cut to ${cut}`).to.match(/HNSW_/);
		for (let round = 0; round < rounds(2000); round++) {
			const damaged = bytes.slice();
			for (let i = random.below(4); i >= 0; i--)
				damaged[random.below(2) ? random.below(64) : random.below(bytes.length)] = random.below(256);
			if (damaged.every((byte, i) => byte === bytes[i]))
				continue;
			expect(code(() => MicroHNSW.open(pinned(damaged)))).to.match(/HNSW_(DAMAGED|CRC|CONFIG)/);
		}
	});
	it("keeps codes by product quantisation, once it was trained", () => {
		const random = seeded("product quantisation", 9), index = new MicroHNSW({ ...BASE, product: { subspaces: 8, bits: 4 } }), vectors: Vector[] = Array.from({ length: 40 }, () => draw(random));
		expect(() => index.insert(vectors[0]!)).to.throw(/training first/);
		expect(() => index.train(vectors.slice(0, 15))).to.throw(/16 vectors/);
		index.train(vectors, 5);
		for (const vector of vectors)
			index.insert(vector);
		expect(() => index.train(vectors)).to.throw(/before the first/);
		let near = 0;
		for (const [id, vector] of vectors.entries())
			near += Number(index.search(vector, 3).some((result) => result.id === id));
		expect(near).to.be.least(36);
		expect(index.byteLength).to.be.below(new MicroHNSW(BASE).byteLength);
	});
	it("100 vectors of 64 with their graph take 8 KB at most, and the same bits on every host", () => {
		const random = seeded("bits", 11), index = new MicroHNSW({ dimensions: 64, capacity: 100, m: 5 });
		expect(index.byteLength).to.be.most(8192);
		for (let i = 0; i < 100; i++)
			index.insert(Int8Array.from({ length: 64 }, () => random.from(-128, 127)));
		expect(new DataView(index.save().buffer).getUint32(32, true)).to.equal(GOLDEN);
	});
});

/** Checksum of the last test's index, as it came out on the desktop. */
const GOLDEN = 3107685323;
