/** Chooses when a trained gate wakes, on streams that it was trained with: as many events as possible at a wanted rate of false wakes. */

import { falsePerHour, type Judgement, judge, type Labels, recall, together } from "./judge.ts";
import { type Output, wakesOf } from "./output-stage.ts";
import type { OutputSettings } from "./table-file.ts";

/** A stream that the network has seen, and what it gave. */
export interface Heard extends Output {
	labels: Labels;
	/** Streams of one group are counted together: an SNR, say. */
	group: string;
}

/** Which settings are tried, each with each. */
export interface Grid {
	k: readonly number[];
	/** wait and drop. */
	wait: readonly (readonly [number, number])[];
	/** raise and fade. */
	raise: readonly (readonly [number, number])[];
}

export interface Tuned {
	output: OutputSettings;
	falseWakes: number;
	/** Mean of the groups'. */
	recall: number;
	recalls: Map<string, number>;
}

const LOWEST = -2000, HIGHEST = 8000;

/** By group. */
export function judgeAll(heard: readonly Heard[], hop: number, tail: number, output: OutputSettings): Map<string, Judgement> {
	const groups = new Map<string, Judgement[]>();
	for (const one of heard) {
		const wakes = wakesOf(one, output).map((tick) => (tick + 1) * hop);
		groups.set(one.group, [...(groups.get(one.group) ?? []), judge(one.labels, wakes, tail)]);
	}
	return new Map([...groups].map(([name, all]) => [name, together(all)]));
}

function measure(heard: readonly Heard[], hop: number, tail: number, output: OutputSettings): Tuned {
	const groups = judgeAll(heard, hop, tail, output), recalls = new Map([...groups].map(([name, judgement]) => [name, recall(judgement)]));
	return { output, recalls, recall: [...recalls.values()].reduce((a, b) => a + b, 0) / recalls.size, falseWakes: falsePerHour(together([...groups.values()])) };
}

/** The lowest threshold with at most `perHour` false wakes, by bisection. */
export function tuneThreshold(heard: readonly Heard[], hop: number, tail: number, output: OutputSettings, perHour: number): Tuned {
	let low = LOWEST, high = HIGHEST, best = measure(heard, hop, tail, { ...output, threshold: high });
	while (high - low > 2) {
		const middle = (low + high) >> 1, tried = measure(heard, hop, tail, { ...output, threshold: middle });
		if (tried.falseWakes <= perHour) {
			high = middle;
			best = tried;
		}
		else
			low = middle;
	}
	return best;
}

/** The best of the grid; of two alike, the one tried first. */
export function tune(heard: readonly Heard[], hop: number, tail: number, grid: Grid, fixed: Pick<OutputSettings, "refractory" | "settle">, perHour: number): Tuned {
	let best: Tuned | undefined;
	for (const k of grid.k)
		for (const [wait, drop] of grid.wait)
			for (const [raise, fade] of grid.raise) {
				const tried = tuneThreshold(heard, hop, tail, { ...fixed, threshold: 0, k, wait, drop, raise, fade }, perHour);
				if (!best || tried.recall > best.recall + 1e-9)
					best = tried;
			}
	return best!;
}
