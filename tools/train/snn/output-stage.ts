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
export function wakesOf({ u, activity }: Output, { threshold: base, adaptive, k, wait, drop, raise, fade, refractory, settle }: OutputSettings): number[] {
	const wakes: number[] = [], ownThreshold = (): number => Math.max(1, base + (adaptive ? (mean >> FRACTION) + ((k * (deviation >> 4)) >> 6) : 0));
	let mean = 0, deviation = FIRST_DEVIATION, blocks = 0, peak = -Infinity, rest = 0, bump = 0, left = settle;
	let candidate = 0, most = 0, held = false, own = ownThreshold(), threshold = own;
	for (let t = 0; t < u.length; t++) {
		const now = u[t]!;
		const settled = left === 0;
		if (left)
			left--;
		if (rest)
			rest--;
		if (!rest) {
			if (now > peak)
				peak = now;
			const over = settled && now >= threshold;
			let wake = over && !wait;
			if (wait)
				if (held)
					held = over;
				else {
					if (!candidate && over) {
						candidate = 1;
						most = 0;
					}
					if (candidate) {
						most = Math.max(most, activity[t]!);
						candidate++;
						if (activity[t]! * 16 < most * drop)
							wake = true;
						else if (candidate > wait) {
							candidate = 0;
							held = true;
						}
					}
				}
			if (wake) {
				wakes.push(t);
				rest = refractory;
				bump += 4 * raise;
				candidate = 0;
				threshold = own + bump;
			}
		}
		if ((t + 1) % BLOCK === 0) {
			bump -= bump >> fade;
			if (peak > -Infinity) {
				const limit = mean + 4 * deviation + FIRST_DEVIATION, x = Math.max(-MOST_PEAK, Math.min(MOST_PEAK, peak)) * (1 << FRACTION);
				let e = Math.min(x, limit) - mean, off = Math.abs(e) - deviation;
				if (blocks < BLOCKS) {
					blocks++;
					e = Math.trunc(e / blocks);
					off = Math.trunc(off / blocks);
				}
				else {
					e >>= RATE;
					off >>= RATE;
				}
				mean += e;
				deviation = Math.max(LEAST, deviation + off);
				peak = -Infinity;
				own = ownThreshold();
			}
			threshold = own + bump;
		}
	}
	return wakes;
}
