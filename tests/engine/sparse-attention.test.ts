import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { SparseAttention, TinyModel } from "ruvllm-esp32/engine";
import { host } from "ruvllm-esp32/platform/runtime";
import { random, SHAPE, smallModel } from "../support/small-model";

/** Logits behind each of some tokens. */
function logits(attention?: SparseAttention): number[][] {
	const model = new TinyModel(smallModel(), { contextLength: 32, attention }), next = random(77);
	return Array.from({ length: 28 }, (_, position) => {
		model.forward(3 + next() % (SHAPE.vocabSize - 3), position, true);
		return Array.from(model.logits.subarray(0, 40));
	});
}

const PATTERNS = [SparseAttention.causal(), SparseAttention.slidingWindow(5), SparseAttention.slidingWindow(4, 2), SparseAttention.strided(4), SparseAttention.dilated(3, 2), SparseAttention.bigBird(3, 1, 2, 9)];

describe("engine: sparse attention", () => {
	it("refuses patterns that are none, by what is wrong", () => {
		for (const text of ["", "windows:3", "window", "window:0", "window:1.5", "window:3,globals:2", "strided:", "dilated:3,dilation:0", "bigbird:3,seed:-1", "window:99999"])
			expect(() => SparseAttention.parse(text), text).to.throw(RuvllmError, /pattern|takes a whole number/);
	});
	it("is read as it is named", () => {
		for (const pattern of PATTERNS) {
			const again = SparseAttention.parse(pattern.name);
			expect(again.name).to.equal(pattern.name);
			expect(again.positions(40)).to.deep.equal(pattern.positions(40));
		}
	});
	it("attends as the patterns are defined, always to the position itself, never to later ones", () => {
		expect(SparseAttention.slidingWindow(3, 1).positions(8)).to.deep.equal([0, 6, 7, 8]);
		expect(SparseAttention.strided(4).positions(10)).to.deep.equal([3, 7, 8, 9, 10]);
		expect(SparseAttention.dilated(3, 2).positions(10)).to.deep.equal([6, 8, 10]);
		const drawn = SparseAttention.bigBird(2, 1, 3, 5).positions(60);
		expect(drawn.length).to.be.within(4, 6);
		for (const pattern of PATTERNS)
			for (let query = 0; query < 40; query++) {
				expect(pattern.attends(query, query), pattern.name).to.equal(true);
				expect(pattern.attends(query, query + 1), pattern.name).to.equal(false);
				expect(pattern.attends(query, -1), pattern.name).to.equal(false);
			}
	});
	it("writes runs that are its positions", () => {
		const out = new Uint16Array(100);
		for (const pattern of PATTERNS)
			for (let query = 0; query < 45; query++) {
				pattern.writeRuns(query, out);
				const positions: number[] = [];
				for (let i = 0; i < out[0]!; i++)
					for (let p = 0; p < out[2 + 2 * i]!; p++)
						positions.push(out[1 + 2 * i]! + p);
				expect(positions, `${pattern.name} at ${query}`).to.deep.equal(pattern.positions(query));
			}
	});
	it("all positions give the bits of plain attention; a window does as long as it holds them all", () => {
		const plain = logits();
		expect(logits(SparseAttention.causal())).to.deep.equal(plain);
		if (host === "riscv")
			return;
		const window = logits(SparseAttention.slidingWindow(10));
		expect(window.slice(0, 10)).to.deep.equal(plain.slice(0, 10));
		expect(window[27]).to.not.deep.equal(plain[27]);
	}).timeout(60000);
});
