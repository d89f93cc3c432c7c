/**
 * Boards with different models, each an expert: stories, and commands of a home. MicroFastGRNN says whose a text is. What is for the
 * home is a command: its boards put symbols for the home's names, the model answers with an action.
 */

import { decodeUtf8, encodeUtf8 } from "ruvllm-esp32/core/utf8";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { END, readAnswer, spelled } from "ruvllm-esp32/engine/home/answer";
import { type Action, Home, HomeCommands, type HomeConfig } from "ruvllm-esp32/engine/home/commands";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { type Expert, EXPERTS } from "ruvllm-esp32/espnow-federation/app/arguments";
import { MeasuredParts } from "ruvllm-esp32/espnow-federation/app/measured-parts";
import { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";

/** Longer answers than commands have. */
const ANSWER_TOKENS = 48;

/** @throws RuvllmError HOME_CONFIG; SyntaxError */
export function readHome(asset: ArrayBuffer): Home {
	return new Home(JSON.parse(decodeUtf8(new Uint8Array(asset), 0, asset.byteLength)) as HomeConfig);
}

/** Texts are sentences for this home. */
export class HomeParts extends MeasuredParts {
	readonly #commands: HomeCommands;

	/** @throws RuvllmError MODEL_*, HOME_MODEL */
	constructor(file: Pinned, home: Home, contextLength?: number) {
		super(file);
		this.#commands = new HomeCommands(new TinyModel(file, { layers: { from: 0, to: 0 }, contextLength: contextLength ?? this.shape.maxSeqLen, verify: false }), home);
	}
	/** @throws RuvllmError HOME_SENTENCE */
	override encode(text: Uint8Array): Int32Array {
		return this.#commands.prompt(decodeUtf8(text, 0, text.length));
	}
}

/** What a board that is asked knows of experts, whichever it is itself. */
export class Experts {
	readonly #router: MicroFastGRNN;
	readonly #home: Home | undefined;

	/** @param home without it, answers are not read @throws RuvllmError GRNN_FILE, GRNN_OPTION */
	constructor(router: Uint8Array, home: Home | undefined) {
		this.#router = new MicroFastGRNN({ numChips: EXPERTS.length, kind: "content", file: router });
		this.#home = home;
	}

	/** Number of the expert. A function of the text alone. */
	number(text: Uint8Array): number {
		this.#router.read(text);
		return this.#router.route();
	}
	of(text: string): Expert {
		return EXPERTS[this.number(encodeUtf8(text))]!;
	}

	/** Commands have one answer, the likeliest, and an end. */
	settings(expert: Expert, given: Partial<InferenceConfig>): Partial<InferenceConfig> {
		return expert === "home" ? { ...given, greedy: true, repetitionPenalty: 1, stop: [END], maxTokens: Math.min(given.maxTokens ?? ANSWER_TOKENS, ANSWER_TOKENS) } : given;
	}

	/** What the home model wrote, for people; and the action, undefined where it is none or the home is not known here. */
	answer(sentence: string, written: string): { text: string; action: Action | undefined } {
		return { text: ` ${spelled(written)}`, action: this.#home && readAnswer(written, sentence, this.#home) };
	}
}
