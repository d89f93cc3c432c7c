/**
 * Intents of sentences, learned on the device from labelled examples, with an answer for what is none of them. A linear
 * layer with softmax over a sentence's embedding and its hashed words and n-grams, trained in integers by stochastic
 * gradient descent (as fastText's classifier: Joulin et al. 2017). A sentence whose likeliest intent is not likely enough is
 * out of scope (Hendrycks and Gimpel 2017).
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { intentBytes, IntentKernel, type Text } from "ruvllm-esp32/platform/text";
import { checkText, defaultEmbedder, type TextEmbedder } from "ruvllm-esp32/ruvector/embedding/text-embedder";
import { packIntents, unpackIntents } from "ruvllm-esp32/ruvector/intents/intent-file";

export interface IntentClassifierOptions {
	/** The embedder that comes with the library, by default. */
	embedder?: TextEmbedder;
	/** Hashed words and n-grams that it tells apart, a multiple of 32 to 8192; 512 by default; 0: it has the embedding alone. Tasks unlike those of the embedder's card gain by 2048. */
	buckets?: number;
	/** Least probability of an intent in 1/32768; below it a sentence is out of scope. 9830 (0.3) by default; see `calibrate`. */
	threshold?: number;
}

export interface IntentExample {
	text: string;
	intent: string;
}

export interface IntentAnswer {
	/** undefined: none of the intents, out of scope. */
	intent: string | undefined;
	/** The likeliest intent, whatever the threshold. */
	likeliest: string;
	/** Its probability, in 1/32768. */
	confidence: number;
}

export class IntentClassifier {
	readonly intents: readonly string[];
	/** Bytes of its memory outside the heap: 2 * (dims + buckets) for each intent, and a little. */
	readonly bytes: number;
	threshold: number;
	readonly #classes: ReadonlyMap<string, number>;
	readonly #kernel: IntentKernel;
	readonly #weights: Int16Array;

	/**
	 * @param intents names, 2 to 1024, all different
	 * @throws RuvllmError INTENT_OPTION
	 */
	constructor(intents: readonly string[], { embedder = defaultEmbedder(), buckets = 512, threshold = 9830 }: IntentClassifierOptions = {}) {
		if (new Set(intents).size !== intents.length || intents.length < 2 || intents.length > 1024)
			throw new RuvllmError("INTENT_OPTION", "a classifier has 2 to 1024 intents of different names");
		option("buckets", buckets, 0, 8192);
		if (buckets % 32)
			throw new RuvllmError("INTENT_OPTION", `buckets is ${buckets}; it takes a multiple of 32`);
		this.intents = [...intents];
		this.threshold = option("threshold", threshold, 0, 32768);
		this.#classes = new Map(intents.map((intent, i) => [intent, i]));
		this.bytes = intentBytes(embedder.dims, intents.length, buckets);
		const memory = new Memory(this.bytes);
		this.#kernel = new IntentKernel(embedder.kernel, memory, intents.length, buckets);
		this.#weights = new Int16Array(memory as never, 0, (embedder.dims + buckets) * intents.length);
	}

	/** Allocates its answer only. Cost: docs/embedding.md. @throws RuvllmError TEXT */
	classify(text: Text): IntentAnswer {
		checkText(text);
		const likeliest = this.intents[this.#kernel.classify(text)]!, { confidence } = this.#kernel;
		return { intent: confidence < this.threshold ? undefined : likeliest, likeliest, confidence };
	}

	/**
	 * One step towards `intent` for a text. @param rate length of the step in 1/65536
	 * @returns whether it was the likeliest already
	 * @throws RuvllmError TEXT, INTENT for a name that it does not have, INTENT_OPTION
	 */
	learn(text: Text, intent: string, rate = 6554): boolean {
		const target = this.#classes.get(intent);
		if (target === undefined)
			throw new RuvllmError("INTENT", `there is no intent "${intent}"; this classifier was made for ${this.intents.length} others`);
		checkText(text);
		option("rate", rate, 0, 65536);
		const right = this.#kernel.classify(text) === target;
		this.#kernel.learn(target, rate);
		return right;
	}

	/**
	 * Learns all examples, `passes` times in an order drawn from `seed`, with steps that become shorter. Goes on from what it
	 * knows; twenty examples of an intent are many.
	 * @returns how many of the last pass were right before their step
	 * @throws RuvllmError TEXT, INTENT, INTENT_OPTION
	 */
	train(examples: readonly IntentExample[], { passes = 6, rate = 6554, seed = 1 } = {}): number {
		option("passes", passes, 1, 1000);
		option("rate", rate, 1, 65536);
		let state = option("seed", seed, 1, 0x7fffffff), right = 0;
		const order = new Uint32Array(examples.length).map((_, i) => i);
		for (let pass = 0; pass < passes; pass++) {
			for (let i = order.length - 1; i > 0; i--) {
				state ^= state << 13;
				state ^= state >>> 17;
				state ^= state << 5;
				const j = (state >>> 0) % (i + 1), other = order[j]!;
				order[j] = order[i]!;
				order[i] = other;
			}
			right = 0;
			const step = Math.max(1, rate - Math.trunc(rate * pass / passes));
			for (const index of order)
				if (this.learn(examples[index]!.text, examples[index]!.intent, step))
					right++;
		}
		return right;
	}

	/** Weights and threshold, to be kept in flash: 20 bytes and two for each weight. */
	save(): Uint8Array {
		return packIntents(this.#weights, this.intents, this.threshold);
	}

	/** @throws RuvllmError INTENT_FILE for bytes that are of other intents or sizes, or damaged; then nothing changes */
	load(bytes: Uint8Array): void {
		this.threshold = unpackIntents(bytes, this.#weights, this.intents);
	}

	/**
	 * Sets the threshold so that of these texts, which have none of the intents, `share` in 1/100 are out of scope.
	 * @returns the threshold
	 * @throws RuvllmError TEXT, INTENT_OPTION
	 */
	calibrate(texts: readonly string[], share = 50): number {
		option("share", share, 1, 99);
		if (texts.length === 0)
			throw new RuvllmError("INTENT_OPTION", "to calibrate, at least one text out of scope is needed");
		const confidences = texts.map((text) => this.classify(text).confidence).sort((a, b) => a - b);
		return this.threshold = confidences[Math.min(texts.length - 1, Math.trunc(texts.length * share / 100))]!;
	}
}

function option(name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError("INTENT_OPTION", `${name} is ${value}; it takes a whole number from ${low} to ${high}`);
	return value;
}
