/** Families of noise that come in blows: impulses that ring, clicks, rustling. */

import type { Noise } from "../noise/kinds.ts";
import { ring, seconds } from "../noise/parts.ts";
import type { Random } from "../random.ts";
import { add, bandPass, decibels, highPass, peak, scale, shape, wander } from "../signal.ts";
import { SOUND_RATE } from "../words.ts";
import { bells, hiss, levelled } from "./colour.ts";
import { coloured } from "./hisses.ts";

/** One thing that is hit: five blows on it, which differ a little; of peak 1. */
function blows(random: Random): Float32Array[] {
	const longest = random.logBetween(0.002, 0.4), attack = random.chance(0.5) ? 0 : seconds(random.logBetween(0.001, 0.02)), noisy = random.chance(0.35), uneven = random.between(0, 0.15);
	const rings = Array.from({ length: 1 + random.below(5) }, (_, i) => ({ hz: random.logBetween(110, 3500), decay: i ? random.logBetween(0.002, longest) : longest, gain: random.between(0.15, 1), q: random.logBetween(0.5, 4) }));
	return Array.from({ length: 5 }, () => {
		const out = new Float32Array(Math.min(seconds(2), attack + seconds(longest * 6) + 20));
		for (const { hz, decay, gain, q } of rings) {
			const tuned = Math.min(3800, hz * (1 + uneven * random.between(-1, 1)));
			if (!noisy)
				ring(out, 0, tuned, decay * SOUND_RATE, gain);
			else {
				const burst = bandPass(hiss(out.length, random), tuned, q, SOUND_RATE), shrink = Math.exp(-1 / (decay * SOUND_RATE));
				for (let i = 0, g = gain; i < out.length; i++, g *= shrink)
					out[i]! += g * burst[i]!;
			}
		}
		for (let i = 0; i < attack && i < out.length; i++)
			out[i]! *= i / attack;
		return scale(out, 1 / (peak(out) || 1));
	});
}

/** When blows fall: evenly, by chance, or in bursts; 0.1 to 12 a second. At least once. */
function rhythm(length: number, random: Random): number[] {
	const rate = random.chance(0.3) ? random.logBetween(0.1, 0.6) : random.logBetween(0.1, 12), period = SOUND_RATE / rate, way = random.below(3);
	const uneven = random.pick([0, 0.03, 0.2]), many = 2 + random.below(11), close = SOUND_RATE / random.logBetween(3, 20), times = [random.unit() * Math.min(period, length * 0.9)];
	for (let at = times[0]!; at < length; times.push(at))
		at += way === 0 ? period * (1 + uneven * random.between(-1, 1))
			: way === 1 ? random.exponential(period)
			: random.chance(1 / many) ? random.exponential(many * period) : close * random.between(0.6, 1.4);
	return times.map(Math.floor).filter((at) => at < length);
}

/** One to three things that are hit, over a noise 10 to 40 dB below. */
export const impulses: Noise = (length, random) => {
	const out = new Float32Array(length);
	for (let left = random.pick([1, 1, 2, 3]); left > 0; left--) {
		const things = blows(random), uneven = random.between(0, 8), loud = decibels(random.between(-10, 0));
		for (const at of rhythm(length, random)) {
			const blow = random.pick(things), gain = loud * decibels(uneven * Math.max(-2, Math.min(1.5, random.gauss()))), end = Math.min(blow.length, length - at);
			for (let i = 0; i < end; i++)
				out[at + i]! += gain * blow[i]!;
		}
	}
	return add(levelled(out), coloured(length, random), decibels(-random.between(10, 40)));
};

/** Clicks of 0.1 to 3 ms, 2 to 150 a second, in spells. */
export const clicks: Noise = (length, random) => {
	const out = new Float32Array(length), period = SOUND_RATE / random.logBetween(2, 150), uneven = random.between(2, 9), longest = random.logBetween(0.0003, 0.003);
	const busy = wander(seconds(random.logBetween(0.2, 8)), random), spells = random.between(0, 3);
	for (let at = random.exponential(period); at < length; at += random.exponential(period * Math.exp(spells * busy(at)))) {
		const start = Math.floor(at), decay = longest * random.between(0.3, 1) * SOUND_RATE;
		for (let i = 0, end = Math.min(length - start, Math.ceil(5 * decay)), gain = decibels(uneven * Math.min(2, random.gauss())); i < end; i++, gain *= Math.exp(-1 / decay))
			out[start + i]! += gain * random.between(-1, 1);
	}
	return add(levelled(bells(out, 4, random)), coloured(length, random), decibels(-random.between(10, 40)));
};

/** Of paper, leaves, cloth: high noise whose level jumps about, in spells. */
export const rustling: Noise = (length, random) => {
	const quick = wander(seconds(random.logBetween(0.008, 0.15)), random), slow = wander(seconds(random.logBetween(0.3, 5)), random), depth = random.between(4, 16), spells = random.between(0, 20);
	const noise = bells(highPass(hiss(length, random), random.logBetween(200, 2500), SOUND_RATE), 5, random);
	return add(levelled(shape(noise, (i) => depth * quick(i) + spells * Math.min(0.3, slow(i)))), coloured(length, random), decibels(-random.between(10, 40)));
};
