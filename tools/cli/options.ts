/** Options that several commands share, and the parsing of numbers. */

import { Command, InvalidArgumentError } from "commander";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { DEFAULT_MODEL } from "./models.ts";

export const number = (text: string): number => {
	const value = Number(text);
	if (text.trim() === "" || !Number.isFinite(value))
		throw new InvalidArgumentError("It is no number.");
	return value;
};

export const integer = (text: string): number => {
	const value = number(text);
	if (!Number.isSafeInteger(value))
		throw new InvalidArgumentError("It is no whole number.");
	return value;
};

export const list = (text: string, before: string[] = []): string[] => [...before, text];

export interface CommonOptions {
	model: string;
	host: string;
	context?: number;
	cores?: number;
	attention?: string;
	json?: boolean;
}

export function withCommon(command: Command): Command {
	return command
		.option("-m, --model <name|file>", "the model", DEFAULT_MODEL)
		.option("--host <name>", "where it runs: desktop, or riscv (the ESP32-C3's instruction set, emulated)", "desktop")
		.option("--context <positions>", "tokens that prompt and answer can have together; the model's own number by default", integer)
		.option("--cores <n>", "cores that multiply: 1 or 2", integer)
		.option("--attention <pattern>", "sparse attention: window:64,sinks:4, strided:16, dilated:32,dilation:2 or bigbird:32,globals:2,random:4", undefined)
		.option("--json", "print JSON");
}

export interface SamplingOptions {
	maxTokens?: number;
	temperature?: number;
	topK?: number;
	topP?: number;
	minP?: number;
	repetitionPenalty?: number;
	seed?: number;
	greedy?: boolean;
	stop?: string[];
}

export function withSampling(command: Command): Command {
	return command
		.option("-n, --max-tokens <n>", "tokens to generate at most", integer)
		.option("-t, --temperature <t>", "0 (safe) to 10 (wild)", number)
		.option("-k, --top-k <k>", "only the k likeliest tokens", integer)
		.option("-p, --top-p <p>", "only tokens that hold this share of the probability", number)
		.option("--min-p <p>", "only tokens this likely, relative to the likeliest", number)
		.option("--repetition-penalty <x>", "above 1: fewer repetitions", number)
		.option("-s, --seed <n>", "the same seed gives the same text", integer)
		.option("-g, --greedy", "always the likeliest token")
		.option("--stop <text>", "end before this text (may be repeated)", list);
}

/** The engine's settings; a seed is drawn when none is given. */
export function inferenceOf(options: SamplingOptions): Partial<InferenceConfig> & { seed: number } {
	const { maxTokens, temperature, topK, topP, minP, repetitionPenalty, greedy, stop } = options;
	return { maxTokens, temperature, topK, topP, minP, repetitionPenalty, greedy, stop, seed: options.seed ?? Math.floor(Math.random() * 2 ** 31) };
}
