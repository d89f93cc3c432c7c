/**
 * What a gate is compared with: a level detector. The level of each tick in octaves above a floor that falls fast and rises slowly; a wake
 * where it stays above a threshold for some ticks. Threshold and ticks are chosen on the training part.
 */

import type { Stream } from "../../../tools/snn/streams/stream.ts";
import { falsePerHour, judge, type Labels, labelsOf, recall, together } from "../../../tools/train/snn/judge.ts";

/** Of each tick: its level above the floor, in 1/32 octaves. */
export interface Features {
	above: Int16Array;
	hop: number;
	labels: Labels;
}

export interface BaselineSettings {
	/** 1/32 octaves. */
	threshold: number;
	/** Ticks that it lasts. */
	hold: number;
}

/** Shifts of the floor, and of a sensor's slow mean. */
const FALL = 3, RISE = 7, SLOW = 8;
/** Rest behind a wake, and at the beginning. */
const REST_SECONDS = 1, START_SECONDS = 2;

export function featuresOf(stream: Stream, hop: number): Features {
	const { samples, channels } = stream, ticks = Math.floor(samples.length / channels / hop), above = new Int16Array(ticks), mean = new Float64Array(channels);
	let floor = 0;
	for (let c = 0; c < channels; c++)
		mean[c] = channels > 1 || stream.rate < 1000 ? samples[c]! : 0;
	for (let t = 0, i = 0; t < ticks; t++) {
		let sum = 0;
		for (let k = 0; k < hop * channels; k++, i++) {
			const c = i % channels, off = samples[i]! - mean[c]!;
			sum += Math.abs(off);
			mean[c]! += off / (1 << SLOW);
		}
		const level = 32 * Math.log2(sum + 1);
		floor = t ? floor + (level - floor) / (1 << (level < floor ? FALL : RISE)) : level;
		above[t] = Math.round(level - floor);
	}
	return { above, hop, labels: labelsOf(stream) };
}

export function baselineWakes({ above, hop, labels: { rate } }: Features, { threshold, hold }: BaselineSettings): number[] {
	const wakes: number[] = [], refractory = REST_SECONDS * rate / hop;
	let rest = START_SECONDS * rate / hop, run = 0;
	for (let t = 0; t < above.length; t++) {
		run = above[t]! >= threshold ? run + 1 : 0;
		if (--rest <= 0 && run >= hold) {
			wakes.push((t + 1) * hop);
			rest = refractory;
			run = 0;
		}
	}
	return wakes;
}

/** The settings with the best recall at no more than `perHour` false wakes. */
export function tuneBaseline(heard: readonly Features[], tail: number, perHour: number): { settings: BaselineSettings; note: string } {
	let best: BaselineSettings = { threshold: 32767, hold: 1 }, most = -1;
	for (const hold of [1, 2, 4, 8, 16])
		for (let threshold = 16; threshold <= 384; threshold += 8) {
			const settings = { threshold, hold }, judged = together(heard.map((one) => judge(one.labels, baselineWakes(one, settings), tail)));
			if (falsePerHour(judged) <= perHour && recall(judged) > most) {
				most = recall(judged);
				best = settings;
			}
		}
	return { settings: best, note: `a tick's level ${(best.threshold / 32).toFixed(2)} octaves above its floor for ${best.hold} ticks, chosen on the training part with at most ${perHour} false wakes an hour: recall ${(100 * Math.max(0, most)).toFixed(1)} % there` };
}
