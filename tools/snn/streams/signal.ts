/** What noises and words are made with: level, filters, slow changes. Signals are Float32Array, in any unit; they are changed in place. */

import type { Random } from "./random.ts";

export const decibels = (dB: number): number => Math.pow(10, dB / 20);

/** The root of the mean square of samples `start` to `end` - 1. */
export function rms(signal: ArrayLike<number>, start = 0, end = signal.length): number {
	let sum = 0;
	for (let i = start; i < end; i++)
		sum += signal[i]! * signal[i]!;
	return end > start ? Math.sqrt(sum / (end - start)) : 0;
}

export function peak(signal: ArrayLike<number>): number {
	let most = 0;
	for (let i = 0; i < signal.length; i++)
		most = Math.max(most, Math.abs(signal[i]!));
	return most;
}

/** Takes the mean away. */
export function centre(signal: Float32Array): Float32Array {
	let sum = 0;
	for (let i = 0; i < signal.length; i++)
		sum += signal[i]!;
	const mean = signal.length ? sum / signal.length : 0;
	for (let i = 0; i < signal.length; i++)
		signal[i]! -= mean;
	return signal;
}

/** To an RMS of 1, free of DC; silence stays silence. */
export function normalise(signal: Float32Array): Float32Array {
	return scale(centre(signal), 1 / (rms(signal) || 1));
}

export function scale(signal: Float32Array, by: number): Float32Array {
	for (let i = 0; i < signal.length; i++)
		signal[i]! *= by;
	return signal;
}

/** signal += other x gain */
export function add(signal: Float32Array, other: Float32Array, gain = 1): Float32Array {
	for (let i = 0; i < signal.length; i++)
		signal[i]! += other[i]! * gain;
	return signal;
}

/** A one-pole low-pass at `hz`. */
export function lowPass(signal: Float32Array, hz: number, rate: number): Float32Array {
	const k = 1 - Math.exp(-2 * Math.PI * hz / rate);
	for (let i = 0, y = 0; i < signal.length; i++)
		signal[i] = y += k * (signal[i]! - y);
	return signal;
}

/** A one-pole high-pass at `hz`. */
export function highPass(signal: Float32Array, hz: number, rate: number): Float32Array {
	const k = 1 - Math.exp(-2 * Math.PI * hz / rate);
	for (let i = 0, y = 0; i < signal.length; i++)
		signal[i]! -= y += k * (signal[i]! - y);
	return signal;
}

/** A resonance at `hz`, of quality q, 0 dB at its top (Bristow-Johnson's band-pass). */
export function bandPass(signal: Float32Array, hz: number, q: number, rate: number): Float32Array {
	const w = 2 * Math.PI * hz / rate, alpha = Math.sin(w) / (2 * q), a0 = 1 + alpha, gain = alpha / a0, a1 = -2 * Math.cos(w) / a0, a2 = (1 - alpha) / a0;
	for (let i = 0, x1 = 0, x2 = 0, y1 = 0, y2 = 0; i < signal.length; i++) {
		const x = signal[i]!, y = gain * (x - x2) - a1 * y1 - a2 * y2;
		x2 = x1;
		x1 = x;
		y2 = y1;
		signal[i] = y1 = y;
	}
	return signal;
}

/** White noise of RMS 1. */
export function white(length: number, random: Random): Float32Array {
	const out = new Float32Array(length);
	for (let i = 0; i < length; i++)
		out[i] = random.gauss();
	return out;
}

/** Noise that falls by 3 dB per octave above `lowest` Hz, RMS 1 (Kellet's filter; below 20 Hz a microphone hears little). */
export function pink(length: number, random: Random, lowest = 20, rate = 8000): Float32Array {
	const out = new Float32Array(length);
	let a = 0, b = 0, c = 0;
	for (let i = 0; i < length; i++) {
		const w = random.gauss();
		a = 0.99765 * a + w * 0.0990460;
		b = 0.96300 * b + w * 0.2965164;
		c = 0.57000 * c + w * 1.0526913;
		out[i] = a + b + c + w * 0.1848;
	}
	return normalise(highPass(out, lowest, rate));
}

/** A slow change: random values from -1 to 1, one each `period` samples, joined by half cosines. */
export function wander(period: number, random: Random): (i: number) => number {
	const points: number[] = [];
	return (i) => {
		const at = i / period, k = Math.floor(at);
		while (points.length < k + 2)
			points.push(random.between(-1, 1));
		const weight = (1 - Math.cos(Math.PI * (at - k))) / 2;
		return points[k]! * (1 - weight) + points[k + 1]! * weight;
	};
}

/** Multiplies by a gain that changes slowly: `dB(i)` is asked each 32 samples, and held in between by straight lines. */
export function shape(signal: Float32Array, dB: (i: number) => number): Float32Array {
	for (let start = 0, gain = decibels(dB(0)); start < signal.length; start += 32) {
		const next = decibels(dB(start + 32)), step = (next - gain) / 32, end = Math.min(signal.length, start + 32);
		for (let i = start; i < end; i++, gain += step)
			signal[i]! *= gain;
		gain = next;
	}
	return signal;
}
