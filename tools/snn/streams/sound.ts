/** Streams of sound: spoken digits in noise, 8 kHz, one channel. What docs/snn-streams.md says. */

import { DEFAULT_DATA } from "./data.ts";
import { fileKinds } from "./noise/files.ts";
import { type ChosenKind, chooseKinds, type Part } from "./noise/kinds.ts";
import { checkActivity, checkOptions, type StreamOptions, toInt16 } from "./options.ts";
import { Random } from "./random.ts";
import { cuts, draw, place } from "./schedule.ts";
import { decibels, normalise, peak } from "./signal.ts";
import { type Stream, StreamError, type StreamEvent } from "./stream.ts";
import { readVoices, SOUND_RATE, type Voices, type Word } from "./words.ts";

/** Train has its speakers and its kinds of noise, test the others; the SNR is the RMS of a word against that of the noise of its segment. */
export interface SoundOptions extends StreamOptions {
	/** Train with the speakers of test, and the other way round; noises stay where they are. */
	swap?: boolean;
	/** Names of kinds, or "train", "test", "files"; those of the part, and all files, by default. */
	kinds?: readonly string[];
	/** A folder of WAV files that are kinds of noise too. */
	noise?: string;
	/** The words' share of the time; 0.01 by default. */
	activity?: number;
	/** How long a kind of noise stays; 300 by default. */
	segmentSeconds?: number;
	/** Leaves the words out; the noise is the same. */
	withoutWords?: boolean;
}

const SPEAKERS: Record<Part, readonly string[]> = { train: ["george", "jackson"], test: ["nicolas", "yweweler"] };
/** The speakers of a part. */
export const speakersOf = (part: Part, swap = false): readonly string[] => SPEAKERS[(part === "train") === swap ? "test" : "train"];

/** No word in the first 20 s, and 2.5 s at least from the end of one to the start of the next. */
const FIRST = 20 * SOUND_RATE, GAP = 2.5 * SOUND_RATE;
/** Kinds of noise are cross-faded over 50 ms. */
const FADE = 400;
/** RMS of the noise, int16; what a sample may come to, and what noise may come to, of which two overlap in a cross-fade. */
const LEVELS = [60, 1500] as const, MOST = 32000, MOST_NOISE = 22000;

export function soundStream(options: SoundOptions): Stream {
	const { part, snr, seed, segmentSeconds = 300, swap = false, data = DEFAULT_DATA } = options;
	const total = Math.round(checkOptions(options, { least: 30, most: 86400, usual: 7200 }) * SOUND_RATE), activity = checkActivity(options.activity ?? 0.01);
	if (snr === Infinity || !(segmentSeconds >= 5))
		throw new StreamError(snr === Infinity ? "words need some noise: an SNR of Infinity has none" : `a kind of noise lasts 5 s at least, not ${segmentSeconds}`);
	const random = new Random(seed), timing = random.fork("timing");
	const files = options.noise === undefined ? {} : fileKinds(options.noise), kinds = chooseKinds(options.kinds, part, files);
	const voices: Record<Part, Voices> = { train: readVoices(data, speakersOf("train", swap)), test: readVoices(data, speakersOf("test", swap)) };

	const words = draw(voices[part].words, (word) => word, ({ signal }) => signal.length, activity * total, timing);
	const starts = place(words.map(({ signal }) => signal.length), total, FIRST, GAP, timing);
	const events = words.map((word, i): StreamEvent & { word: Word } => ({ start: starts[i]!, end: starts[i]! + word.signal.length, label: word.name, word }));
	const stream: Stream = { rate: SOUND_RATE, channels: 1, unit: "1/32768 of full scale", samples: new Int16Array(total), events: events.map(({ start, end, label }) => ({ start, end, label })), segments: [], snr, seed };

	let deck: ChosenKind[] = [], tail = new Float32Array(0);
	for (const { start, end } of cuts(total, Math.round(segmentSeconds * SOUND_RATE), events, FADE)) {
		deck = deck.length ? deck : timing.shuffle([...kinds]);
		const kind = deck.pop()!, own = random.fork(`segment ${start}`), inside = events.filter((event) => event.start >= start && event.end <= end);
		// One fade more than the segment, which goes on into the next.
		const noise = normalise(kind.noise(end - start + FADE, own.fork("noise"), voices[kind.speakers]));
		const loudest = peak(noise), loudestWord = Math.max(0, ...inside.map(({ word }) => peak(word.signal))) * decibels(snr);
		const level = Math.min(own.logBetween(...LEVELS), MOST / (loudest + loudestWord), MOST_NOISE / loudest);
		for (let i = 0; i < noise.length; i++)
			noise[i]! *= level;
		tail = crossFade(noise, tail, end - start);
		if (!options.withoutWords)
			for (const { start: at, word: { signal } } of inside)
				for (let i = 0; i < signal.length; i++)
					noise[at - start + i]! += signal[i]! * level * decibels(snr);
		for (let i = 0; i < end - start; i++)
			stream.samples[start + i] = toInt16(noise[i]!);
		stream.segments.push({ start, end, kind: kind.name, level });
	}
	return stream;
}

/** Fades in over the tail of the noise before; gives this noise's own tail, behind `length`. */
function crossFade(noise: Float32Array, tail: Float32Array, length: number): Float32Array<ArrayBuffer> {
	for (let i = 0; i < tail.length && i < length; i++)
		noise[i] = noise[i]! * Math.sin(Math.PI / 2 * i / FADE) + tail[i]! * Math.cos(Math.PI / 2 * i / FADE);
	return noise.slice(length, length + FADE);
}
