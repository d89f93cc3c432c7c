/** What all streams are told, and what is refused. */

import { StreamError } from "./stream.ts";
import type { Part } from "./noise/kinds.ts";

export interface StreamOptions {
	/** Whose recordings: those to train with, or those to test with, which are others. */
	part: Part;
	/** dB; what it relates depends on the stream. */
	snr: number;
	/** The same seed builds the same stream. */
	seed: number;
	/** How long. */
	seconds?: number;
	/** The folder of real data. */
	data?: string;
}

/** @param lasts what a stream may last, in seconds, and its default */
export function checkOptions({ part, snr, seed, seconds }: StreamOptions, lasts: { least: number; most: number; usual: number }): number {
	if (part !== "train" && part !== "test")
		throw new StreamError(`there is no part "${String(part)}"; choose train or test`);
	if (snr !== Infinity && !(Math.abs(snr) <= 60))
		throw new StreamError(`an SNR of ${snr} dB is not between -60 and 60`);
	if (!Number.isSafeInteger(seed))
		throw new StreamError(`the seed ${seed} is no whole number`);
	const length = seconds ?? lasts.usual;
	if (!(length >= lasts.least && length <= lasts.most))
		throw new StreamError(`such a stream lasts ${lasts.least} to ${lasts.most} s, not ${length}`);
	return length;
}

/** Of time that is filled with events. */
export function checkActivity(activity: number): number {
	if (!(activity > 0 && activity < 1))
		throw new StreamError(`an activity of ${activity} is not between 0 and 1`);
	return activity;
}

export const toInt16 = (x: number): number => Math.max(-32768, Math.min(32767, Math.round(x)));
