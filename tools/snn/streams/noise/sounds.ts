/** Noises full of events that are no words: keys, melodies, beepers. */

import type { Random } from "../random.ts";
import { add, bandPass, decibels, normalise, white } from "../signal.ts";
import { SOUND_RATE } from "../words.ts";
import { harmonics, seconds, Tone } from "./parts.ts";

/** Somebody types: 1 to 8 s, then 0.5 to 6 s not; 4 to 11 keys a second, each a click down and a fainter one up; over a hiss 16 dB below. */
export function keyboard(length: number, random: Random): Float32Array {
	const out = new Float32Array(length);
	for (let at = seconds(random.between(0, 3)); at < length; at += seconds(random.between(0.5, 6)))
		for (const end = at + seconds(random.between(1, 8)); at < end; at += seconds(1 / random.between(4, 11))) {
			const loud = random.logBetween(0.4, 1);
			click(out, at, loud, random);
			click(out, at + seconds(random.between(0.05, 0.11)), loud * random.between(0.2, 0.5), random);
		}
	const hz = random.between(1200, 2600);
	return add(normalise(bandPass(out, hz, 0.8, SOUND_RATE)), white(length, random), decibels(-16));
}

/** Noise that dies away within 4 to 12 ms. */
function click(out: Float32Array, at: number, loud: number, random: Random): void {
	const shrink = Math.exp(-1 / seconds(random.between(0.0015, 0.004)));
	for (let i = at, end = Math.min(out.length, at + 100); i < end; i++, loud *= shrink)
		out[i]! += loud * random.gauss();
}

/** Adds a note with soft edges of 8 ms; it fades to half. */
function note(out: Float32Array, at: number, length: number, hz: number, tone: Tone, loud: number): void {
	const edge = seconds(0.008);
	for (let i = 0, end = Math.min(length, out.length - at); i < end; i++)
		out[at + i]! += loud * tone.next(hz) * Math.min(1, i / edge, (length - i) / edge) * (1 - 0.5 * i / length);
}

/** Melodies: notes of 0.1 to 0.6 s with three harmonics out of a scale, rests now and then; a hiss 24 dB below. */
export function melody(length: number, random: Random): Float32Array {
	const out = new Float32Array(length), base = random.between(200, 400), scale = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16];
	const tone = new Tone(harmonics(3, 1, random), random);
	for (let at = 0, step = random.below(scale.length); at < length;) {
		const long = seconds(random.logBetween(0.1, 0.6));
		step = Math.min(scale.length - 1, Math.max(0, step + random.below(5) - 2));
		note(out, at, long, base * Math.pow(2, scale[step]! / 12), tone, random.logBetween(0.4, 1));
		at += long + (random.chance(0.15) ? seconds(random.between(0.2, 1.5)) : 0);
	}
	return add(normalise(out), white(length, random), decibels(-24));
}

/** A beeper: groups of 1 to 6 beeps of 0.3 s at 1 to 3 kHz, 4 to 15 s apart; the beeps have half again the energy of the hiss. */
export function beeps(length: number, random: Random): Float32Array {
	const out = new Float32Array(length), hz = random.between(1000, 3000), long = seconds(0.3), tone = new Tone([1], random);
	for (let at = seconds(random.between(0.5, 4)); at < length; at += seconds(random.between(4, 15)))
		for (let count = 1 + random.below(6); count > 0 && at < length; count--, at += long + seconds(0.25))
			note(out, at, long, hz, tone, 1);
	return add(white(length, random), normalise(out), Math.sqrt(1.5));
}
