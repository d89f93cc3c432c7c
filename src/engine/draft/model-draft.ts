/** A smaller model of the same vocabulary drafts: dearer than a table, and right more often where it is trained well. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { checkProposal } from "ruvllm-esp32/engine/draft/text-draft";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";

/** By confidence: -ln(i / 16) in Q24. */
const Q24 = 16777216, BOUNDS = Array.from({ length: 16 }, (_, i) => i ? Math.round(-Math.log(i / 16) * Q24) : 0x7fffffff);

export class ModelDraft implements Draft {
	readonly name = "model";
	readonly #model: TinyModel;
	/** The text, and what was drafted behind it: position i of the model's cache has token i, up to #cached. */
	readonly #tokens: Int32Array;
	readonly #inCache: Int32Array;
	#length = 0;
	#cached = 0;

	/** @param model its own: running it for something else meanwhile makes its drafts wrong */
	constructor(model: TinyModel) {
		this.#model = model;
		this.#tokens = new Int32Array(model.contextLength);
		this.#inCache = new Int32Array(model.contextLength);
	}

	reset(tokens: ArrayLike<number>, count = tokens.length): void {
		if (!Number.isInteger(count) || count < 0 || count > tokens.length)
			throw new RuvllmError("DRAFT_COUNT", `the text is said to have ${count} tokens, and ${tokens.length} are there`);
		for (let i = 0; i < count; i++)
			this.#check(tokens[i]!);
		this.#length = 0;
		for (let i = 0; i < count; i++)
			this.#append(tokens[i]!);
	}

	push(token: number): void {
		this.#check(token);
		this.#append(token);
	}

	#check(token: number): void {
		const { vocabSize } = this.#model.shape;
		if (!Number.isInteger(token) || token < 0 || token >= vocabSize)
			throw new RuvllmError("DRAFT_TOKEN", `the token is ${token}; the vocabulary has ids 0 to ${vocabSize - 1}`);
	}

	/** Beyond the model's context the text goes on without drafts. */
	#append(token: number): void {
		const position = this.#length++;
		if (position >= this.#tokens.length)
			return;
		this.#tokens[position] = token;
		if (position < this.#cached && this.#inCache[position] !== token)
			this.#cached = position;
	}

	propose(into: Int32Array, count: number, least = 0): number {
		checkProposal(into, count, least);
		const model = this.#model, tokens = this.#tokens, context = tokens.length, length = this.#length;
		if (length === 0 || length > context)
			return 0;
		// What the cache has of this text stays; the last token runs again, for its logits.
		const known = Math.min(this.#cached, length - 1);
		const settings = model.samplerSettings;
		settings.fill(0);
		settings[2] = settings[4] = 65536;
		model.sample.run(0);
		for (let position = known; position < length; position++)
			this.#forward(tokens[position]!, position, position === length - 1);
		let found = 0;
		for (;;) {
			const token = model.sample.run(1);
			if (least && model.negativeLogLikelihood.run(token) > BOUNDS[least]!)
				break;
			into[found++] = token;
			if (found === count || length + found > context)
				break;
			this.#forward(token, length + found - 1, true);
		}
		return found;
	}

	#forward(token: number, position: number, wantLogits: boolean): void {
		this.#model.forward(token, position, wantLogits);
		this.#inCache[position] = token;
		this.#cached = position + 1;
	}
}
