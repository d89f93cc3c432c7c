/** Families of noise without pitch that never stop: steady, of peaks that flutter, of bands that swell, crowds, and next to nothing. */

import type { Noise } from "../noise/kinds.ts";
import { seconds } from "../noise/parts.ts";
import type { Random } from "../random.ts";
import { add, bandPass, decibels, highPass, lowPass, shape } from "../signal.ts";
import { SOUND_RATE } from "../words.ts";
import { resampled } from "./words.ts";
import { bells, fluttering, hiss, levelled, slope, swelling } from "./colour.ts";

/** Of any colour. */
export function coloured(length: number, random: Random): Float32Array {
	return levelled(bells(slope(hiss(length, random), random.between(0, 6.6)), random.pick([0, 3, 6]), random));
}

export const steady: Noise = (length, random) => {
	const noise = coloured(length, random);
	if (random.chance(0.25))
		random.chance(0.5) ? lowPass(noise, random.logBetween(150, 2500), SOUND_RATE) : highPass(noise, random.logBetween(100, 1500), SOUND_RATE);
	return random.chance(0.3) ? shape(noise, fluttering(random)) : noise;
};

/** Two to six resonances, most of which come and go 1 to 25 times a second. */
export const peaks: Noise = (length, random) => {
	const noise = levelled(coloured(length, random), decibels(-random.between(3, 30))), same = random.chance(0.3) ? fluttering(random.fork("same")) : undefined;
	for (let left = 2 + random.below(5); left > 0; left--) {
		const peak = levelled(bandPass(hiss(length, random), random.logBetween(120, 3600), random.logBetween(1, 25), SOUND_RATE), decibels(random.between(-12, 0)));
		add(noise, random.chance(0.8) ? shape(peak, same && random.chance(0.7) ? same : fluttering(random)) : peak);
	}
	return noise;
};

/** Three to five bands, each of which swells by itself. */
export const swells: Noise = (length, random) => {
	const noise = levelled(coloured(length, random), decibels(-random.between(5, 25))), fall = random.between(0, 6), bands = 3 + random.below(3);
	for (let band = 0; band < bands; band++) {
		const octave = 5 * (band + random.unit()) / bands, one = levelled(bandPass(hiss(length, random), 110 * Math.pow(2, octave), random.logBetween(0.5, 3), SOUND_RATE));
		add(noise, shape(one, swelling(random)), decibels(-fall * octave));
	}
	return random.chance(0.4) ? shape(noise, swelling(random)) : noise;
};

/** Soft noise of a room and its microphone. */
export const silence: Noise = (length, random) => bells(slope(hiss(length, random), random.between(0, 5)), random.pick([0, 2, 4]), random);

/** 8 to 64 people who talk without listening, each as fast and as loud as they like. */
export const crowd: Noise = (length, random, voices) => {
	const out = new Float32Array(length), words = Array.from({ length: 60 }, () => resampled(random.pick(voices.words).signal, random.between(0.8, 1.25)));
	const pause = seconds(random.logBetween(0.02, 0.6)), uneven = random.between(0, 8);
	for (let talkers = Math.round(random.logBetween(8, 64)); talkers > 0; talkers--) {
		const loud = decibels(uneven * random.gauss() / 2);
		for (let at = -Math.floor(random.unit() * 8000); at < length;) {
			const word = random.pick(words), gain = loud * decibels(2 * random.gauss());
			for (let i = Math.max(0, -at), end = Math.min(word.length, length - at); i < end; i++)
				out[at + i]! += gain * word[i]!;
			at += word.length + Math.floor(random.exponential(pause));
		}
	}
	return bells(out, random.pick([0, 2, 4]), random);
};
