/** Rain, wind, the sea, and a tap that drips. */

import type { Random } from "../random.ts";
import { add, decibels, lowPass, normalise, pink, scale, shape, wander, white } from "../signal.ts";
import { SOUND_RATE } from "../words.ts";
import { ring, seconds } from "./parts.ts";

/** 80 to 300 drops a second, each a short ringing, most of them faint; and a hiss. */
export function rain(length: number, random: Random): Float32Array {
	const out = new Float32Array(length), between = SOUND_RATE / random.between(80, 300);
	for (let at = 0; at < length; at += -between * Math.log(1 - random.unit()))
		ring(out, Math.floor(at), random.between(900, 3600), random.logBetween(8, 50), random.logBetween(0.1, 1));
	const heavy = wander(seconds(8), random);
	return shape(add(normalise(out), white(length, random), decibels(-random.between(0, 9))), (i) => 2 * heavy(i));
}

/** Low-passed noise with gusts, slow ones and quick ones, by 8 dB in all; and a little whistling of the air. */
export function wind(length: number, random: Random): Float32Array {
	const hz = random.between(120, 350), out = normalise(lowPass(lowPass(white(length, random), hz, SOUND_RATE), hz * 2, SOUND_RATE));
	const slow = wander(seconds(random.between(3, 7)), random), quick = wander(seconds(random.between(0.4, 1)), random);
	return shape(add(out, normalise(lowPass(white(length, random), 1800, SOUND_RATE)), decibels(-14)), (i) => 5.5 * slow(i) + 2.5 * quick(i));
}

/** Pink noise that swells every 6 to 12 s, by 6 dB. */
export function sea(length: number, random: Random): Float32Array {
	let phase = random.unit(), before = 0, period = seconds(random.between(6, 12));
	return shape(pink(length, random), (i) => {
		phase += (i - before) / period;
		before = i;
		if (phase >= 1) {
			phase -= 1;
			period = seconds(random.between(6, 12));
		}
		return 6 * Math.sin(2 * Math.PI * phase);
	});
}

/** A drop each 0.3 to 2.5 s, two or three resonances that die in 10 to 60 ms, over soft pink noise 14 dB below. */
export function drip(length: number, random: Random): Float32Array {
	const out = new Float32Array(length);
	for (let at = seconds(random.between(0, 2)); at < length; at += seconds(random.between(0.3, 2.5))) {
		const loud = random.between(0.4, 1), hz = random.between(350, 1300);
		for (let k = 0, count = 2 + random.below(2); k < count; k++)
			ring(out, at, Math.min(3800, hz * (1 + k * random.between(0.5, 1.2))), seconds(random.between(0.01, 0.06)), loud / (k + 1));
	}
	return add(normalise(out), scale(pink(length, random), decibels(-14)));
}
