/** Families of noise that have a pitch: hums and motors, sirens, chirps, beeps and melodies. */

import type { Noise } from "../noise/kinds.ts";
import { harmonics, seconds, Tone } from "../noise/parts.ts";
import type { Random } from "../random.ts";
import { add, decibels, shape, wander } from "../signal.ts";
import { SOUND_RATE } from "../words.ts";
import { fluttering, levelled } from "./colour.ts";
import { coloured } from "./hisses.ts";

/** A tone with all its harmonics below 3.8 kHz, `most` at most, up to a pitch of `hz`. */
const toneUpTo = (hz: number, most: number, fall: number, random: Random): Tone =>
	new Tone(harmonics(Math.max(1, Math.min(most, Math.floor(3800 / hz))), fall, random), random);

/** Noise that far below. */
const over = (tones: Float32Array, random: Random, least: number, most: number): Float32Array =>
	add(levelled(tones), coloured(tones.length, random), decibels(-random.between(least, most)));

/** A hum, or a motor: steady, drifting, or from speed to speed. */
export const motor: Noise = (length, random) => {
	const out = new Float32Array(length), most = random.logBetween(30, 700), tone = toneUpTo(most, 40, random.between(0.3, 2), random);
	const way = random.below(3), drift = random.logBetween(0.002, 0.2), slow = wander(seconds(random.logBetween(0.3, 12)), random), glide = 1 / seconds(random.logBetween(0.1, 2)), holds = random.logBetween(1, 20);
	let speed = way === 2 ? random.between(0.5, 1) : 1, wanted = speed, until = 0, hz = most;
	for (let i = 0; i < length; i++) {
		if (i % 32 === 0) {
			if (way === 2 && i >= until) {
				wanted = random.between(0.4, 1);
				until = i + seconds(random.exponential(holds));
			}
			speed += (wanted - speed) * Math.min(1, 32 * glide);
			hz = most * speed * (way === 0 ? 1 : 1 - drift * (1 + slow(i)) / 2);
		}
		out[i] = tone.next(hz);
	}
	return over(random.chance(0.4) ? shape(out, fluttering(random)) : out, random, 0, 40);
};

/** Where a pitch is, from 0 to 1, within its turn. */
const TURNS: readonly ((turn: number) => number)[] = [
	(turn) => (1 - Math.cos(2 * Math.PI * turn)) / 2, (turn) => 1 - Math.abs(1 - 2 * turn), (turn) => turn, (turn) => 1 - turn, (turn) => Number(turn < 0.5),
];

/** Up and down, without end or with pauses. */
export const siren: Noise = (length, random) => {
	const out = new Float32Array(length), low = random.logBetween(150, 1800), high = Math.min(3600, low * random.between(1.1, 3.5)), tone = toneUpTo(high, 6, random.between(0.5, 2), random);
	const period = seconds(random.logBetween(0.08, 8)), pitch = random.pick(TURNS), share = random.chance(0.6) ? 1 : random.between(0.2, 0.9), cycle = Math.max(period, seconds(random.logBetween(0.3, 10)));
	for (let i = 0, hz = low, gain = 0; i < length; i++) {
		if (i % 8 === 0)
			hz = low * Math.pow(high / low, pitch(i % period / period));
		// 5 ms from on to off.
		gain += (Number(i % cycle < share * cycle) - gain) / 40;
		out[i] = gain * tone.next(hz);
	}
	return over(out, random, 5, 40);
};

interface Note {
	at: number;
	length: number;
	/** Hz, where it begins and where it ends. */
	from: number;
	to: number;
	gain: number;
	attack: number;
	/** Samples until 1/e; Infinity: it is held. */
	decay: number;
}

function play(out: Float32Array, tone: Tone, { at, length, from, to, gain, attack, decay }: Note): void {
	const shrink = Math.exp(-1 / decay), bend = Math.pow(to / from, 1 / length);
	for (let i = 0, end = Math.min(length, out.length - at), hz = from, g = gain; i < end; i++, hz *= bend, g *= shrink)
		out[at + i]! += g * Math.min(1, i / attack, (length - i) / attack) * tone.next(hz);
}

/** Short calls that glide, one to eight after each other, then a pause. */
export const chirps: Noise = (length, random) => {
	const out = new Float32Array(length), top = random.logBetween(600, 3600), tone = toneUpTo(top, 3, random.between(1, 2), random), pause = seconds(random.logBetween(0.1, 6));
	const calls = Array.from({ length: 1 + random.below(4) }, () => ({ from: top * random.between(0.3, 1), to: top * random.between(0.3, 1), length: seconds(random.logBetween(0.03, 0.6)), many: 1 + random.below(8), gap: random.between(0.1, 1.5) }));
	for (let at = Math.floor(random.unit() * Math.min(pause, length / 2)); at < length; at += Math.floor(random.exponential(pause))) {
		const { from, to, length: lasts, many, gap } = random.pick(calls), gain = decibels(4 * Math.min(1, random.gauss()));
		for (let left = many; left > 0 && at < length; left--, at += Math.floor(lasts * (1 + gap)))
			play(out, tone, { at, length: lasts, from, to, gain, attack: lasts * 0.2, decay: Infinity });
	}
	return over(out, random, 5, 40);
};

/** Beeps on one pitch, patterns of a few, or melodies of one to three voices; held or plucked. */
export const notes: Noise = (length, random) => {
	const out = new Float32Array(length), attack = seconds(random.logBetween(0.002, 0.05)), decay = random.chance(0.5) ? Infinity : seconds(random.logBetween(0.05, 0.8)), low = random.logBetween(120, 1500), high = Math.min(3500, low * random.logBetween(1.1, 8));
	for (let voices = random.pick([1, 1, 2, 3]); voices > 0; voices--) {
		const pitches = Array.from({ length: random.pick([1, 1, 2, 4, 8, 12]) }, () => random.logBetween(low, high)), tone = toneUpTo(high, 1 + random.below(6), random.between(0.5, 2), random);
		const shortest = random.logBetween(0.04, 0.4), longest = shortest * random.pick([1, 2, 4]), rest = random.pick([0, shortest, shortest, 0.5, 3]), even = random.chance(0.5), bars = random.chance(0.5) ? 1 + random.below(8) : Infinity, stop = seconds(random.logBetween(0.5, 8));
		for (let at = seconds(random.unit() * 2), n = 1; at < length; n++) {
			const lasts = seconds(random.between(shortest, longest)), hz = bars < Infinity && pitches.length > 1 ? pitches[n % pitches.length]! : random.pick(pitches);
			play(out, tone, { at, length: lasts, from: hz, to: hz, gain: random.between(0.6, 1), attack, decay });
			at += lasts + (n % bars === 0 ? stop : seconds(even ? rest : random.exponential(rest)));
		}
	}
	return over(out, random, 5, 40);
};
