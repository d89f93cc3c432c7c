/** Intents from labelled examples: hwu64 on a tenth of its own, clinc150 on its validation sentences, with what is out of scope; and the cost. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingForRiscv } from "../../../tools/build/qemu.ts";
import { packageRoot } from "../../../tools/build/paths.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { clincOf, heldOut, type Labelled, linesOf, SPLIT_SEED, tableOf } from "./data.ts";

interface Result {
	intents: number; bytes: number; threshold: number; train: number; test: number; trainSeconds: number; likeliest: number; accuracy: number; recall: number;
	embed: Cost; classify: Cost; learn: Cost;
}
interface Cost { ticks: number; microseconds: number }

const PROGRAM = "benches/ruvector/intents/program.ts";
/** Sentences on the emulated board. */
const FEW = 60;

async function run(sets: Record<string, readonly Labelled[]>, options: { host?: "desktop" | "riscv"; args?: string[] } = {}): Promise<Result> {
	const assets = new Map<string, Uint8Array>([["words", readFileSync(join(packageRoot, "models/words.rvem"))]]);
	for (const [name, examples] of Object.entries(sets))
		assets.set(name, linesOf(examples));
	return (await runProgram<Result>(PROGRAM, { assets, ...options }))[0]!;
}

const round = (value: number, digits = 4): number => Number(value.toFixed(digits));

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const figures: Figure[] = [], measured = { tier: "measured" } as const;
	const hwu = tableOf(data, "hwu64/train.tsv", "intent", "text");
	if (hwu) {
		const train = hwu.filter(({ text }) => !heldOut(text)), test = hwu.filter(({ text }) => heldOut(text)), note = `seed ${SPLIT_SEED}: ${train.length} sentences to learn, ${test.length} others to ask`;
		for (const buckets of [512, 0]) {
			const result = await run({ train, test }, { args: [`buckets=${buckets}`] }), name = `hwu64, ${buckets ? "" : "embedding alone, "}`;
			figures.push({ ...measured, figure: `${name}accuracy`, value: round(result.likeliest), ...buckets ? { limit: 0.85, atLeast: true } : {}, note });
			figures.push({ ...measured, figure: `${name}memory`, value: result.bytes, unit: "bytes" }, { ...measured, figure: `${name}time to learn`, value: round(result.trainSeconds, 2), unit: "s" });
		}
	}
	const train = clincOf(data, "train");
	if (train) {
		const sets = { train, test: clincOf(data, "val")!, strange: clincOf(data, "oos_val")!, calibrate: clincOf(data, "oos_train")! }, result = await run(sets);
		const note = `threshold ${result.threshold} of 32768, so that half of oos_train is out of scope; a sentence in scope that is refused counts as wrong`;
		figures.push(
			{ ...measured, figure: "clinc150, accuracy", value: round(result.accuracy), limit: 0.89, atLeast: true, note }, { ...measured, figure: "clinc150, out-of-scope recall", value: round(result.recall), limit: 0.3, atLeast: true, note },
			{ ...measured, figure: "clinc150, accuracy without a threshold", value: round(result.likeliest) }, { ...measured, figure: "clinc150, memory", value: result.bytes, unit: "bytes" },
		);
	}
	if (hwu && !missingForRiscv()) {
		// Their cost depends on classes and lengths only: a few sentences of each intent are enough.
		const counts = new Map<string, number>(), few = hwu.filter(({ intent }) => (counts.set(intent, (counts.get(intent) ?? 0) + 1).get(intent) ?? 0) <= 2);
		const result = await run({ train: few, test: hwu.filter(({ text }) => heldOut(text)).slice(0, FEW) }, { host: "riscv", args: ["passes=1"] });
		for (const name of ["embed", "classify", "learn"] as const)
			figures.push({ figure: `hwu64, ${name} a sentence`, value: Math.round(result[name].ticks), unit: "instructions", tier: "emulated", note: "ESP32-C3's instruction set, mean of 60 sentences; learn classifies first" });
	}
	return figures;
}
