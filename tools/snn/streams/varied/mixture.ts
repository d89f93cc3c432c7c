/** Noise of no fixed kind: each mixture is drawn from broad families, so that a gate can learn no noise by heart. To train with. */

import type { Noise } from "../noise/kinds.ts";
import type { Random } from "../random.ts";
import { add, decibels, shape } from "../signal.ts";
import { bells, hiss, levelled, stepping, swelling } from "./colour.ts";
import { crowd, peaks, silence, steady, swells } from "./hisses.ts";
import { clicks, impulses, rustling } from "./knocks.ts";
import { chirps, motor, notes, siren } from "./tones.ts";

/** Each with the share that it has of all draws. */
export const FAMILIES: readonly (readonly [name: string, noise: Noise, share: number])[] = [
	["steady", steady, 2], ["peaks", peaks, 2], ["swells", swells, 2], ["crowd", crowd, 2.5], ["impulses", impulses, 4], ["clicks", clicks, 1],
	["rustling", rustling, 1.5], ["motor", motor, 2.5], ["siren", siren, 1], ["chirps", chirps, 1], ["notes", notes, 2.5],
];

/** The SNRs of segments, where they vary. */
export const VARIED_SNR: readonly number[] = [40, 30, 20, 12, 8, 4, 0, -2];

export interface Mixture {
	/** As in impulses+stepped crowd. */
	name: string;
	noise: Noise;
	/** RMS, int16. */
	levels: readonly [least: number, most: number];
	/** Silence is so soft that a word must stand well above it to be one. */
	snrs: readonly number[];
}

function family(random: Random): readonly [name: string, noise: Noise] {
	let left = random.unit() * FAMILIES.reduce((sum, [, , share]) => sum + share, 0);
	const [name, noise] = FAMILIES.find(([, , share]) => (left -= share) < 0) ?? FAMILIES[0]!;
	return [name, noise];
}

/** One family, as it is or as it changes over time. */
function part(random: Random): readonly [name: string, noise: Noise] {
	const [name, noise] = family(random), way = random.unit();
	if (way >= 0.4)
		return [name, noise];
	const [called, gain] = way < 0.25 ? ["stepped", stepping] as const : ["swelling", swelling] as const;
	return [`${called} ${name}`, (length, own, voices) => shape(levelled(noise(length, own, voices)), gain(own.fork("gain")))];
}

/** A family by itself (a third of all), or two or three; always over a hiss, as a microphone's silence is never zero. */
export function mixture(random: Random): Mixture {
	const single = random.chance(1 / 3);
	if (single && random.chance(0.1))
		return { name: "silence", noise: silence, levels: [5, 60], snrs: VARIED_SNR.filter((snr) => snr >= 20) };
	const parts = Array.from({ length: single ? 1 : random.pick([2, 2, 3]) }, () => part(random));
	return {
		name: parts.map(([name]) => name).join("+"), levels: [40, 1500], snrs: VARIED_SNR,
		noise: (length, own, voices) => {
			const out = levelled(hiss(length, own), decibels(-own.between(30, 55)));
			parts.forEach(([, noise], i) => add(out, levelled(noise(length, own.fork(i), voices)), i ? decibels(own.between(-12, 8)) : 1));
			return bells(out, own.pick([0, 0, 2]), own);
		},
	};
}
