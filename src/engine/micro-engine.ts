/** Generates text: reads a prompt, then samples token by token until a stop condition holds. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8, encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { tokenDigest } from "ruvllm-esp32/engine/digest";
import { completeConfig, InferenceConfig, writeSamplerSettings } from "ruvllm-esp32/engine/inference-config";
import { StopMatcher } from "ruvllm-esp32/engine/stop-matcher";
import { LONGEST_PIECE, type TinyModel } from "ruvllm-esp32/engine/tiny-model";

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

export class MicroEngine {
	readonly model: TinyModel;
	/** Tokens of the sequence so far; position i holds token i. */
	readonly #sequence: Int32Array;

	constructor(model: TinyModel) {
		this.model = model;
		this.#sequence = new Int32Array(model.contextLength + 1);
	}

	/** Ids of a text, with the begin token in front. */
	encode(prompt: string | Uint8Array): Int32Array {
		const bytes = typeof prompt === "string" ? encodeUtf8(prompt) : prompt;
		return new Int32Array(this.model.tokenizer.encode(bytes, 1));
	}

	/** Bytes of a sequence of ids, which may begin with the begin token. */
	decode(tokens: ArrayLike<number>, previous = -1): Uint8Array {
		const { tokenizer } = this.model;
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

	/**
	 * @param prompt text, or token ids that begin where the model's texts begin (usually with its bos)
	 * @throws RuvllmError PROMPT_TOO_LONG, PROMPT_TOKEN, CONFIG_*
	 */
	generate(prompt: string | ArrayLike<number>, partial: Partial<InferenceConfig> = {}): GenerationResult {
		const config = completeConfig(partial);
		const ids = typeof prompt === "string" ? this.encode(prompt) : this.#checkIds(prompt);
		const context = this.model.contextLength;
		if (ids.length > context)
			throw new RuvllmError("PROMPT_TOO_LONG", `the prompt has ${ids.length} tokens, the context holds ${context}; shorten it`);
		const start = microseconds();
		this.#prefill(ids, config);
		const run = new Run(this.model, this.#sequence, ids.length, config);
		run.loop();
		// Filled first: XS would make a growing array anew for each token.
		const tokens = new Array<number>(run.count).fill(0);
		for (let i = 0; i < run.count; i++)
			tokens[i] = this.#sequence[ids.length + i]!;
		const end = microseconds();
		const firstToken = run.firstTokenAt || end;
		const text = decodeUtf8(this.decode(tokens, ids[ids.length - 1]!), 0, run.textBytes);
		return {
			tokens, text, promptTokens: ids.length, stopReason: run.reason,
			digest: tokenDigest(tokens), firstTokenMicroseconds: firstToken - start, microseconds: end - firstToken,
		};
	}

	#checkIds(prompt: ArrayLike<number>): Int32Array {
		const { vocabSize } = this.model.shape;
		if (!(prompt.length > 0))
			throw new RuvllmError("PROMPT_TOKEN", "the prompt has no tokens; begin with the model's bos");
		for (let i = 0; i < prompt.length; i++)
			if (!Number.isInteger(prompt[i]) || prompt[i]! < 0 || prompt[i]! >= vocabSize)
				throw new RuvllmError("PROMPT_TOKEN", `token ${i} of the prompt is ${prompt[i]}; the vocabulary has ids 0 to ${vocabSize - 1}`);
		return Int32Array.from(prompt);
	}

	/** Runs the prompt; only its last token needs logits. */
	#prefill(ids: Int32Array, config: InferenceConfig): void {
		const { model } = this;
		writeSamplerSettings(model.samplerSettings, config);
		model.sample.run(0);
		for (let i = 0; i < ids.length; i++) {
			this.#sequence[i] = ids[i]!;
			model.forward(ids[i]!, i, i === ids.length - 1);
		}
	}
}

/** The state of one generation. Its loop allocates nothing: no closures, no iterators, no strings. */
class Run {
	count = 0;
	reason: StopReason = "maxTokens";
	firstTokenAt = 0;
	/** Of what the tokens spell, how much is text: all, or what stands before a stop text. */
	textBytes = 0;
	readonly #model: TinyModel;
	readonly #sequence: Int32Array;
	readonly #promptLength: number;
	readonly #config: InferenceConfig;
	readonly #matcher: StopMatcher;
	readonly #window: number;

	constructor(model: TinyModel, sequence: Int32Array, promptLength: number, config: InferenceConfig) {
		this.#model = model;
		this.#sequence = sequence;
		this.#promptLength = promptLength;
		this.#config = config;
		this.#matcher = new StopMatcher(config.stop, LONGEST_PIECE);
		this.#window = config.repetitionPenalty === 1 ? 0 : Math.min(config.repetitionWindow, model.penaltyWindow);
	}

	loop(): void {
		const model = this.#model, { bos, eos } = model.tokenizer;
		const { maxTokens, stopAtEnd } = this.#config;
		let position = this.#promptLength - 1;
		while (this.count < maxTokens) {
			if (this.#window)
				this.#fillRecent(position + 1);
			const token = model.sample.run(1);
			if (this.count === 0)
				this.firstTokenAt = microseconds();
			if (stopAtEnd && (token === bos || token === eos)) {
				this.reason = "end";
				break;
			}
			const previous = this.#sequence[position]!;
			this.#sequence[++position] = token;
			this.count++;
			if (!this.#emit(previous, token))
				return;
			// The token just chosen has no place any more, so nothing can follow it.
			if (position >= model.contextLength) {
				this.reason = "context";
				break;
			}
			if (this.count < maxTokens)
				model.forward(token, position, true);
		}
		this.#flush();
	}

	/** The last tokens, newest at the end or not: the sampler takes them as a set. */
	#fillRecent(length: number): void {
		const count = Math.min(this.#window, length);
		for (let i = 0; i < count; i++)
			this.#model.recent[i] = this.#sequence[length - 1 - i]!;
		this.#model.samplerSettings[7] = count;
	}

	/** @returns false when the generation ends here */
	#emit(previous: number, token: number): boolean {
		const { onToken } = this.#config;
		const matcher = this.#matcher;
		const count = this.#model.tokenizer.copyPiece(previous, token, matcher.buffer, matcher.offset);
		const certain = matcher.push(count);
		const go = onToken ? onToken(token, matcher.buffer, certain) : true;
		matcher.drop(certain);
		this.textBytes += certain;
		if (matcher.stopped)
			this.reason = "stop";
		else if (go === false) {
			this.reason = "callback";
			this.textBytes += matcher.offset;
		}
		else
			return true;
		return false;
	}

	/** Hands out what was held back for a stop text that did not come. */
	#flush(): void {
		const count = this.#matcher.flush();
		this.textBytes += count;
		if (count && this.#config.onToken)
			this.#config.onToken(-1, this.#matcher.buffer, count);
	}
}
