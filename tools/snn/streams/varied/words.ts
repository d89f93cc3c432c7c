/** Words as others might say them: faster or slower, and heard through another microphone. */

import type { Random } from "../random.ts";
import { decibels } from "../signal.ts";
import type { Word } from "../words.ts";
import { bells, levelled, slope } from "./colour.ts";

/** Plays it that much faster, and higher. */
export function resampled(signal: Float32Array, speed: number): Float32Array {
	const out = new Float32Array(Math.max(1, Math.floor((signal.length - 1) / speed)));
	for (let i = 0; i < out.length; i++) {
		const at = i * speed, k = Math.floor(at), rest = at - k;
		out[i] = signal[k]! * (1 - rest) + (signal[k + 1] ?? 0) * rest;
	}
	return out;
}

/** The word at another pitch and with another colour; its RMS is 1 but for 2 dB at most. */
export function changed(word: Word, random: Random): Word {
	const signal = bells(slope(resampled(word.signal, random.between(0.82, 1.22)), Math.max(-2, Math.min(2, 0.75 * random.gauss()))), 1.5, random);
	return { ...word, signal: levelled(signal, decibels(Math.max(-2, Math.min(2, 0.9 * random.gauss())))) };
}
