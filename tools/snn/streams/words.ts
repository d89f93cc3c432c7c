/** Spoken digits (8 kHz), cut to what is spoken, and the background of their recordings. */

import { join } from "node:path";
import { dataFile, dataNames } from "./data.ts";
import { StreamError } from "./stream.ts";
import { centre, rms } from "./signal.ts";
import { readWav } from "./wav.ts";

export const SOUND_RATE = 8000;
/** A frame of the envelope: 20 ms. */
const FRAME = 160;
/** A word begins and ends where its envelope passes this share of its peak: -35 dB. */
const ACTIVE = Math.pow(10, -35 / 20);
/** Edges are faded over 5 ms, so that a cut word does not click. */
const FADE = 40;
/** A frame of the background: 32 ms, and the share of a speaker's frames that count as background. */
export const QUIET_FRAME = 256;
const QUIET_SHARE = 0.05;

export interface Word {
	/** DIGIT_SPEAKER_TAKE, as the recording is called. */
	name: string;
	speaker: string;
	/** From where it begins to where it ends; RMS 1. */
	signal: Float32Array;
}

/** What a part of the speakers gives. */
export interface Voices {
	words: Word[];
	/** The quietest frames of each speaker, scaled so that all speakers are as loud. */
	quiet: { signal: Float32Array; start: number }[];
}

/** Start and end of what is spoken, in samples; frames of 20 ms. */
export function activePart(signal: Float32Array): { start: number; end: number } {
	const levels: number[] = [];
	for (let at = 0; at < signal.length; at += FRAME)
		levels.push(rms(signal, at, Math.min(signal.length, at + FRAME)));
	const least = Math.max(...levels) * ACTIVE;
	return { start: levels.findIndex((level) => level > least) * FRAME, end: Math.min(signal.length, (levels.findLastIndex((level) => level > least) + 1) * FRAME) };
}

function cut(signal: Float32Array): Float32Array {
	const { start, end } = activePart(signal), word = centre(signal.slice(start, end));
	for (let i = 0; i < FADE && 2 * i < word.length; i++) {
		word[i]! *= i / FADE;
		word[word.length - 1 - i]! *= i / FADE;
	}
	const level = rms(word);
	return word.map((x) => x / level);
}

/** The quietest frames of a speaker's recordings, as loud as each other speaker's. */
function quietFrames(recordings: readonly Float32Array[]): Voices["quiet"] {
	const frames = recordings.flatMap((signal) => Array.from({ length: Math.floor(signal.length / (QUIET_FRAME / 2)) - 1 }, (_, i) => ({
		signal, start: i * QUIET_FRAME / 2, level: rms(signal, i * QUIET_FRAME / 2, i * QUIET_FRAME / 2 + QUIET_FRAME),
	}))).sort((a, b) => a.level - b.level);
	const some = frames.slice(0, Math.ceil(frames.length * QUIET_SHARE));
	const level = Math.sqrt(some.reduce((sum, frame) => sum + frame.level ** 2, 0) / some.length) || 1;
	return some.map((frame) => ({ signal: frame.signal.slice(frame.start, frame.start + QUIET_FRAME).map((x) => x / level), start: 0 }));
}

/** Those of them that were asked for, if they are there, each once. */
export function chooseSpeakers(data: string, names: readonly string[]): string[] {
	const all = [...new Set(dataNames(join(data, "fsdd"), /^\d_[^_]+_\d+\.wav$/).map((name) => name.split("_")[1]!))].sort(), unknown = names.find((name) => !all.includes(name));
	if (unknown !== undefined || !names.length)
		throw new StreamError(`there is ${unknown === undefined ? "no speaker chosen" : `no speaker "${unknown}"`}; choose some of ${all.join(", ")}`);
	return [...new Set(names)];
}

/** @param data the folder that holds fsdd/ */
export function readVoices(data: string, speakers: readonly string[]): Voices {
	const folder = join(data, "fsdd"), voices: Voices = { words: [], quiet: [] };
	for (const speaker of speakers) {
		const recordings: Float32Array[] = [];
		for (const name of dataNames(folder, new RegExp(`^\\d_${speaker}_\\d+\\.wav$`))) {
			const { rate, signal } = readWav(dataFile(folder, name), name);
			if (rate !== SOUND_RATE)
				throw new StreamError(`${name} has ${rate} Hz instead of ${SOUND_RATE}`);
			// One speaker's recordings have an offset of a tenth of their level.
			recordings.push(centre(signal));
			voices.words.push({ name: name.slice(0, -4), speaker, signal: cut(signal) });
		}
		voices.quiet.push(...quietFrames(recordings));
	}
	return voices;
}
