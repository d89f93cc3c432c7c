import { expect } from "chai";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { completeConfig, Generation, type InferenceConfig, MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";
import { smallModel } from "../support/small-model";

describe("engine/generation", () => {
	const model = new TinyModel(smallModel(), { lanes: 2 }), engine = new MicroEngine(model);
	const settings = (partial: Partial<InferenceConfig> = {}): InferenceConfig => completeConfig({ maxTokens: 20, stopAtEnd: false, ...partial });
	/** Reads what the model has not seen yet, then draws to the end. */
	const run = (generation: Generation, from = 0, lane = 0): Generation => {
		for (let i = from; !generation.ended; i++) {
			model.forward(generation.sequence[i]!, i, i === generation.length - 1, lane);
			if (i === generation.length - 1)
				generation.next();
		}
		return generation;
	};

	it("refuses prompts, lanes and sequences that are none", () => {
		const made = (prompt: ArrayLike<number>, options = {}): string => codeOf(() => new Generation(model, prompt, settings(), options));
		expect(made([])).to.equal("PROMPT_TOKEN");
		for (const bad of [-1, 300, 0.5, NaN, "1" as never])
			expect(made([1, bad]), String(bad)).to.equal("PROMPT_TOKEN");
		expect(made(new Array<number>(49).fill(1))).to.equal("PROMPT_TOO_LONG");
		for (const lane of [-1, 2, 0.5, NaN])
			expect(made([1], { lane }), String(lane)).to.equal("LANES");
		expect(made([1], { sequence: new Int32Array(48) })).to.equal("GENERATION_SEQUENCE");
		expect(made([1], { sequence: new Int32Array(49), lane: 1 })).to.equal("none");
	});
	it("refuses to resume with what can't have been drawn", () => {
		const resume = (tokens: number[], partial: Partial<InferenceConfig> = {}): string => codeOf(() => new Generation(model, [1, 9], settings(partial)).resume(tokens));
		expect(resume([5, 300])).to.equal("PROMPT_TOKEN");
		expect(resume([5, 6, 7], { maxTokens: 2 })).to.equal("GENERATION_RESUME");
		expect(resume([5], { maxTokens: 0 })).to.equal("GENERATION_RESUME");
		expect(resume([model.tokenizer.eos], { stopAtEnd: true })).to.equal("GENERATION_RESUME");
		expect(resume(new Array<number>(47).fill(5), { maxTokens: 60 })).to.equal("none");
		expect(resume(new Array<number>(48).fill(5), { maxTokens: 60 })).to.equal("GENERATION_RESUME");
	});
	it("draws what the engine draws, and says when it ends", () => {
		for (const partial of [{ seed: 3 }, { greedy: true }, { seed: 4, topK: 5, repetitionPenalty: 1.3 }, { maxTokens: 1000, seed: 2 }, { maxTokens: 0 }]) {
			const expected = engine.generate([1, 7, 9], settings(partial)), one = run(new Generation(model, [1, 7, 9], settings(partial)));
			expect(one.next()).to.equal(-1);
			const { tokens, text, stopReason, digest } = one.result();
			expect({ tokens, text, stopReason, digest }).to.deep.equal({ tokens: expected.tokens, text: expected.text, stopReason: expected.stopReason, digest: expected.digest });
			expect(one.length).to.equal(3 + expected.tokens.length);
		}
	});
	it("continues behind known tokens as if it had drawn them, whatever the settings", () => {
		const random = seeded("resume", 21);
		for (let round = 0; round < 12; round++) {
			const partial: Partial<InferenceConfig> = {
				seed: random.next(), maxTokens: 1 + random.below(24), greedy: random.below(4) === 0, topK: random.pick([0, 1, 7]), topP: random.pick([0.5, 0.9, 1]),
				minP: random.pick([0, 0.1]), repetitionPenalty: random.pick([1, 1.3]), temperature: random.pick([0, 0.8, 2]),
			};
			const whole = engine.generate([1, 5], settings(partial)), known = random.below(whole.tokens.length + 1);
			const rest = new Generation(model, [1, 5], settings(partial));
			rest.resume(whole.tokens.slice(0, known));
			expect(run(rest).result().tokens, JSON.stringify({ ...partial, known })).to.deep.equal(whole.tokens);
			expect(rest.result().text).to.equal(whole.text);
		}
	});
	it("keeps a stop text that known tokens began, and hands text out once", () => {
		let seed = 0, whole, stop: string | undefined;
		do {
			whole = engine.generate([1, 5], settings({ maxTokens: 8, seed: ++seed }));
			stop = /[ -~]{2}/.exec(whole.text.slice(1))?.[0];
		} while ((stop === undefined || whole.text.includes("\ufffd") || whole.text.indexOf(stop) < 1) && seed < 2000);
		const cut = engine.generate([1, 5], settings({ maxTokens: 8, seed, stop: [stop!] }));
		expect(cut.stopReason).to.equal("stop");
		for (let known = 0; known < cut.tokens.length; known++)
			for (const emit of [false, true]) {
				let streamed = "", called = 0;
				const onToken = (token: number, bytes: Uint8Array, n: number): void => {
					streamed += decodeUtf8(bytes, 0, n);
					called += token >= 0 ? 1 : 0;
				};
				const rest = new Generation(model, [1, 5], settings({ maxTokens: 8, seed, stop: [stop!], onToken }));
				rest.resume(cut.tokens.slice(0, known), emit);
				run(rest);
				expect(rest.result().text).to.equal(cut.text);
				expect(rest.reason).to.equal("stop");
				expect(called).to.equal(cut.tokens.length - (emit ? 0 : known));
				if (emit)
					expect(streamed).to.equal(cut.text);
				else
					expect(cut.text.endsWith(streamed)).to.equal(true);
			}
	});
	it("tells the time of the clock that it is given", () => {
		let now = 1000;
		const one = new Generation(model, [1, 5], settings({ maxTokens: 3 }), { clock: { microseconds: () => now += 10 } });
		const { firstTokenMicroseconds, microseconds } = run(one).result();
		expect([firstTokenMicroseconds, microseconds]).to.deep.equal([10, 10]);
	});
});
