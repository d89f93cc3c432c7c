import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { intentBytes, IntentKernel } from "ruvllm-esp32/platform/text";
import { TextEmbedder } from "ruvllm-esp32/ruvector/embedding/text-embedder";
import { IntentClassifier, type IntentExample } from "ruvllm-esp32/ruvector/intents/intent-classifier";
import { hash, spread } from "ruvllm-esp32/ruvector/text/hash";
import { bytesOf, itWith, rounds } from "../support/arguments";
import { type Random, seeded } from "../support/random";
import { smallEmbedder } from "../support/small-embedder";

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

function embedder(seed = 5): TextEmbedder {
	const bytes = smallEmbedder(seed, 32, 64), memory = new Memory(bytes.length);
	new Uint8Array(memory as never).set(bytes);
	return new TextEmbedder(memory);
}

/** Sentences whose intent shows in one word. */
function sentences(random: Random, count: number): IntentExample[] {
	const keys = { light: ["lamp", "bulb", "bright"], music: ["song", "tune", "album"], weather: ["rain", "sunny", "storm"] };
	const filler = ["please", "the", "can", "you", "my", "now", "a", "tell"];
	return Array.from({ length: count }, () => {
		const intent = random.pick(Object.keys(keys) as (keyof typeof keys)[]);
		return { intent, text: `${random.pick(filler)} ${random.pick(filler)} ${random.pick(keys[intent])} ${random.pick(filler)}` };
	});
}

const NAMES = ["light", "music", "weather"];

describe("ruvector: intents", () => {
	it("refuses what can't be", () => {
		const e = embedder();
		for (const names of [[], ["one"], ["one", "one"], Array.from({ length: 1025 }, (_, i) => `i${i}`)])
			expect(codeOf(() => new IntentClassifier(names, { embedder: e }))).to.equal("INTENT_OPTION");
		for (const options of [{ buckets: 31 }, { buckets: -32 }, { buckets: 8224 }, { threshold: -1 }, { threshold: 0.5 }])
			expect(codeOf(() => new IntentClassifier(NAMES, { embedder: e, ...options }))).to.equal("INTENT_OPTION");
		const classifier = new IntentClassifier(NAMES, { embedder: e });
		expect(codeOf(() => classifier.learn("a", "cooking"))).to.equal("INTENT");
		expect(codeOf(() => classifier.learn(1 as never, "light"))).to.equal("TEXT");
		expect(codeOf(() => classifier.classify(undefined as never))).to.equal("TEXT");
		for (const rate of [-1, 65537, NaN])
			expect(codeOf(() => classifier.learn("a", "light", rate))).to.equal("INTENT_OPTION");
		for (const options of [{ passes: 0 }, { rate: 0 }, { seed: 0 }])
			expect(codeOf(() => classifier.train([], options))).to.equal("INTENT_OPTION");
		expect(codeOf(() => classifier.calibrate([]))).to.equal("INTENT_OPTION");
		expect(codeOf(() => classifier.calibrate(["a"], 100))).to.equal("INTENT_OPTION");
	});
	it("the kernel refuses strange objects, sizes and an order that can't be", () => {
		const { kernel } = embedder(), bytes = intentBytes(32, 3, 64), memory = new Memory(bytes);
		for (const bad of [undefined, 1, {}, new Memory(64), [], "kernel"])
			expect(() => new IntentKernel(bad as never, memory, 3, 64)).to.throw(TypeError);
		expect(() => new IntentKernel(kernel, new Uint8Array(bytes) as never, 3, 64)).to.throw(TypeError);
		expect(() => new IntentKernel(kernel, new Memory(bytes - 1), 3, 64)).to.throw(RangeError);
		for (const [classes, buckets] of [[1, 64], [1025, 64], [3, 16], [3, -32], [3, 8224]])
			expect(() => new IntentKernel(kernel, memory, classes!, buckets!)).to.throw(RangeError);
		const intents = new IntentKernel(kernel, memory, 3, 64);
		expect(() => intents.learn(0, 100)).to.throw(RangeError);
		intents.classify("a text");
		for (const [target, rate] of [[-1, 100], [3, 100], [0, -1], [0, 65537]])
			expect(() => intents.learn(target!, rate!)).to.throw(RangeError);
	});
	it("learns examples, and new sentences too; without buckets by the embedding alone", () => {
		for (const buckets of [0, 64, 256]) {
			const random = seeded(`${buckets} buckets`, 7 + buckets), classifier = new IntentClassifier(NAMES, { embedder: embedder(), buckets });
			const count = rounds(3000) + 60;
			classifier.train(sentences(random, count), { passes: 4 });
			const fresh = sentences(random, rounds(400) + 40), right = fresh.filter(({ text, intent }) => classifier.classify(text).likeliest === intent).length;
			expect(right).to.be.above(Math.trunc(fresh.length * (buckets ? 9 : 7) / 10));
		}
	}).timeout(60000);
	it("learns the same from the same, and saves and loads it", () => {
		const examples = sentences(seeded("examples", 4), 60), make = (): IntentClassifier => new IntentClassifier(NAMES, { embedder: embedder(), buckets: 128 });
		const one = make(), other = make(), third = make();
		one.train(examples, { passes: 2 });
		other.train(examples, { passes: 2 });
		expect(one.save().join(",")).to.equal(other.save().join(","));
		one.threshold = other.threshold = 12345;
		third.load(one.save());
		expect(third.threshold).to.equal(12345);
		for (const { text } of examples)
			expect(third.classify(text)).to.deep.equal(one.classify(text));
		other.train(examples, { passes: 2, seed: 9 });
		expect(one.save().join(",")).to.not.equal(other.save().join(","));
	});
	it("refuses damaged and strange bytes without a change", () => {
		const make = (names = NAMES, buckets = 64): IntentClassifier => new IntentClassifier(names, { embedder: embedder(), buckets });
		const random = seeded("damage", 12), one = make(), other = make();
		one.train(sentences(random, 40), { passes: 1 });
		const saved = one.save(), before = other.save().join(",");
		for (const bad of [undefined, null, "bytes", [], saved.slice(1), new Uint8Array(saved.length)])
			expect(codeOf(() => other.load(bad as never))).to.equal("INTENT_FILE");
		expect(codeOf(() => make(NAMES, 96).load(saved))).to.equal("INTENT_FILE");
		expect(codeOf(() => make(["light", "weather", "music"]).load(saved))).to.equal("INTENT_FILE");
		for (let i = 0; i < rounds(1000); i++) {
			const damaged = saved.slice(), at = random.below(saved.length);
			damaged[at] = damaged[at]! ^ 1 << random.below(8);
			// Any threshold may have been saved.
			if (at !== 4 && at !== 5 && codeOf(() => other.load(damaged)) !== "INTENT_FILE")
				throw new Error(`another byte ${at} passed`);
		}
		expect(other.save().join(",")).to.equal(before);
	});
	it("knows what it does not know, when told", () => {
		const random = seeded("scope", 5), classifier = new IntentClassifier(NAMES, { embedder: embedder() });
		classifier.train(sentences(random, 200), { passes: 4 });
		const strange = ["who wrote hamlet", "translate bread to french", "divide ten by two", "book a table for four"];
		const threshold = classifier.calibrate(strange, 99);
		expect(threshold).to.equal(classifier.threshold);
		expect(strange.filter((text) => classifier.classify(text).intent === undefined).length).to.be.above(2);
		const { intent, likeliest, confidence } = classifier.classify("can you lamp bulb");
		expect(likeliest).to.equal("light");
		expect(intent === "light" || confidence < threshold).to.equal(true);
	});
	// Learning nine thousand sentences is no work for an emulated board.
	if (host !== "riscv")
		itWith(["words", "shared"], "hwu64: 64 intents, a tenth of the sentences is asked (seed 1)", (path, shared) => {
			const rows = decodeUtf8(bytesOf(`${shared}/hwu64/train.tsv`)).trimEnd().split("\n").slice(1).map((line) => line.split("\t"));
			const examples = rows.map((row) => ({ intent: row[2]!, text: row[3]! })), aside = ({ text }: IntentExample): boolean => spread(hash(text) ^ 1) < 429496730;
			const classifier = new IntentClassifier([...new Set(examples.map(({ intent }) => intent))], { embedder: new TextEmbedder(bytesOf(path).buffer as never) });
			classifier.train(examples.filter((example) => !aside(example)));
			const asked = examples.filter(aside), right = asked.filter(({ text, intent }) => classifier.classify(text).likeliest === intent).length;
			expect(asked.length).to.be.above(900);
			expect(right * 100).to.be.above(asked.length * 85);
		});
	it("stands whatever a script writes into its memory", () => {
		const random = seeded("scribble", 6), { kernel } = embedder(), memory = new Memory(intentBytes(32, 5, 96)), view = new Uint8Array(memory as never);
		const intents = new IntentKernel(kernel, memory, 5, 96);
		for (let i = 0; i < rounds(500); i++) {
			view.set(random.bytes(view.length));
			const best = intents.classify("turn on the lamp in the kitchen");
			if (best < 0 || best > 4 || intents.confidence < 0 || intents.confidence > 32768)
				throw new Error(`class ${best}, confidence ${intents.confidence}`);
			view.set(random.bytes(view.length));
			intents.learn(random.below(5), random.below(65537));
		}
	});
});
