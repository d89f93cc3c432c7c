/** A request for text, wherever its tokens are drawn: what was asked, what was generated so far, and who waits. */

import { Generation, type GenerationResult } from "ruvllm-esp32/engine/generation";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { LaneRequest } from "ruvllm-esp32/espnow-federation/sessions/worker";

export type Done = (error: Error | undefined, result: GenerationResult | undefined) => void;

export class Job {
	readonly request: LaneRequest;
	readonly config: InferenceConfig;
	/** Tokens generated before this epoch. */
	known: ArrayLike<number>;
	/** Time, in the board's microseconds, at which it fails. */
	readonly deadline: number;
	readonly #done: Done;
	#over = false;

	/** @param known tokens that were drawn elsewhere */
	constructor(request: LaneRequest, config: InferenceConfig, done: Done, known: ArrayLike<number> = [], deadline = Infinity) {
		this.request = request;
		this.config = config;
		this.#done = done;
		this.known = known;
		this.deadline = deadline;
	}

	get over(): boolean {
		return this.#over;
	}

	/** The generation, where it stands. @throws RuvllmError PROMPT_* */
	generation(model: TinyModel, lane: number, clock: { microseconds(): number }): Generation {
		const generation = new Generation(model, this.request.prompt, this.config, { lane, clock });
		generation.resume(this.known);
		return generation;
	}

	/** Keeps what was generated, for the next epoch. */
	keep({ sequence, promptTokens, length }: Generation): void {
		this.known = sequence.slice(promptTokens, length);
	}

	finish(generation: Generation): void {
		if (!this.#over) {
			this.#over = true;
			this.#done(undefined, generation.result());
		}
	}

	fail(error: Error): void {
		if (!this.#over) {
			this.#over = true;
			this.#done(error, undefined);
		}
	}
}

/** Settings as text that travels, and back: what a program gives can't be trusted to be the same object. */
export const configText = ({ onToken: _, ...rest }: InferenceConfig): string => escaped(JSON.stringify(rest));

/** ASCII only, so that a character is a byte. */
const escaped = (text: string): string => {
	let out = "";
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		out += code < 128 ? text[i] : `\\u${code.toString(16).padStart(4, "0")}`;
	}
	return out;
};
