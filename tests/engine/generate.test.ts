import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { memoryUse, MemoryUse } from "ruvllm-esp32/platform/runtime";
import { InferenceConfig, MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { LONG, smallModel } from "../support/small-model";

describe("engine/generate", () => {
	const engine = new MicroEngine(new TinyModel(smallModel()));
	const free = { stopAtEnd: false, maxTokens: 20 };

	it("refuses settings out of range, by name", () => {
		const bad: [Partial<InferenceConfig> | object, RegExp][] = [
			[{ temperature: -1 }, /temperature/], [{ temperature: NaN }, /temperature/], [{ topK: 1.5 }, /topK/], [{ topP: 2 }, /topP/], [{ minP: -1 }, /minP/],
			[{ maxTokens: -1 }, /maxTokens/], [{ seed: -1 }, /seed/], [{ repetitionPenalty: 0 }, /repetitionPenalty/], [{ stop: [""] }, /stop/], [{ warmth: 1 }, /warmth/],
		];
		for (const [config, name] of bad)
			expect(() => engine.generate("a", config), JSON.stringify(config)).to.throw(RuvllmError, name);
	});
	it("refuses prompts that are too long or no tokens", () => {
		expect(() => engine.generate("x".repeat(100))).to.throw(RuvllmError, /context holds 48/);
		expect(() => engine.generate([])).to.throw(RuvllmError);
		expect(() => engine.generate([1, 300])).to.throw(RuvllmError, /token 1/);
		expect(() => engine.generate([1, 0.5])).to.throw(RuvllmError);
		expect(() => new TinyModel(smallModel(), { contextLength: 49 })).to.throw(RuvllmError, /contextLength/);
	});
	it("takes an empty prompt and no tokens", () => {
		expect(engine.generate("", { ...free, maxTokens: 0 }).tokens).to.deep.equal([]);
		expect(engine.generate("", free).tokens.length).to.equal(20);
	});
	it("repeats itself for a seed, and not for another", () => {
		const one = engine.generate("the", { ...free, seed: 5 }).tokens;
		expect(engine.generate("the", { ...free, seed: 5 }).tokens).to.deep.equal(one);
		expect(engine.generate("the", { ...free, seed: 6 }).tokens).not.to.deep.equal(one);
	});
	it("is greedy by greedy, by temperature 0 and by top-k 1", () => {
		const greedy = engine.generate("the", { ...free, greedy: true }).tokens;
		expect(engine.generate("the", { ...free, temperature: 0 }).tokens).to.deep.equal(greedy);
		expect(engine.generate("the", { ...free, topK: 1, topP: 1 }).tokens).to.deep.equal(greedy);
	});
	it("gives the same tokens on every host and variant", () => {
		expect(engine.generate([1], { greedy: true, maxTokens: 32, stopAtEnd: false }).digest).to.equal("188a43c6");
	});
	it("streams exactly the text it returns, and stops before a stop text", () => {
		// A plain character to stop at: half characters do not survive the way to a string and back.
		let seed = 0, whole, stop: string | undefined;
		do {
			whole = engine.generate("the", { ...free, maxTokens: 6, seed: ++seed });
			stop = /[ -~]/.exec(whole.text.slice(1))?.[0];
		} while ((stop === undefined || whole.text.includes("\ufffd")) && seed < 1000);
		let streamed = "";
		const cut = engine.generate("the", { ...free, maxTokens: 6, seed, stop: [stop!], onToken: (_t, bytes, n) => { streamed += decodeUtf8(bytes, 0, n); } });
		expect(cut.stopReason).to.equal("stop");
		expect(cut.text).to.equal(whole.text.slice(0, whole.text.indexOf(stop!)));
		expect(streamed).to.equal(cut.text);
		expect(engine.generate("the", { ...free, onToken: () => false }).tokens.length).to.equal(1);
	});
	it("ends at the context's end", () => {
		const result = engine.generate("the", { maxTokens: 1000, stopAtEnd: false });
		expect(result.stopReason).to.equal("context");
		expect(result.tokens.length + result.promptTokens).to.equal(49);
	});
	it("collects no garbage while it generates, and allocates nothing per token", () => {
		const long = new MicroEngine(new TinyModel(smallModel(1, LONG)));
		let count = 0, bytes = 0, first: MemoryUse | undefined, last: MemoryUse | undefined;
		const onToken = (_token: number, _bytes: Uint8Array, n: number): void => {
			bytes += n;
			if (++count === 1)
				// A heap that happens to be full here would collect what memoryUse returns.
				for (const { collections } = memoryUse(); memoryUse().collections === collections;);
			else if (count === 2)
				first = memoryUse();
			else if (count === 256)
				last = memoryUse();
		};
		for (let run = 0; run < 5; run++) {
			count = 0;
			long.generate([1], { maxTokens: 256, stopAtEnd: false, onToken, repetitionPenalty: 1.1, seed: run });
			expect(last!.collections).to.equal(first!.collections);
			// Between the second and the last token: what memoryUse itself returns, and nothing else.
			expect(last!.slotsUsed - first!.slotsUsed).to.be.at.most(16 * 32);
			expect(last!.chunksUsed - first!.chunksUsed).to.be.at.most(512);
		}
		expect(bytes).to.be.above(0);
	});
});
