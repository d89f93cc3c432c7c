/** How text is generated: limits, sampling, stops. Checked once, then turned into integers. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface InferenceConfig {
	/** Tokens to generate at most; 256 by default. The context may end it before. */
	maxTokens: number;
	/** Always the likeliest token; the same as temperature 0. */
	greedy: boolean;
	/** 0 to 10; 0.8 by default. Lower is safer, higher is wilder. */
	temperature: number;
	/** Only the k likeliest tokens; 0 (default): all. */
	topK: number;
	/** Only the likeliest tokens that hold this share of the probability; 0.9 by default, 1: all. */
	topP: number;
	/** Only tokens at least this likely, as a share of the likeliest; 0 (default): all. */
	minP: number;
	/** Above 1 makes recent tokens less likely; 1 by default, 1/16 to 16. */
	repetitionPenalty: number;
	/** How many recent tokens are penalised; 64 by default, at most the model's window. */
	repetitionWindow: number;
	/** Integer from 0 to 2^53 - 1: the same seed, model and prompt give the same text on every host. */
	seed: number;
	/** Texts that end the generation; they are not part of the result. */
	stop: readonly string[];
	/** Whether the end-of-text tokens of the vocabulary end the generation; true by default. */
	stopAtEnd: boolean;
	/**
	 * Called with each token as it is chosen, before the next one; nothing is allocated for it. A last
	 * call with token -1 may hand out what was held back.
	 * `bytes` holds `count` bytes of text that are certain to be part of the result (0 when they may
	 * yet become a stop text). Return false to end the generation.
	 */
	onToken?: (token: number, bytes: Uint8Array, count: number) => boolean | void;
}

export const DEFAULT_INFERENCE: Readonly<InferenceConfig> = {
	maxTokens: 256, greedy: false, temperature: 0.8, topK: 0, topP: 0.9, minP: 0,
	repetitionPenalty: 1, repetitionWindow: 64, seed: 0, stop: [], stopAtEnd: true,
};

const RANGES: [keyof InferenceConfig, string, number, number, boolean][] = [
	["maxTokens", "CONFIG_MAX_TOKENS", 0, 1 << 20, true],
	["temperature", "CONFIG_TEMPERATURE", 0, 10, false],
	["topK", "CONFIG_TOP_K", 0, 65535, true],
	["topP", "CONFIG_TOP_P", 0, 1, false],
	["minP", "CONFIG_MIN_P", 0, 1, false],
	["repetitionPenalty", "CONFIG_PENALTY", 1 / 16, 16, false],
	["repetitionWindow", "CONFIG_WINDOW", 0, 4096, true],
	["seed", "CONFIG_SEED", 0, Number.MAX_SAFE_INTEGER, true],
];

/** @throws RuvllmError CONFIG_* naming the field, its value and its range */
export function completeConfig(partial: Partial<InferenceConfig>): InferenceConfig {
	const config: InferenceConfig = { ...DEFAULT_INFERENCE };
	for (const key of Object.keys(partial) as (keyof InferenceConfig)[]) {
		if (!Object.hasOwn(DEFAULT_INFERENCE, key) && key !== "onToken")
			throw new RuvllmError("CONFIG_UNKNOWN", `there is no setting "${key}"; the settings are ${Object.keys(DEFAULT_INFERENCE).join(", ")}`);
		if (partial[key] !== undefined)
			(config as unknown as Record<string, unknown>)[key] = partial[key];
	}
	for (const [key, code, low, high, integer] of RANGES) {
		const value = config[key];
		if (typeof value !== "number" || !(value >= low && value <= high) || (integer && !Number.isInteger(value)))
			throw new RuvllmError(code, `${key} is ${String(value)}; it takes ${integer ? "an integer" : "a number"} from ${low} to ${high}`);
	}
	for (const key of ["greedy", "stopAtEnd"] as const)
		if (typeof config[key] !== "boolean")
			throw new RuvllmError("CONFIG_BOOLEAN", `${key} is ${String(config[key])}; it takes true or false`);
	if (config.onToken !== undefined && typeof config.onToken !== "function")
		throw new RuvllmError("CONFIG_ON_TOKEN", "onToken takes a function");
	if (!Array.isArray(config.stop) || config.stop.some((text) => typeof text !== "string" || text.length === 0))
		throw new RuvllmError("CONFIG_STOP", "stop takes a list of texts that are not empty");
	// A copy: programs may change their own, and the default lies in flash on a board, where JSON.stringify can't mark it as seen and refuses it.
	config.stop = config.stop.slice();
	return config;
}

/** log2(e), for temperatures: weights are powers of two. */
const LOG2_E = Math.LOG2E;

/** The sampler's settings as native/xs/operator-kinds.c reads them; `recent` stays 0 until tokens come. */
export function writeSamplerSettings(settings: Uint32Array, config: InferenceConfig): void {
	const greedy = config.greedy || config.temperature === 0;
	settings[0] = greedy ? 0 : Math.min(0xffffffff, Math.round(LOG2_E / config.temperature * 65536));
	settings[1] = config.topK;
	settings[2] = Math.max(1, Math.round(config.topP * 65536));
	settings[3] = Math.round(config.minP * 65536);
	settings[4] = Math.round(config.repetitionPenalty * 65536);
	settings[5] = config.seed % 0x100000000;
	settings[6] = Math.floor(config.seed / 0x100000000);
	settings[7] = 0;
}
