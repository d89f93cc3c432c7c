/** What varied noises are coloured and moved with: cheap noise, slopes and bells, gains in dB over time. */

import type { Random } from "../random.ts";
import { decibels, rms, scale, wander } from "../signal.ts";
import { seconds } from "../noise/parts.ts";
import { SOUND_RATE } from "../words.ts";

/** White noise of RMS 1, nearly normal: sums of four bytes of a xorshift, which cost a tenth of a Gaussian. */
export function hiss(length: number, random: Random): Float32Array {
	const out = new Float32Array(length);
	let s = random.bits() || 1;
	for (let i = 0; i < length; i++) {
		s ^= s << 13;
		s ^= s >>> 17;
		s ^= s << 5;
		out[i] = ((s & 255) + (s >>> 8 & 255) + (s >>> 16 & 255) + (s >>> 24) - 510) / 147.8;
	}
	return out;
}

/** Falls by that much from octave to octave, from 50 Hz on; rises, if negative. */
export function slope(signal: Float32Array, dBPerOctave: number): Float32Array {
	const high = decibels(-1.5 * dBPerOctave);
	for (let hz = 50; hz < 4000; hz *= Math.pow(2, 1.5)) {
		const k = 1 - Math.exp(-2 * Math.PI * hz / SOUND_RATE);
		for (let i = 0, y = 0; i < signal.length; i++) {
			const x = signal[i]!;
			y += k * (x - y);
			signal[i] = high * x + (1 - high) * y;
		}
	}
	return signal;
}

/** Lifts, or lowers, what is around `hz` (Bristow-Johnson's peaking filter). */
function bell(signal: Float32Array, hz: number, q: number, dB: number): Float32Array {
	const w = 2 * Math.PI * hz / SOUND_RATE, root = decibels(dB / 2), alpha = Math.sin(w) / (2 * q), a0 = 1 + alpha / root;
	const b0 = (1 + alpha * root) / a0, b2 = (1 - alpha * root) / a0, a1 = -2 * Math.cos(w) / a0, a2 = (1 - alpha / root) / a0;
	for (let i = 0, x1 = 0, x2 = 0, y1 = 0, y2 = 0; i < signal.length; i++) {
		const x = signal[i]!, y = b0 * x + a1 * (x1 - y1) + b2 * x2 - a2 * y2;
		x2 = x1;
		x1 = x;
		y2 = y1;
		signal[i] = y1 = y;
	}
	return signal;
}

/** A smooth equaliser at random: four bells whose gains deviate by `depth` dB. */
export function bells(signal: Float32Array, depth: number, random: Random): Float32Array {
	if (depth > 0)
		for (const octave of [0, 1, 2, 3])
			bell(signal, 150 * Math.pow(2.2, octave + random.unit()), random.between(0.5, 1.5), depth * Math.max(-2.5, Math.min(2.5, random.gauss())));
	return signal;
}

/** A gain in dB at a sample, for `shape`; asked for in order. */
export type Gain = (i: number) => number;

/** Up and down within 3 to 20 s, by 10 dB each way at most. */
export function swelling(random: Random): Gain {
	// Half a period from value to value.
	const depth = random.between(2, 10), slow = wander(seconds(random.logBetween(3, 20) / 2), random);
	return (i) => depth * slow(i);
}

/** Fast and even, or fast and irregular: 1 to 25 times a second. */
export function fluttering(random: Random): Gain {
	const hz = random.logBetween(1, 25), depth = random.between(1, 12), rest = random.unit(), way = random.below(3), chance = wander(SOUND_RATE / hz / 2, random);
	return (i) => {
		const turn = (i * hz / SOUND_RATE + rest) % 1;
		return depth * (way === 0 ? chance(i) : way === 1 ? Math.sin(2 * Math.PI * turn) : Math.max(-1, 1 - 3 * turn));
	};
}

/** On and off, or from level to level by 6 to 30 dB: each holds for 1 to 60 s, ramps last 5 ms to 1.5 s. */
export function stepping(random: Random): Gain {
	const onOff = random.chance(0.5), soft = -random.between(20, 60), ramp = seconds(random.logBetween(0.005, 1.5)), longest = random.logBetween(3, 60);
	let from = onOff && random.chance(0.5) ? soft : 0, to = from, at = 0, end = Math.round(random.unit() * seconds(random.logBetween(1, longest)));
	const next = (): number => {
		if (onOff)
			return to === 0 ? soft : 0;
		const step = random.between(6, 30);
		// Stays within 30 dB.
		return to - step >= -30 && (to + step > 0 || random.chance(0.5)) ? to - step : Math.min(0, to + step);
	};
	return (i) => {
		while (i >= end) {
			[from, to, at] = [to, next(), end];
			end += ramp + seconds(random.logBetween(1, longest));
		}
		return from + (to - from) * Math.min(1, Math.max(0, (i - at) / ramp));
	};
}

/** Brought to an RMS of `level`; silence stays silence. */
export const levelled = (signal: Float32Array, level = 1): Float32Array => scale(signal, level / (rms(signal) || 1));
