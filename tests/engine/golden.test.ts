/** What models say, fixed: the same on portable and vector builds and on every chip. */
import { expect } from "chai";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { MicroEngine, tokenDigest, TinyModel } from "ruvllm-esp32/engine";
import { requireSelfTest, selfTest } from "ruvllm-esp32/engine/self-test";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { requireArgument, sharedBytes } from "../support/arguments";
import { SHAPES, tinyEngine, tinyFile } from "../support/tiny-model";

/** Digests of 32 greedy tokens of the models of tests/support/tiny-model.ts, seed 1. */
const GOLDEN: Record<string, string> = {
	plain: "eeafaf13", headsOfTwo: "269d772a", headsOfSixteen: "b2abf7b0", oneLayer: "e0028c18", small: "cf71b66c", smallUntied: "9c18ce7d", long: "bfbe4684",
};

describe("engine/golden", () => {
	it("refuses a model that does not say what its card says", () => {
		const engine = new MicroEngine(new TinyModel(tinyFile({ ...SHAPES.plain!, metadata: '{"name":"liar","digest":"00000000"}' })));
		expect(() => requireSelfTest(engine)).to.throw(/00000000.*this build/).with.property("code", "MODEL_DIGEST");
		expect(selfTest(engine).matches).to.equal(false);
	});
	it("has nothing to compare with where the card names no digest", () => {
		expect(requireSelfTest(tinyEngine()).matches).to.equal(undefined);
	});
	it("digests tokens as 16-bit numbers, 32 at most", () => {
		expect(tokenDigest([])).to.equal("00000000");
		expect(tokenDigest([0x3231, 0x3433, 0x3635, 0x3837])).to.equal("9ae0daaf");
		const tokens = Array.from({ length: 40 }, (_, i) => i * 7);
		expect(tokenDigest(tokens)).to.equal(tokenDigest(tokens.slice(0, 32)));
		expect(tokenDigest(tokens.slice(0, 31))).to.not.equal(tokenDigest(tokens));
	});
	for (const name of Object.keys(SHAPES))
		it(`tiny model "${name}" says what it said when this test was written`, () => {
			expect(selfTest(tinyEngine(name)).digest).to.equal(GOLDEN[name]);
		});
	it("stories260K: 60 greedy ids are those of float arithmetic", function () {
		const engine = new MicroEngine(new TinyModel(openAsset(requireArgument(this, "stories260k"))));
		const { ids_greedy_60: ids } = JSON.parse(decodeUtf8(sharedBytes(this, "llm/greedy_ids_60.json"))) as { ids_greedy_60: number[] };
		const { tokens } = engine.generate([ids[0]!], { greedy: true, maxTokens: 60 });
		expect(tokens).to.deep.equal(ids.slice(1));
	});
	it("the shipped model says what its card says", function () {
		const result = requireSelfTest(new MicroEngine(new TinyModel(openAsset(requireArgument(this, "model")))));
		expect(result.matches).to.equal(true);
	});
});
