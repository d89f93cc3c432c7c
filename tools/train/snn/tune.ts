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
	/** undefined: a threshold that follows nothing. */
	k: readonly (number | undefined)[];
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

const LOWEST = -2000, HIGHEST = 8000, STEP = 2;

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

/**
 * One of the thresholds (the middle, unless told) that have at most `perHour` false wakes, and at most `slack` less recall than the lowest of these.
 * By bisection.
 */
export function tuneThreshold(heard: readonly Heard[], hop: number, tail: number, output: OutputSettings, perHour: number, slack = 0, caution = 0.5): Tuned {
	const at = (threshold: number): Tuned => measure(heard, hop, tail, { ...output, threshold });
	const lowest = bisect(output.adaptive ? LOWEST : 0, HIGHEST, (threshold) => at(threshold).falseWakes <= perHour), best = at(lowest).recall;
	const worse = bisect(lowest, HIGHEST, (threshold) => at(threshold).recall < best - slack);
	return at(Math.round(lowest + caution * (worse - lowest)));
}

/** The first threshold for which something is true that is true of all above, but for STEP. */
function bisect(low: number, high: number, is: (threshold: number) => boolean): number {
	while (high - low > STEP) {
		const middle = (low + high) >> 1;
		if (is(middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/** The best of the grid; of two alike, the one tried first. */
export function tune(heard: readonly Heard[], hop: number, tail: number, grid: Grid, fixed: Pick<OutputSettings, "refractory" | "settle">, perHour: number, slack = 0, caution = 0.5): Tuned {
	let best: Tuned | undefined;
	for (const k of grid.k)
		for (const [wait, drop] of grid.wait)
			for (const [raise, fade] of grid.raise) {
				const tried = tuneThreshold(heard, hop, tail, { ...fixed, threshold: 0, adaptive: k !== undefined, k: k ?? 0, wait, drop, raise, fade }, perHour, slack, caution);
				if (!best || tried.recall > best.recall + 1e-9)
					best = tried;
			}
	return best!;
}
