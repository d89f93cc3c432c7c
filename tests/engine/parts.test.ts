import { expect } from "chai";
import { completeConfig, Generation, MicroEngine, SparseAttention, TinyModel } from "ruvllm-esp32/engine";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";
import { SHAPE, smallModel } from "../support/small-model";

describe("engine/parts", () => {
	const file = smallModel();

	it("refuses layers and lanes that are none", () => {
		for (const [from, to] of [[-1, 1], [0, 3], [2, 1], [0.5, 1], [0, NaN], [undefined, 1], ["0", 1]])
			expect(codeOf(() => new TinyModel(file, { layers: { from, to } as never })), `${from} to ${to}`).to.equal("LAYER_RANGE");
		for (const lanes of [0, 17, 1.5, NaN, -1, "2" as never])
			expect(codeOf(() => new TinyModel(file, { lanes })), String(lanes)).to.equal("LANES");
		const part = new TinyModel(file, { layers: { from: 1, to: 2 }, lanes: 2 });
		expect(codeOf(() => part.forward(1, 0, true))).to.equal("LAYER_RANGE");
		for (const lane of [-1, 2, 0.5, NaN, "x" as never]) {
			expect(codeOf(() => part.runLayers(0, lane)), String(lane)).to.equal("LANES");
			expect(codeOf(() => part.sampler(lane)), String(lane)).to.equal("LANES");
		}
		for (const position of [-1, 48, 1e9])
			expect(codeOf(() => part.runLayers(position)), String(position)).to.equal("RangeError");
	});
	it("parts give the bits of the whole, whose hidden states go from one to the next", () => {
		const whole = new TinyModel(file), random = seeded("tokens", 5);
		const cuts = [[0, 2], [0, 1, 2], [0, 0, 2], [0, 1, 1, 2, 2]].map((cut) => cut.slice(1).map((to, i) => new TinyModel(file, { layers: { from: cut[i]!, to } })));
		for (let position = 0; position < 20; position++) {
			const token = random.below(SHAPE.vocabSize);
			whole.forward(token, position, true);
			for (const parts of cuts) {
				parts[0]!.embed(token);
				parts.forEach((part, i) => {
					if (i > 0)
						part.hidden.set(parts[i - 1]!.hidden);
					part.runLayers(position);
				});
				const last = parts[parts.length - 1]!;
				last.project();
				expect(Array.from(last.hidden), `${parts.length} parts, position ${position}`).to.deep.equal(Array.from(whole.hidden));
				expect(Array.from(last.logits)).to.deep.equal(Array.from(whole.logits));
			}
		}
	});
	it("lanes are as models of their own, however their steps follow each other", () => {
		const lanes = 3, shared = new TinyModel(file, { lanes }), random = seeded("order of lanes", 6);
		const config = (lane: number) => completeConfig({ seed: 10 + lane, maxTokens: 15, stopAtEnd: false, topK: lane * 4, repetitionPenalty: 1 + lane / 8 });
		const alone = new MicroEngine(new TinyModel(file)), expected = Array.from({ length: lanes }, (_, lane) => alone.generate([1, 5 + lane], config(lane)).tokens);
		const runs = expected.map((_, lane) => ({ lane, next: 0, generation: new Generation(shared, [1, 5 + lane], config(lane), { lane }) }));
		for (let open = runs; open.length; open = runs.filter(({ generation }) => !generation.ended)) {
			const one = random.pick(open), { generation, lane } = one, last = one.next === generation.length - 1;
			shared.forward(generation.sequence[one.next]!, one.next, last, lane);
			one.next++;
			if (last)
				generation.next();
		}
		expect(runs.map(({ generation }) => generation.result().tokens)).to.deep.equal(expected);
	});
	it("sparse attention keeps to its lane too", () => {
		const attention = (): SparseAttention => SparseAttention.slidingWindow(4);
		const alone = new TinyModel(file, { attention: attention() }), shared = new TinyModel(file, { attention: attention(), lanes: 2 });
		for (let position = 0; position < 12; position++) {
			shared.forward(100 - position, position, false, 0);
			shared.forward(7 * position, position, true, 1);
			alone.forward(7 * position, position, true);
			expect(Array.from(shared.logits)).to.deep.equal(Array.from(alone.logits));
		}
	});
	it("counts the memory of parts and lanes", () => {
		const total = (options: object): number => {
			const model = new TinyModel(file, { contextLength: 16, ...options }), { ram } = model.memoryBudget();
			expect(ram.activations + ram.keyValueCache + ram.sampling, JSON.stringify(options)).to.equal(model.logits.buffer.byteLength);
			return ram.keyValueCache;
		};
		const one = total({ layers: { from: 1, to: 2 } });
		expect(one).to.be.above(0);
		expect(total({})).to.equal(2 * one);
		expect(total({ layers: { from: 2, to: 2 } })).to.equal(0);
		expect(total({ layers: { from: 0, to: 1 }, lanes: 16 })).to.equal(16 * one);
		expect(total({ lanes: 3 })).to.equal(6 * one);
	});
});
