/** The machine code of native/esp32s3, on an interpreter, bit for bit beside plain loops. */

import { expect } from "chai";
import { FUNCTIONS, KERNELS, type Run, type Source } from "./kernels.ts";

const SIZES = [1, 3, 7, 8, 12, 15, 16, 17, 31, 32, 33, 63, 64, 65, 172, 512];

/** mulberry32; the seed stands in the title of the test. */
function source(seed: number, extreme = false): Source {
	let state = seed;
	return {
		extreme,
		byte: () => {
			state = state + 0x6d2b79f5 | 0;
			let t = Math.imul(state ^ state >>> 15, 1 | state);
			t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
			return (t ^ t >>> 14) >>> 24;
		},
	};
}

function expectExact(name: string, ...sizes: number[]): Run {
	const { run } = KERNELS[name]!;
	for (const extreme of [true, false]) {
		const { wrong } = run(source(sizes.join("").length + sizes[0]!, extreme), ...sizes);
		if (wrong >= 0)
			throw new Error(`${name} ${sizes.join(" x ")}, ${extreme ? "extreme" : "any"} values: result ${wrong} is wrong`);
	}
	return run(source(7), ...sizes);
}

describe("esp32s3: machine code of the kernels", () => {
	it("is tested, all of it", () => {
		expect(Object.keys(KERNELS).sort()).to.deep.equal([...FUNCTIONS].sort());
	});
	for (const name of ["rv_matvec_sums_esp32s3", "rv_matvec_sums_int4_esp32s3"])
		it(`${name}: every size, extremes and seeded values, no byte read or written outside`, () => {
			for (const rows of SIZES)
				for (const columns of SIZES)
					if (rows * columns <= 512 * 172)
						expectExact(name, rows, columns);
		}).timeout(300000);
	it("rv_matvec_sums_esp32s3: blocks of columns beyond 224, of every rest", () => {
		for (const columns of [208, 209, 224, 225, 240, 336, 337, 448, 449, 1024])
			for (const rows of [1, 8, 24, 40])
				expectExact("rv_matvec_sums_esp32s3", rows, columns);
	}).timeout(300000);
	it("rv_scores8_esp32s3: every number of positions around a vector's", () => {
		for (const count of SIZES)
			expectExact("rv_scores8_esp32s3", count);
	});
	it("rv_mix_esp32s3: every multiple of eight, heads of 8 to 64", () => {
		for (const dim of [8, 16, 24, 64])
			for (const count of [0, 8, 16, 64, 128, 512])
				expectExact("rv_mix_esp32s3", dim, count);
	});
	for (const name of ["rv_dot_block_esp32s3", "rv_hamming_block_esp32s3"])
		it(`${name}: every size, one vector and more`, () => {
			for (const dim of [...SIZES, 112, 113, 128])
				for (const count of [0, 1, 2, 7, 20])
					expectExact(name, dim, count);
		}).timeout(300000);
});

describe("esp32s3: instructions with the call", () => {
	const LIMITS: [rows: number, columns: number, limit: number][] = [[64, 64, 450], [172, 64, 1130], [64, 172, 1010], [512, 64, 3200]];
	for (const [rows, columns, limit] of LIMITS)
		it(`INT8 sums of ${rows} x ${columns}: at most ${limit}`, () => {
			expect(expectExact("rv_matvec_sums_esp32s3", rows, columns).instructions).to.be.at.most(limit);
		});
});
