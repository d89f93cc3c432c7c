/** The output stage of native/snn-gate.c over a whole recording, so that settings can be tried in milliseconds; tests compare the two. */

import type { OutputSettings } from "./table-file.ts";

/** Peaks of BLOCK ticks move the threshold; FRACTION bits; RATE: a shift. Activity: spikes of SPAN ticks on all lines. */
const BLOCK = 64, FRACTION = 8, RATE = 5, BLOCKS = 32, FIRST_DEVIATION = 20 << FRACTION, LEAST = 5 << FRACTION, SPAN = 4, MOST_PEAK = 1 << 17;

/** What a network gave, tick by tick. */
export interface Output {
	u: Int32Array;
	/** Spikes on all lines in this tick and the three before. */
	activity: Int32Array;
}

/** @param counts of spikes, ticks x lines */
export function activityOf(counts: Uint8Array, lines: number): Int32Array {
	const ticks = counts.length / lines, sums = new Int32Array(ticks), activity = new Int32Array(ticks);
	for (let t = 0, i = 0; t < ticks; t++)
		for (let line = 0; line < lines; line++, i++)
			sums[t]! += counts[i]!;
	let sum = 0;
	for (let t = 0; t < ticks; t++) {
		sum += sums[t]! - (t < SPAN ? 0 : sums[t - SPAN]!);
		activity[t] = sum;
	}
	return activity;
}

/** The ticks in which the gate wakes. */
export function wakesOf({ u, activity }: Output, settings: OutputSettings): number[] {
	const { threshold: base, adaptive, k, wait, drop, raise, fade, refractory, settle } = settings, wakes: number[] = [];
	let mean = 0, deviation = FIRST_DEVIATION, blocks = 0, peak = -Infinity, rest = 0, raised = 0;
	/** Ticks that a crossing still waits; -1: in vain, and the output is still above. */
	let waits = 0, most = 0;
	const now = (): number => adaptive ? base + raised + (mean >> FRACTION) + ((k * (deviation >> 4)) >> 6) : Math.max(1, base + raised);
	const follow = (): void => {
		const limit = mean + 3 * deviation + FIRST_DEVIATION, x = Math.max(-MOST_PEAK, Math.min(MOST_PEAK, peak)) * (1 << FRACTION), first = blocks < BLOCKS;
		const e = Math.min(x, limit) - mean, off = Math.abs(e) - deviation;
		blocks += first ? 1 : 0;
		mean += first ? Math.trunc(e / blocks) : e >> RATE;
		deviation = Math.max(LEAST, deviation + (first ? Math.trunc(off / blocks) : off >> RATE));
		peak = -Infinity;
	};
	/** Whether a crossing that began now or before comes to its end. */
	const ends = (t: number): boolean => {
		most = Math.max(most, activity[t]!);
		if (!wait || activity[t]! * 16 < most * drop)
			return true;
		waits = waits > 1 ? waits - 1 : -1;
		return false;
	};
	let threshold = now();
	for (let t = 0; t < u.length; t++) {
		rest -= rest ? 1 : 0;
		if (!rest) {
			peak = Math.max(peak, u[t]!);
			const over = t + 1 >= settle && u[t]! >= threshold, begins = !waits && over;
			if (begins) {
				waits = wait;
				most = 0;
			}
			if (waits < 0 && !over)
				waits = 0;
			else if ((begins || waits > 0) && ends(t)) {
				wakes.push(t);
				waits = 0;
				rest = refractory;
				peak = -Infinity;
				raised += 4 * raise;
				threshold = now();
			}
		}
		if ((t + 1) % BLOCK === 0) {
			raised -= raised >> fade;
			if (peak > -Infinity)
				follow();
			threshold = now();
		}
	}
	return wakes;
}
