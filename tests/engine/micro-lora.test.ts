import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { MicroEngine, MicroLoRA, TinyModel } from "ruvllm-esp32/engine";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { GROUPED, random, SHAPE, smallModel, WIDE } from "../support/small-model";

const codeOf = (action: () => unknown): string => {
	try {
		action();
	}
	catch (error) {
		if (error instanceof RuvllmError)
			return error.code;
		throw error;
	}
	return "none";
};

const load = (rank: number, shape = SHAPE, seed = 1): TinyModel => new TinyModel(smallModel(seed, shape), { adapterRank: rank, contextLength: 32 });

/** The likeliest token after some; the hidden state is the adapter's lesson then. */
function next(model: TinyModel, tokens: readonly number[]): number {
	tokens.forEach((token, i) => model.forward(token, i, i === tokens.length - 1));
	return model.logits.indexOf(model.logits.reduce((most, value) => Math.max(most, value)));
}

const PROMPTS = [[1, 40, 41], [1, 260, 70, 9], [1, 100], [1, 271, 271, 5], [1, 33, 290]];

describe("engine: MicroLoRA", () => {
	it("refuses what can't be, by its name", () => {
		expect(codeOf(() => load(9))).to.equal("ADAPTER_RANK");
		expect(codeOf(() => load(0.5))).to.equal("ADAPTER_RANK");
		expect(codeOf(() => new MicroLoRA(load(0)))).to.equal("ADAPTER_RANK");
		for (const options of [{ rate: 0 }, { rate: 65537 }, { capacity: 0 }, { seed: 0 }, { rehearsalCapacity: 1e9 }])
			expect(codeOf(() => new MicroLoRA(load(1), options)), JSON.stringify(options)).to.equal("ADAPTER_OPTION");
		const lora = new MicroLoRA(load(1));
		for (const target of [-1, SHAPE.vocabSize, 0.5, NaN]) {
			expect(codeOf(() => lora.record(target))).to.equal("ADAPTER_TARGET");
			expect(codeOf(() => lora.backward(target))).to.equal("ADAPTER_TARGET");
		}
		expect(codeOf(() => lora.train(0))).to.equal("ADAPTER_OPTION");
	});
	it("changes nothing before it learns, and nothing after a reset", () => {
		const plain = new TinyModel(smallModel(), { contextLength: 32 }), model = load(2), lora = new MicroLoRA(model);
		const logits = (of: TinyModel): number[] => { next(of, PROMPTS[1]!); return Array.from(of.logits); };
		expect(logits(model)).to.deep.equal(logits(plain));
		lora.backward(7);
		expect(logits(model)).to.not.deep.equal(logits(plain));
		lora.reset();
		expect(logits(model)).to.deep.equal(logits(plain));
	});
	for (const shape of [SHAPE, GROUPED[0]!])
		it(`learns corrections and keeps what it rehearses${shape === SHAPE ? "" : ", from INT4 outputs too"}`, () => {
			const model = load(4, shape, shape === SHAPE ? 1 : 3), lora = new MicroLoRA(model);
			const kept = PROMPTS.slice(2).map((prompt) => { const token = next(model, prompt); lora.record(token, true); return token; });
			const wanted = [17, 203];
			PROMPTS.slice(0, 2).forEach((prompt, i) => { next(model, prompt); lora.record(wanted[i]!); });
			const result = lora.train(200);
			expect(result.right).to.equal(2);
			expect(PROMPTS.slice(0, 2).map((prompt) => next(model, prompt))).to.deep.equal(wanted);
			expect(PROMPTS.slice(2).map((prompt) => next(model, prompt))).to.deep.equal(kept);
			expect(new MicroEngine(model).generate(PROMPTS[0]!, { greedy: true, maxTokens: 1, stopAtEnd: false }).tokens).to.deep.equal([17]);
		}).timeout(60000);
	it("backward makes its target likelier, step by step", () => {
		const model = load(2), lora = new MicroLoRA(model, { rate: 1000 }), losses: number[] = [];
		for (let i = 0; i < 6; i++) {
			next(model, PROMPTS[0]!);
			losses.push(model.negativeLogLikelihood.run(88));
			lora.backward(88);
		}
		expect(losses.at(-1)!).to.be.below(losses[0]!);
	});
	it("learns the same again from the same", () => {
		const learned = (): string => {
			const model = load(2), lora = new MicroLoRA(model, { seed: 5 });
			next(model, PROMPTS[0]!);
			lora.record(99);
			lora.train(20);
			return lora.save().join(",");
		};
		expect(learned()).to.equal(learned());
	});
	it("saves and loads, and refuses damaged or strange bytes without a change", () => {
		const model = load(2), lora = new MicroLoRA(model);
		next(model, PROMPTS[0]!);
		lora.record(99);
		lora.train(50);
		const saved = lora.save(), other = load(2), again = new MicroLoRA(other);
		again.load(saved);
		expect(next(other, PROMPTS[0]!)).to.equal(99);
		const seed = 20261126, draw = random(seed);
		for (let i = 0; i < rounds(10000); i++) {
			const bytes = saved.slice(0, draw() % 8 ? saved.length : draw() % saved.length);
			if (bytes.length)
				bytes[draw() % bytes.length]! ^= 1 << draw() % 8;
			// The state of the rounding may be any but 0: all else is checked.
			const same = bytes.length === saved.length && bytes.every((byte, at) => byte === saved[at] || (at >= 12 && at < 16));
			expect(codeOf(() => again.load(bytes)), `seed ${seed}, ${i}`).to.equal(same ? "none" : "ADAPTER_FILE");
		}
		expect(codeOf(() => again.load("text" as never))).to.equal("ADAPTER_FILE");
		expect(codeOf(() => new MicroLoRA(load(1)).load(saved))).to.equal("ADAPTER_FILE");
		expect(next(other, PROMPTS[0]!)).to.equal(99);
	}).timeout(60000);
	it("keeps to its capacity, and to its memory", () => {
		const model = load(1, WIDE, 3), lora = new MicroLoRA(model, { capacity: 3, rehearsalCapacity: 2 });
		for (let i = 0; i < 10; i++) {
			next(model, [1, 30 + i]);
			lora.record(i + 3);
		}
		expect(lora.train(1).lessons).to.equal(3);
		expect(lora.lessonBytes).to.equal(5 * (WIDE.embedDim + 12));
		expect(model.memoryBudget().ram.adapter).to.be.within(4 * WIDE.embedDim, 4096);
	});
	it("allocates nothing while tokens come", () => {
		const model = load(2), lora = new MicroLoRA(model), engine = new MicroEngine(model);
		next(model, PROMPTS[0]!);
		lora.backward(5);
		let before = 0, after = 0, count = 0;
		engine.generate([1], { maxTokens: 28, stopAtEnd: false, onToken: () => {
			if (++count === 2)
				before = memoryUse().collections;
			after = memoryUse().collections;
		} });
		expect(after).to.equal(before);
	});
});
