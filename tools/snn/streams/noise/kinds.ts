/** The kinds of noise by name: those to train with and those to test with, which are others, and not merely other takes. */

import { StreamError } from "../stream.ts";
import type { Random } from "../random.ts";
import { pink, white } from "../signal.ts";
import type { Voices } from "../words.ts";
import { crowd, room, speechShaped } from "./people.ts";
import { beeps, keyboard, melody } from "./sounds.ts";
import { brown, engine, fan, hum, vacuum } from "./steady.ts";
import { drip, rain, sea, wind } from "./weather.ts";

/** Makes a noise of that many samples at 8 kHz; its level is any. */
export type Noise = (length: number, random: Random, voices: Voices) => Float32Array;

export type Part = "train" | "test";

export const KINDS: Record<Part, Record<string, Noise>> = {
	train: { white, pink: (length, random) => pink(length, random), hum, rain, engine, wind, keyboard, "room-a": room, "crowd-a": crowd(24), melody },
	test: { brown, "speech-shaped": speechShaped, fan, sea, drip, vacuum, "room-b": room, "crowd-b": crowd(48), beeps },
};

/** Kinds whose noise is made from the speakers of that part. */
const SPEAKERS_OF: Record<string, Part> = { "room-a": "train", "crowd-a": "train", "room-b": "test", "crowd-b": "test" };

export interface ChosenKind {
	name: string;
	noise: Noise;
	/** Whose speakers it takes. */
	speakers: Part;
}

/**
 * The kinds that were asked for.
 *
 * @param names kinds, or train, test or files for all of those; undefined: those of the part, and all files
 * @param files kinds made of recordings
 */
export function chooseKinds(names: readonly string[] | undefined, part: Part, files: Record<string, Noise>): ChosenKind[] {
	const all: Record<string, Noise> = { ...KINDS.train, ...KINDS.test, ...files };
	const groups: Record<string, string[]> = { train: Object.keys(KINDS.train), test: Object.keys(KINDS.test), files: Object.keys(files) };
	const wanted = [...new Set((names ?? [part, "files"]).flatMap((name) => Object.hasOwn(groups, name) ? groups[name]! : [name]))];
	const unknown = wanted.find((name) => !Object.hasOwn(all, name));
	if (unknown !== undefined)
		throw new StreamError(`there is no noise "${unknown}"; choose train, test, files or some of ${Object.keys(all).join(", ")}, or varied alone`);
	if (!wanted.length)
		throw new StreamError("no kind of noise is chosen");
	return wanted.map((name) => ({ name, noise: all[name]!, speakers: Object.hasOwn(SPEAKERS_OF, name) ? SPEAKERS_OF[name]! : part }));
}
