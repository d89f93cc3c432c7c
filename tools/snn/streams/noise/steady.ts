/** Noises without events: hisses, hums and machines. Each of any level: who calls normalises it. */

import type { Random } from "../random.ts";
import { add, decibels, highPass, lowPass, normalise, pink, scale, shape, wander, white } from "../signal.ts";
import { SOUND_RATE } from "../words.ts";
import { harmonics, seconds, Tone } from "./parts.ts";

/** Falls by 6 dB per octave above 30 Hz. */
export const brown = (length: number, random: Random): Float32Array => highPass(lowPass(white(length, random), 30, SOUND_RATE), 30, SOUND_RATE);

/** The mains, 50 or 60 Hz, with harmonics, and a hiss 6 to 18 dB below. */
export function hum(length: number, random: Random): Float32Array {
	const hz = random.pick([50, 60]), tone = new Tone(harmonics(12, 0.8, random), random), out = new Float32Array(length);
	for (let i = 0; i < length; i++)
		out[i] = tone.next(hz);
	return add(normalise(out), white(length, random), decibels(-random.between(6, 18)));
}

/** Harmonics of 25 to 60 Hz whose speed wanders, and a dull roar. */
export function engine(length: number, random: Random): Float32Array {
	const middle = random.between(30, 50), slow = wander(seconds(6), random), fast = wander(seconds(0.7), random), tone = new Tone(harmonics(24, 0.6, random), random), out = new Float32Array(length);
	for (let i = 0; i < length; i++)
		out[i] = tone.next(Math.min(60, Math.max(25, middle * (1 + 0.25 * slow(i) + 0.03 * fast(i)))));
	const roar = normalise(lowPass(pink(length, random), 900, SOUND_RATE)), load = wander(seconds(4), random);
	return shape(add(normalise(out), roar, decibels(-random.between(0, 8))), (i) => 3 * load(i));
}

/** Blades at 70 to 160 Hz with harmonics, moving air, and a level that drifts by 2 dB. */
export function fan(length: number, random: Random): Float32Array {
	const hz = random.between(70, 160), sway = wander(seconds(3), random), tone = new Tone(harmonics(8, 1.2, random), random), out = new Float32Array(length);
	for (let i = 0; i < length; i++)
		out[i] = tone.next(hz * (1 + 0.004 * sway(i)));
	const air = normalise(lowPass(white(length, random), random.between(500, 1500), SOUND_RATE)), drift = wander(seconds(20), random);
	return shape(add(air, normalise(out), decibels(-random.between(0, 10))), (i) => 2 * drift(i));
}

/** A motor of 180 to 400 Hz with harmonics and rushing air: 40 to 90 s on, as long off (25 dB less), ramps of 0.5 s. */
export function vacuum(length: number, random: Random): Float32Array {
	const hz = random.between(180, 400), tone = new Tone(harmonics(9, 0.7, random), random), out = new Float32Array(length), ramp = seconds(0.5);
	let on = random.chance(0.5), until = seconds(random.between(5, 90)), speed = on ? 1 : 0;
	const off = decibels(-25);
	const air = normalise(add(pink(length, random), white(length, random), 0.7));
	for (let i = 0; i < length; i++) {
		if (i === until) {
			on = !on;
			until += seconds(random.between(40, 90));
		}
		speed = Math.min(1, Math.max(0, speed + (on ? 1 : -1) / ramp));
		out[i] = tone.next(hz * (0.3 + 0.7 * speed)) * speed;
		air[i]! *= off + (1 - off) * speed;
	}
	return add(scale(out, random.between(0.3, 0.8)), air);
}
