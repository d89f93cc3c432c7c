/** Kinds of noise out of recordings: each WAV file of a folder is a kind, called as the file is. */

import { join } from "node:path";
import { dataFile, dataNames } from "../data.ts";
import { StreamError } from "../stream.ts";
import { centre, rms } from "../signal.ts";
import { readWav, resample } from "../wav.ts";
import { SOUND_RATE } from "../words.ts";
import type { Noise } from "./kinds.ts";

/** Where a recording begins again it is cross-faded over 50 ms. */
const FADE = 400;

/** @param folder of WAV files: 8 or 16 bit PCM, any rate, any number of channels */
export function fileKinds(folder: string): Record<string, Noise> {
	return Object.fromEntries(dataNames(folder, /\.wav$/i).map((name) => {
		const signal = centre(resample(readWav(dataFile(folder, name), join(folder, name)), SOUND_RATE));
		if (signal.length < 4 * FADE || rms(signal) === 0)
			throw new StreamError(`${name} is silent, or shorter than 0.2 s`);
		return [name, looped(signal)];
	}));
}

/** The recording again and again, from a random place on. */
const looped = (signal: Float32Array): Noise => (length, random) => {
	const out = new Float32Array(length), period = signal.length - FADE;
	for (let i = 0, at = random.below(period); i < length; i++, at = at + 1 === period ? 0 : at + 1) {
		// The end of the recording fades out over its beginning.
		const angle = at < FADE ? Math.PI / 2 * at / FADE : 0;
		out[i] = at < FADE ? signal[at]! * Math.sin(angle) + signal[period + at]! * Math.cos(angle) : signal[at]!;
	}
	return out;
};
