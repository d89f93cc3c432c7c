/**
 * Speed, by the tests of llama.cpp's llama-bench: pp N reads a prompt of N tokens, without logits; tg N
 * generates N tokens from the begin token on, greedy; boot goes from reset to the first token. And how much of the time is spent outside kernels.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { kernelTicks, profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import type { MicroEngine } from "ruvllm-esp32/engine";

export type BenchTest = "pp" | "tg" | "boot";

export interface BenchResult {
	test: BenchTest;
	tokens: number;
	/** Of each run; the caller takes median and deviation. Empty where ticks are instructions: they tell more. */
	microseconds: number[];
	/** Of a run of its own with the profile on. */
	ticks: number;
	tickUnit: ReturnType<typeof tickUnit>;
	/** Share of those ticks that is not inside a kernel. */
	outsideKernels: number;
	/** Garbage collections during the runs. */
	collections: number;
}

const RUNS = 7;

/**
 * Cost: nine times the tokens; where ticks are instructions once, since they repeat exactly.
 * @throws RuvllmError BENCH_TEST, BENCH_TOKENS when the context does not hold so many
 */
export function bench(engine: MicroEngine, test: BenchTest, tokens: number): BenchResult {
	const { model } = engine;
	if (test === "boot")
		return boot(engine);
	if (test !== "pp" && test !== "tg")
		throw new RuvllmError("BENCH_TEST", `there is no test "${String(test)}"; there are pp, tg and boot`);
	if (!Number.isInteger(tokens) || tokens < 1 || tokens > model.contextLength)
		throw new RuvllmError("BENCH_TOKENS", `tokens is ${tokens}; the context holds 1 to ${model.contextLength}`);
	const run = test === "pp" ? () => readPrompt(engine, tokens) : () => generate(engine, tokens);
	const exact = tickUnit() === "instructions", times: number[] = [];
	let before = memoryUse().collections;
	if (!exact) {
		run();
		before = memoryUse().collections;
		for (let i = 0; i < RUNS; i++) {
			const start = microseconds();
			run();
			times.push(microseconds() - start);
		}
	}
	profile(true);
	run();
	const ticks = totalTicks(), inside = kernelTicks();
	profile(false);
	return {
		test, tokens, microseconds: times, ticks, tickUnit: tickUnit(), outsideKernels: (ticks - inside) / ticks,
		collections: memoryUse().collections - before,
	};
}

/**
 * From reset to the first token after the begin token; to be asked for before anything else.
 * @throws RuvllmError BENCH_BOOT where ticks do not count from reset
 */
function boot(engine: MicroEngine): BenchResult {
	if (tickUnit() !== "instructions")
		throw new RuvllmError("BENCH_BOOT", "this host does not count from reset; ask the emulated board (--host riscv)");
	generate(engine, 1);
	const ticks = totalTicks();
	return { test: "boot", tokens: 1, microseconds: [], ticks, tickUnit: "instructions", outsideKernels: 0, collections: memoryUse().collections };
}

/** Any tokens: what they are changes nothing in the work. */
function readPrompt({ model }: MicroEngine, tokens: number): void {
	const { vocabSize } = model.shape;
	for (let i = 0; i < tokens; i++)
		model.forward(i % vocabSize, i, false);
}

function generate(engine: MicroEngine, tokens: number): void {
	engine.generate([Math.max(0, engine.model.tokenizer.bos)], { greedy: true, maxTokens: tokens, stopAtEnd: false });
}
