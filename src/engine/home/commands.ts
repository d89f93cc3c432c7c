/**
 * Understands what people ask of their home: a sentence becomes an action, or `none`. The model chooses, the grammar keeps
 * the answer whole, the home has the names.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { answerParts, type WantedAction } from "ruvllm-esp32/engine/home/encode";
import { AnswerWalk, type Action } from "ruvllm-esp32/engine/home/grammar";
import type { Home } from "ruvllm-esp32/engine/home/home";
import { type Item, link, type Linked, MOST_WORDS } from "ruvllm-esp32/engine/home/linker";
import { FIRST_CHARACTER, INTENTS, symbol, SYMBOLS } from "ruvllm-esp32/engine/home/symbols";
import { words } from "ruvllm-esp32/engine/home/words";
import type { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";

export type { WantedAction } from "ruvllm-esp32/engine/home/encode";
export type { Action } from "ruvllm-esp32/engine/home/grammar";
export { Home } from "ruvllm-esp32/engine/home/home";
export type { HomeConfig } from "ruvllm-esp32/engine/home/home";

export interface Understanding {
	/** `{intent, ...slots}`; `{intent: "none"}` for what is no command of this home. */
	action: Action;
	/**
	 * By how much the first choice, that of the intent, was preferred to refusing (or refusing to it), in nats times 65536;
	 * near 0 is a guess.
	 */
	margin: number;
	/** Tokens that the model read and wrote. */
	tokens: number;
}

export interface HomeCommandsOptions {
	/** What learns from corrections; attached to the same model. */
	adapter?: MicroLoRA;
	/** Nats times 65536 that a command must be likelier than `none`; 0 by default, more refuses more. */
	caution?: number;
}

export class HomeCommands {
	readonly #model: TinyModel;
	readonly #firstSymbol: number;
	readonly #caution: number;
	readonly #adapter: MicroLoRA | undefined;
	home: Home;

	/** @throws RuvllmError HOME_MODEL when the model does not speak the language of commands, HOME_CAUTION */
	constructor(model: TinyModel, home: Home, options: HomeCommandsOptions = {}) {
		this.#model = model;
		this.home = home;
		const caution = options.caution ?? 0;
		if (!Number.isInteger(caution) || Math.abs(caution) > 0x7fffffff)
			throw new RuvllmError("HOME_CAUTION", `caution is ${caution}; it takes a whole number of 32 bits`);
		this.#caution = caution;
		this.#adapter = options.adapter;
		this.#firstSymbol = this.#lastId(FIRST_CHARACTER);
		if (this.#lastId(FIRST_CHARACTER + SYMBOLS.length - 1) !== this.#firstSymbol + SYMBOLS.length - 1)
			throw new RuvllmError("HOME_MODEL", "this model does not speak the language of home commands; take models/home.ruvm, or train one with tools/train/commands.py");
	}

	/** Of the tokens of one character, the last: an unknown one ends with a byte. */
	#lastId(character: number): number {
		const ids = this.#encode(String.fromCharCode(character));
		return ids[ids.length - 1]!;
	}

	#encode(text: string): number[] {
		return Array.from(new Int32Array(this.#model.tokenizer.encode(encodeUtf8(text), 0)));
	}

	#itemTokens(item: Item): number[] {
		const tokens: number[] = [];
		for (const word of item.words)
			tokens.push(...this.#encode(word));
		for (const index of item.symbols)
			tokens.push(this.#firstSymbol + index);
		return tokens;
	}

	/**
	 * @param sentence what was said, or typed
	 * @param here the area where it was said, as the home spells it
	 * Cost: one step of the model for each token of the sentence and the answer, 10 to 40 in all.
	 */
	understand(sentence: string, here?: string): Understanding {
		const read = this.#read(sentence, here);
		return read ? this.#answer(read.prompt, new AnswerWalk(read.linked, read.items, (index) => this.#firstSymbol + index), false) : { action: { intent: "none" }, margin: 0, tokens: 0 };
	}

	/**
	 * What the model reads of a sentence, bos in front, where something else than `understand` runs it: any engine, greedy, with END
	 * as a stop text, on this board or another. What it writes is for `readAnswer` (answer.ts).
	 * @throws RuvllmError HOME_SENTENCE for one that is empty or too long
	 */
	prompt(sentence: string, here?: string): Int32Array {
		const read = this.#read(sentence, here);
		if (!read)
			throw new RuvllmError("HOME_SENTENCE", `a command has 1 to ${MOST_WORDS} words, and with its answer fits the context; say it shorter`);
		return Int32Array.from(read.prompt);
	}

	/** The sentence as tokens; undefined when it is empty, or too long for a command. */
	#read(sentence: string, here: string | undefined): { linked: Linked; items: number[][]; prompt: number[] } | undefined {
		const count = words(sentence).length;
		if (count === 0 || count > MOST_WORDS)
			return undefined;
		const linked = link(sentence, this.home, here), items = linked.items.map((item) => this.#itemTokens(item));
		const prompt = [this.#model.tokenizer.bos, this.#firstSymbol + symbol(here === undefined ? "elsewhere" : "here"), ...items.flat(), this.#firstSymbol + symbol("answer")];
		return prompt.length < this.#model.contextLength ? { linked, items, prompt } : undefined;
	}

	/**
	 * Notes what a sentence should have been understood as; `learn` then learns all that was noted.
	 * @throws RuvllmError HOME_ADAPTER without an adapter, HOME_CORRECTION when the answer can't be said of this sentence
	 */
	correct(sentence: string, here: string | undefined, wanted: WantedAction): void {
		const adapter = this.#teacher(), read = this.#read(sentence, here);
		if (!read || !(INTENTS as readonly string[]).includes(wanted.intent))
			throw new RuvllmError("HOME_CORRECTION", read ? `there is no intent "${wanted.intent}"` : "the sentence is empty, or too long for a command");
		const answer = answerParts(read.linked, wanted);
		if (typeof answer === "string")
			throw new RuvllmError("HOME_CORRECTION", `the sentence can't mean this: ${answer}; an answer takes its names and words from the sentence and the home`);
		const targets = answer.flatMap((part) => typeof part === "number" ? [this.#firstSymbol + part] : this.#encode(part));
		if (read.prompt.length + targets.length > this.#model.contextLength)
			throw new RuvllmError("HOME_CORRECTION", "sentence and answer are longer than the context");
		const tokens = [...read.prompt, ...targets];
		for (let i = 0; i < tokens.length - 1; i++) {
			const answering = i >= read.prompt.length - 1;
			this.#model.forward(tokens[i]!, i, answering);
			if (answering)
				adapter.record(tokens[i + 1]!);
		}
	}

	/** Sentences that the model understands, to be kept: give some of each kind that is used, before the first correction. @throws RuvllmError HOME_ADAPTER */
	rehearse(sentence: string, here?: string): void {
		this.#teacher();
		const read = this.#read(sentence, here);
		if (read)
			this.#answer(read.prompt, new AnswerWalk(read.linked, read.items, (index) => this.#firstSymbol + index), true);
	}

	/** Learns all that was noted: see MicroLoRA.train. @throws RuvllmError HOME_ADAPTER */
	learn(passes = 60): { passes: number; right: number; lessons: number } {
		return this.#teacher().train(passes);
	}

	#teacher(): MicroLoRA {
		if (!this.#adapter)
			throw new RuvllmError("HOME_ADAPTER", "corrections need an adapter: load the model with adapterRank, and give HomeCommands a MicroLoRA");
		return this.#adapter;
	}

	#answer(prompt: readonly number[], walk: AnswerWalk, record: boolean): Understanding {
		const model = this.#model, { logits } = model, none = this.#firstSymbol + symbol("intent:none");
		for (let i = 0; i < prompt.length; i++)
			model.forward(prompt[i]!, i, i === prompt.length - 1);
		let position = prompt.length, margin = 0;
		for (;;) {
			const allowed = walk.allowed();
			let best = allowed[0]!;
			for (const token of allowed)
				if (logits[token]! > logits[best]!)
					best = token;
			if (position === prompt.length) {
				margin = this.#margin(allowed, none);
				best = margin < this.#caution ? none : best === none ? this.#bestBut(allowed, none) : best;
				margin = Math.abs(margin);
			}
			// What the grammar leaves no choice in needs no lesson.
			if (record && allowed.length > 1)
				this.#adapter!.record(best, true);
			walk.take(best);
			if (walk.ended || best === none)
				return { action: best === none ? { intent: "none" } : walk.action, margin, tokens: position };
			// A sentence that fills the context leaves no room for its answer.
			if (position >= model.contextLength)
				return { action: { intent: "none" }, margin: 0, tokens: position };
			model.forward(best, position++, true);
		}
	}

	/** How much likelier the likeliest command is than none; negative: less likely. */
	#margin(allowed: readonly number[], none: number): number {
		const { logits } = this.#model;
		return logits[this.#bestBut(allowed, none)]! - logits[none]!;
	}

	#bestBut(allowed: readonly number[], none: number): number {
		const { logits } = this.#model;
		return allowed.reduce((best, token) => token !== none && (best === none || logits[token]! > logits[best]!) ? token : best, none);
	}
}
