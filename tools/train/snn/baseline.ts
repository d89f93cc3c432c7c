/**
 * What a gate is compared with: an energy threshold. |x - mean| of all channels, smoothed over a window, wakes when it stands
 * some times above a floor that follows it down at once and up slowly. Tuned as the gate is: on what both may learn from, for the same
 * rate of false wakes.
 */

import type { Stream } from "../../snn/streams/stream.ts";
import { falsePerHour, type Judgement, judge, type Labels, labelsOf, recall, together } from "./judge.ts";

/** Seconds. */
export interface EnergySettings {
	window: number;
	/** Time constants of the mean, and of the floor where it rises and where it falls. */
	mean: number;
	rise: number;
	fall: number;
	/** In the samples' unit: the floor counts for at least this. */
	least: number;
	/** Hz: only what is between counts. */
	band?: readonly [low: number, high: number];
}

export interface Baseline extends EnergySettings {
	/** Times the floor. */
	ratio: number;
	refractory: number;
}

/** Energy is compared so often. */
const STEP_SECONDS = 0.016;

/** A Butterworth filter of second order, by the bilinear transform; the samples become what passes. */
function filter(x: Float32Array, rate: number, hz: number, high: boolean): void {
	const w = Math.tan(Math.PI * hz / rate), norm = 1 / (1 + Math.SQRT2 * w + w * w), b0 = (high ? 1 : w * w) * norm, b1 = (high ? -2 : 2) * b0;
	const a1 = 2 * (w * w - 1) * norm, a2 = (1 - Math.SQRT2 * w + w * w) * norm;
	let x1 = 0, x2 = 0, y1 = 0, y2 = 0;
	for (let i = 0; i < x.length; i++) {
		const now = x[i]!, y = b0 * (now + x2) + b1 * x1 - a1 * y1 - a2 * y2;
		x2 = x1;
		x1 = now;
		y2 = y1;
		x[i] = y1 = y;
	}
}

/** Samples between two looks at the energy. */
export const stepOf = (rate: number): number => Math.max(1, Math.round(rate * STEP_SECONDS));

/** The energy over its floor, every step; 1 until the floor is known. */
export function energyRatios({ samples, channels, rate }: Pick<Stream, "samples" | "channels" | "rate">, { window, mean, rise, fall, least, band }: EnergySettings): Float32Array {
	const length = samples.length / channels, step = stepOf(rate), size = new Float32Array(length), follow = 1 / (mean * rate);
	for (let channel = 0; channel < channels; channel++) {
		const x = Float32Array.from({ length }, (_, i) => samples[i * channels + channel]!);
		if (band) {
			filter(x, rate, band[0], true);
			filter(x, rate, band[1], false);
		}
		let middle = x[0] ?? 0;
		for (let i = 0; i < length; i++) {
			middle += (x[i]! - middle) * follow;
			size[i]! += Math.abs(x[i]! - middle);
		}
	}
	const ratios = new Float32Array(Math.floor(length / step)), smooth = 1 / (window * rate), up = step / (rise * rate), down = Math.min(1, step / (fall * rate));
	let energy = size.subarray(0, step).reduce((a, b) => a + b, 0) / step, floor = energy;
	for (let k = 0; k < ratios.length; k++) {
		for (let i = k * step; i < (k + 1) * step; i++)
			energy += (size[i]! - energy) * Math.min(1, smooth);
		floor += (energy - floor) * (energy > floor ? up : down);
		ratios[k] = energy / Math.max(least, floor);
	}
	return ratios;
}

/** Where the energy rises above `ratio` floors, in samples; not within `refractory` seconds of the last. */
export function energyWakes(ratios: Float32Array, rate: number, ratio: number, refractory: number): number[] {
	const wakes: number[] = [], step = stepOf(rate);
	let rest = 0;
	for (let k = 0; k < ratios.length; k++)
		if (rest > 0)
			rest -= step;
		else if (ratios[k]! > ratio) {
			wakes.push((k + 1) * step);
			rest = refractory * rate;
		}
	return wakes;
}

const GRID: readonly EnergySettings[] = [0.03, 0.1, 0.3, 1].flatMap((window) => [2, 8, 30].flatMap((rise) => [1, 30, 300].map((least) => ({ window, mean: 1, rise, fall: 0.3, least }))));
/** Bisections of the ratio between 1 and MOST. */
const MOST = 200, ROUNDS = 14;

export interface TunedBaseline {
	baseline: Baseline;
	groups: Map<string, Judgement>;
}

/** @param streams all are heard with each of some 36 settings */
export function tuneBaseline(streams: readonly { group: string; stream: Stream }[], tail: number, refractory: number, perHour: number, band?: readonly [number, number]): TunedBaseline {
	let best: (TunedBaseline & { recall: number }) | undefined;
	for (const one of GRID) {
		const settings = band ? { ...one, band } : one;
		const heard = streams.map(({ group, stream }) => ({ group, labels: labelsOf(stream), ratios: energyRatios(stream, settings) }));
		const at = (ratio: number): Map<string, Judgement> => byGroup(heard.map(({ group, labels, ratios }) => ({ group, judgement: judge(labels, energyWakes(ratios, labels.rate, ratio, refractory), tail) })));
		let low = 1, high = MOST;
		for (let i = 0; i < ROUNDS; i++) {
			const middle = Math.sqrt(low * high);
			if (falsePerHour(together([...at(middle).values()])) <= perHour)
				high = middle;
			else
				low = middle;
		}
		const groups = at(high), mean = [...groups.values()].reduce((sum, group) => sum + recall(group), 0) / groups.size;
		if (!best || mean > best.recall)
			best = { baseline: { ...settings, ratio: high, refractory }, groups, recall: mean };
	}
	return best!;
}

function byGroup(judged: readonly { group: string; judgement: Judgement }[]): Map<string, Judgement> {
	const groups = new Map<string, Judgement[]>();
	for (const { group, judgement } of judged)
		groups.set(group, [...groups.get(group) ?? [], judgement]);
	return new Map([...groups].map(([name, all]) => [name, together(all)]));
}

export function judgeBaseline(baseline: Baseline, stream: Stream, tail: number): Judgement {
	const labels: Labels = labelsOf(stream);
	return judge(labels, energyWakes(energyRatios(stream, baseline), stream.rate, baseline.ratio, baseline.refractory), tail);
}
