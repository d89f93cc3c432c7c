/**
 * One text being generated, token by token: the caller puts tokens through the model, `next` draws from its logits. So
 * that it serves a loop (MicroEngine) and boards that wait for others' hidden states alike. Drawing allocates nothing:
 * no closures, no iterators, no strings.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { microseconds } from "ruvllm-esp32/platform/clock";
import type { Tokenizer } from "ruvllm-esp32/platform/kernels";
import { tokenDigest } from "ruvllm-esp32/engine/digest";
import { InferenceConfig, writeSamplerSettings } from "ruvllm-esp32/engine/inference-config";
import { StopMatcher } from "ruvllm-esp32/engine/stop-matcher";
import { type LaneSampler, LONGEST_PIECE, type TinyModel } from "ruvllm-esp32/engine/tiny-model";

/** Why a generation ended. */
export type StopReason = "end" | "stop" | "maxTokens" | "context" | "callback";

export interface GenerationResult {
	/** The generated tokens, without the prompt and without a final end token. */
	tokens: number[];
	text: string;
	promptTokens: number;
	stopReason: StopReason;
	/** CRC-32 of the first 32 generated tokens; see digest.ts. */
	digest: string;
	/** From the call to the first token, and for the rest. Integers. */
	firstTokenMicroseconds: number;
	microseconds: number;
}

export interface GenerationOptions {
	/** Sequence of the model that this is; 0 by default. */
	lane?: number;
	/** Where the tokens are kept: at least contextLength + 1 places; its own by default. */
	sequence?: Int32Array;
	/** Whose time the result tells; the host's by default. */
	clock?: { microseconds(): number };
}

const HOST_CLOCK = { microseconds };

export class Generation {
	/** The prompt's tokens, then the generated ones: place i is position i. */
	readonly sequence: Int32Array;
	readonly promptTokens: number;
	/** Generated tokens. */
	count = 0;
	/** Whether no token follows; then `reason` says why. */
	ended = false;
	reason: StopReason = "maxTokens";
	/** Of what the tokens spell, how much is text: all, or what stands before a stop text. */
	#textBytes = 0;
	readonly #model: TinyModel;
	readonly #sampler: LaneSampler;
	readonly #config: InferenceConfig;
	readonly #matcher: StopMatcher;
	readonly #window: number;
	readonly #clock: { microseconds(): number };
	readonly #start: number;
	#firstTokenAt = 0;
	#endAt = 0;

	/**
	 * Takes the settings into the lane's sampler; the model has still to read the prompt.
	 * @param config as completeConfig gives it
	 * @throws RuvllmError PROMPT_TOKEN, PROMPT_TOO_LONG, LANES, GENERATION_SEQUENCE
	 */
	constructor(model: TinyModel, prompt: ArrayLike<number>, config: InferenceConfig, options: GenerationOptions = {}) {
		this.#clock = options.clock ?? HOST_CLOCK;
		this.#start = this.#clock.microseconds();
		const context = model.contextLength;
		if (!(prompt.length > 0))
			throw new RuvllmError("PROMPT_TOKEN", "the prompt has no tokens; begin with the model's bos");
		if (prompt.length > context)
			throw new RuvllmError("PROMPT_TOO_LONG", `the prompt has ${prompt.length} tokens, the context holds ${context}; shorten it`);
		const sequence = this.sequence = options.sequence ?? new Int32Array(context + 1);
		if (sequence.length <= context)
			throw new RuvllmError("GENERATION_SEQUENCE", `the sequence has ${sequence.length} places; it takes ${context + 1}`);
		for (let i = 0; i < prompt.length; i++)
			sequence[i] = checkToken(model, prompt[i]!, i);
		this.promptTokens = prompt.length;
		this.#model = model;
		this.#config = config;
		this.#sampler = model.sampler(options.lane ?? 0);
		this.#matcher = new StopMatcher(config.stop, LONGEST_PIECE);
		this.#window = config.repetitionPenalty === 1 ? 0 : Math.min(config.repetitionWindow, model.penaltyWindow);
		writeSamplerSettings(this.#sampler.settings, config);
		this.#sampler.sample.run(0);
		if (config.maxTokens === 0)
			this.#end("maxTokens");
	}

	/** Tokens of the prompt and behind it. Position `length` - 1 is the one whose logits `next` wants. */
	get length(): number {
		return this.promptTokens + this.count;
	}

	/**
	 * Draws the next token from the model's logits, which are those of the last position, and hands it out (onToken).
	 * Penalties change the logits. Look at `ended` behind it: the last token needs no way through the model.
	 * @returns the token; -1 when the generation has ended without one more
	 */
	next(): number {
		if (this.ended)
			return -1;
		if (this.#window)
			this.#fillRecent();
		const { tokenizer } = this.#model, token = this.#sampler.sample.run(1);
		if (this.count === 0)
			this.#firstTokenAt = this.#clock.microseconds();
		if (this.#config.stopAtEnd && (token === tokenizer.bos || token === tokenizer.eos)) {
			this.#end("end");
			return -1;
		}
		this.#append(token, true);
		return token;
	}

	/**
	 * Continues behind tokens that were drawn elsewhere with the same prompt and settings: the next draw is what it would
	 * have been there. The model has still to read them.
	 * @param emit whether onToken is called for them
	 * @throws RuvllmError PROMPT_TOKEN for what is no token, GENERATION_RESUME for tokens that can't have been drawn
	 */
	resume(tokens: ArrayLike<number>, emit = false): void {
		const { tokenizer } = this.#model;
		for (let i = 0; i < tokens.length; i++) {
			const token = checkToken(this.#model, tokens[i]!, this.length);
			if (this.ended || this.#config.stopAtEnd && (token === tokenizer.bos || token === tokenizer.eos))
				throw new RuvllmError("GENERATION_RESUME", `the generation ends before known token ${i} of ${tokens.length}; give the tokens that it had, and its own settings`);
			this.#sampler.sample.run(2);
			if (this.count === 0)
				this.#firstTokenAt = this.#clock.microseconds();
			this.#append(token, emit);
		}
	}

	/** What there is so far. Allocates. */
	result(): GenerationResult {
		const { count, sequence, promptTokens } = this;
		// Filled first: XS would make a growing array anew for each token.
		const tokens = new Array<number>(count).fill(0);
		for (let i = 0; i < count; i++)
			tokens[i] = sequence[promptTokens + i]!;
		const end = this.ended ? this.#endAt : this.#clock.microseconds(), firstToken = this.#firstTokenAt || end;
		const text = decodeUtf8(decodeTokens(this.#model.tokenizer, tokens, sequence[promptTokens - 1]!), 0, this.#textBytes);
		return {
			tokens, text, promptTokens, stopReason: this.reason, digest: tokenDigest(tokens),
			firstTokenMicroseconds: firstToken - this.#start, microseconds: end - firstToken,
		};
	}

	#append(token: number, emit: boolean): void {
		const at = this.promptTokens + this.count++, previous = this.sequence[at - 1]!;
		this.sequence[at] = token;
		if (!this.#spell(previous, token, emit))
			return;
		// The token just chosen has no place any more, so nothing can follow it.
		if (at >= this.#model.contextLength)
			this.#end("context", emit);
		else if (this.count >= this.#config.maxTokens)
			this.#end("maxTokens", emit);
	}

	/** The last tokens, newest at the end or not: the sampler takes them as a set. */
	#fillRecent(): void {
		const { settings, recent } = this.#sampler, { sequence } = this, length = this.promptTokens + this.count, count = Math.min(this.#window, length);
		for (let i = 0; i < count; i++)
			recent[i] = sequence[length - 1 - i]!;
		settings[7] = count;
	}

	/** @returns false when the generation ends here */
	#spell(previous: number, token: number, emit: boolean): boolean {
		const { onToken } = this.#config;
		const matcher = this.#matcher;
		const count = this.#model.tokenizer.copyPiece(previous, token, matcher.buffer, matcher.offset);
		const certain = matcher.push(count);
		const go = onToken && emit ? onToken(token, matcher.buffer, certain) : true;
		matcher.drop(certain);
		this.#textBytes += certain;
		if (matcher.stopped)
			this.reason = "stop";
		else if (go === false) {
			this.reason = "callback";
			this.#textBytes += matcher.offset;
		}
		else
			return true;
		this.ended = true;
		this.#endAt = this.#clock.microseconds();
		return false;
	}

	/** Hands out what was held back for a stop text that did not come. */
	#end(reason: StopReason, emit = true): void {
		const count = this.#matcher.flush();
		this.reason = reason;
		this.#textBytes += count;
		if (count && emit && this.#config.onToken)
			this.#config.onToken(-1, this.#matcher.buffer, count);
		this.ended = true;
		this.#endAt = this.#clock.microseconds();
	}
}

function checkToken(model: TinyModel, token: number, place: number): number {
	const { vocabSize } = model.shape;
	if (!Number.isInteger(token) || token < 0 || token >= vocabSize)
		throw new RuvllmError("PROMPT_TOKEN", `token ${place} of the text is ${token}; the vocabulary has ids 0 to ${vocabSize - 1}`);
	return token;
}

/** Bytes of a sequence of ids, which may begin with the begin token; `previous` is the one in front of them. */
export function decodeTokens(tokenizer: Tokenizer, tokens: ArrayLike<number>, previous = -1): Uint8Array {
	let out = new Uint8Array(LONGEST_PIECE + 4 * tokens.length), end = 0;
	for (let i = 0; i < tokens.length; i++) {
		if (end + LONGEST_PIECE > out.length) {
			const larger = new Uint8Array(2 * out.length);
			larger.set(out);
			out = larger;
		}
		end += tokenizer.copyPiece(previous, tokens[i]!, out, end);
		previous = tokens[i]!;
	}
	return out.slice(0, end);
}
