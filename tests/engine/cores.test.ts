import { expect } from "chai";
import { useCores } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { smallModel, WIDE } from "../support/small-model";

describe("engine/cores", () => {
	after(() => { useCores(1); });
	it("refuses numbers of cores that are none", () => {
		for (const bad of [0, 3, -1, 1.5, NaN, "two", undefined])
			expect(() => useCores(bad as never), String(bad)).to.throw(RangeError);
	});
	it("gives the same tokens on one core and on two", () => {
		const engine = new MicroEngine(new TinyModel(smallModel(3, WIDE)));
		const tokens = [1, 2, 1, 2].map((cores) => {
			const used = useCores(cores);
			expect(used).to.be.within(1, cores);
			if (host === "desktop")
				expect(used).to.equal(cores);
			return engine.generate([1], { maxTokens: 90, seed: 4, stopAtEnd: false }).tokens;
		});
		expect(tokens[0]!.length).to.equal(90);
		for (const others of tokens.slice(1))
			expect(others).to.deep.equal(tokens[0]);
	});
});
