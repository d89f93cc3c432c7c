/** Generates text: reads a prompt, then samples token by token until a stop condition holds. */

import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { decodeTokens, Generation, type GenerationResult } from "ruvllm-esp32/engine/generation";
import { completeConfig, InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";

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
		return decodeTokens(this.model.tokenizer, tokens, previous);
	}

	/**
	 * @param prompt text, or token ids that begin where the model's texts begin (usually with its bos)
	 * @throws RuvllmError PROMPT_TOO_LONG, PROMPT_TOKEN, CONFIG_*
	 */
	generate(prompt: string | ArrayLike<number>, partial: Partial<InferenceConfig> = {}): GenerationResult {
		const config = completeConfig(partial), { model } = this, sequence = this.#sequence;
		const run = new Generation(model, typeof prompt === "string" ? this.encode(prompt) : prompt, config, { sequence });
		// Only the prompt's last token needs logits.
		let position = 0;
		for (const last = run.promptTokens - 1; position <= last; position++)
			model.forward(sequence[position]!, position, position === last);
		for (let token = run.next(); !run.ended; token = run.next())
			model.forward(token, position++, true);
		return run.result();
	}
}
