/**
 * Are two sentences that mean the same nearer than two random ones? The area under the ROC curve, over pairs of sentences of one intent
 * that share few words (at most a fifth of those of both), against pairs of different intents. The sentences were not trained on.
 */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { words } from "ruvllm-esp32/ruvector/text/words";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { packageRoot } from "../../../tools/build/paths.ts";
import { clincOf, heldOut, type Labelled, linesOf, tableOf } from "../intents/data.ts";

const PAIRS = 100_000;
const SHARED = 0.2;
const SEED = 5;

/** mulberry32 */
function randomFrom(seed: number): (n: number) => number {
	let state = seed;
	return (n) => {
		state = state + 0x6d2b79f5 | 0;
		let t = Math.imul(state ^ state >>> 15, 1 | state);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) % n;
	};
}

/** Chance that one of `near` is above one of `far`; equal ones count half. */
export function areaUnderCurve(near: readonly number[], far: readonly number[]): number {
	const all = [...near.map((value) => ({ value, near: true })), ...far.map((value) => ({ value, near: false }))].sort((a, b) => a.value - b.value);
	let sum = 0;
	for (let i = 0, below = 0; i < all.length;) {
		let end = i, nears = 0;
		for (; end < all.length && all[end]!.value === all[i]!.value; end++)
			nears += Number(all[end]!.near);
		const fars = end - i - nears;
		sum += nears * (below + fars / 2);
		below += fars;
		i = end;
	}
	return sum / (near.length * far.length);
}

async function pairsOf(examples: readonly Labelled[]): Promise<{ embedding: number; shared: number; pairs: number; microseconds: number }> {
	const results = await runProgram<number[] | { microseconds: number }>("benches/ruvector/embedding/program.ts", {
		assets: new Map([["words", readFileSync(join(packageRoot, "models/words.rvem"))], ["texts", linesOf(examples)]]),
	});
	const vectors = results.filter((one) => Array.isArray(one)), sets = examples.map(({ text }) => new Set(words(text))), below = randomFrom(SEED);
	const near: number[][] = [[], []], far: number[][] = [[], []];
	for (let n = 0; n < PAIRS; n++) {
		const i = below(examples.length), j = below(examples.length);
		if (i === j)
			continue;
		const same = examples[i]!.intent === examples[j]!.intent, both = [...sets[i]!].filter((word) => sets[j]!.has(word)).length, overlap = both / Math.max(1, sets[i]!.size + sets[j]!.size - both);
		if (same && overlap > SHARED)
			continue;
		const to = same ? near : far;
		to[0]!.push(vectors[i]!.reduce((sum, v, d) => sum + v * vectors[j]![d]!, 0));
		to[1]!.push(overlap);
	}
	return {
		embedding: areaUnderCurve(near[0]!, far[0]!), shared: areaUnderCurve(near[1]!, far[1]!), pairs: near[0]!.length,
		microseconds: (results.find((one) => !Array.isArray(one)) as { microseconds: number }).microseconds,
	};
}

/** Sentences that the embedder was trained on, by their words. */
function trained(data: string): Set<string> {
	const sets = [tableOf(data, "hwu64/train.tsv", "intent", "text"), clincOf(data, "train"), tableOf(data, "snips_nlu/train.tsv.gz", "intent", "text")];
	return new Set(sets.flatMap((examples) => examples ?? []).filter(({ text }) => !heldOut(text)).map(({ text }) => words(text).join(" ")));
}

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const known = trained(data), slurp = tableOf(data, "slurp/devel.tsv", "intent", "sentence");
	const sets: [string, Labelled[] | undefined, string][] = [
		["hwu64", tableOf(data, "hwu64/train.tsv", "intent", "text")?.filter(({ text }) => heldOut(text)), "a tenth that was kept aside"],
		["clinc150", clincOf(data, "val"), "validation sentences"],
		["snips", tableOf(data, "snips_nlu/test.tsv", "intent", "text"), "test sentences"],
		["slurp", slurp, "development sentences; nothing of the set was trained on"],
		["slurp, of a purpose", slurp?.filter(({ intent }) => intent !== "general_quirky"), "without general_quirky, which has what fits nowhere: its sentences mean nothing in common"],
	];
	const figures: Figure[] = [{ figure: "models/words.rvem", value: statSync(join(packageRoot, "models/words.rvem")).size, unit: "bytes", tier: "measured", limit: 65536 }];
	for (const [name, all, note] of sets) {
		const examples = all?.filter(({ text }) => !known.has(words(text).join(" ")));
		if (!examples)
			continue;
		const { embedding, shared, pairs, microseconds } = await pairsOf(examples), round = (value: number): number => Number(value.toFixed(4));
		figures.push(
			{ figure: `${name}, AUC of the embedding`, value: round(embedding), tier: "measured", limit: 0.9, atLeast: true, note: `${pairs} pairs of ${examples.length} sentences, seed ${SEED}; ${note}` },
			{ figure: `${name}, AUC of shared words`, value: round(shared), tier: "measured", note: "the same pairs by the share of words that both have" },
		);
		if (figures.length < 5)
			figures.push({ figure: "time of an embedding", value: Number(microseconds.toFixed(2)), unit: "us", tier: "measured", note: "called from TypeScript" });
	}
	return figures;
}
