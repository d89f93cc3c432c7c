/** Noises made from the speakers' recordings: their rooms, a crowd of them, and noise with the spectrum of speech. */

import type { Random } from "../random.ts";
import { shape, wander } from "../signal.ts";
import { meanPower, noiseOfSpectrum } from "../spectrum.ts";
import { QUIET_FRAME, type Voices } from "../words.ts";
import { seconds } from "./parts.ts";

/** The background of the recordings: noise of the mean spectrum of their quietest frames, whose level wanders by 3 dB. */
export function room(length: number, random: Random, voices: Voices): Float32Array {
	const slow = wander(seconds(5), random);
	return shape(noiseOfSpectrum(meanPower(voices.quiet, QUIET_FRAME), length, random), (i) => 3 * slow(i));
}

/** Stationary noise with the mean spectrum of the words. */
export function speechShaped(length: number, random: Random, voices: Voices): Float32Array {
	const size = 512, frames = voices.words.flatMap(({ signal }) => Array.from({ length: Math.ceil(signal.length / size) }, (_, i) => ({ signal, start: i * size })));
	return noiseOfSpectrum(meanPower(frames, size), length, random);
}

/**
 * Many talkers at a time, each saying one word after the other without a pause longer than 0.2 s, each word 0.8 to
 * 1.25 times as fast and high, some talkers nearer than others.
 */
export function crowd(talkers: number): (length: number, random: Random, voices: Voices) => Float32Array {
	return (length, random, { words }) => {
		const out = new Float32Array(length);
		for (let talker = 0; talker < talkers; talker++) {
			const near = random.logBetween(0.4, 1);
			for (let at = -seconds(random.between(0, 0.6)); at < length; at += seconds(random.between(0, 0.2)))
				at += say(out, at, random.pick(words).signal, random.between(0.8, 1.25), near * random.logBetween(0.6, 1));
		}
		return out;
	};
}

/** Adds a word at another speed; says how long it took. */
function say(out: Float32Array, at: number, word: Float32Array, speed: number, loud: number): number {
	const length = Math.floor((word.length - 1) / speed);
	for (let i = Math.max(0, -at), end = Math.min(length, out.length - at); i < end; i++) {
		const x = i * speed, k = Math.floor(x), rest = x - k;
		out[at + i]! += loud * (word[k]! * (1 - rest) + word[k + 1]! * rest);
	}
	return length;
}
