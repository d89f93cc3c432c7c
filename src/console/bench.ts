/** Speed: tokens from the begin token on, greedy, and how much of the time is spent outside kernels. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { kernelTicks, profile, totalTicks } from "ruvllm-esp32/platform/kernels";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import type { MicroEngine } from "ruvllm-esp32/engine";

export interface BenchResult {
	tokens: number;
	/** Of each run; the caller takes median and deviation. */
	microseconds: number[];
	/** Share of the time that is not inside a kernel, from a run of its own with the profile on. */
	outsideKernels: number;
	/** Ticks (cycles, or instructions in the emulator) of the profiled run. */
	ticks: number;
	collections: number;
}

const RUNS = 7;

/** @throws RuvllmError BENCH_TOKENS when the context does not hold so many */
export function bench(engine: MicroEngine, tokens: number): BenchResult {
	const { model } = engine;
	if (!Number.isInteger(tokens) || tokens < 1 || tokens > model.contextLength)
		throw new RuvllmError("BENCH_TOKENS", `tokens is ${tokens}; the context holds 1 to ${model.contextLength}`);
	const config = { greedy: true, maxTokens: tokens, stopAtEnd: false };
	const prompt = [Math.max(0, model.tokenizer.bos)];
	engine.generate(prompt, config);
	const collections = memoryUse().collections;
	const times: number[] = [];
	for (let i = 0; i < RUNS; i++) {
		const start = microseconds();
		engine.generate(prompt, config);
		times.push(microseconds() - start);
	}
	const collected = memoryUse().collections - collections;
	profile(true);
	engine.generate(prompt, config);
	const ticks = totalTicks(), inside = kernelTicks();
	profile(false);
	return { tokens, microseconds: times, outsideKernels: (ticks - inside) / ticks, ticks, collections: collected };
}
