/** Streams of sound: spoken digits in noise, 8 kHz, one channel. What docs/snn-streams.md says. */

import { DEFAULT_DATA } from "./data.ts";
import { fileKinds } from "./noise/files.ts";
import { type ChosenKind, chooseKinds, type Part } from "./noise/kinds.ts";
import { checkActivity, checkOptions, type StreamOptions, toInt16 } from "./options.ts";
import { Random } from "./random.ts";
import { cuts, draw, place } from "./schedule.ts";
import { decibels, normalise, peak } from "./signal.ts";
import { type Stream, StreamError } from "./stream.ts";
import { VARIED_SNR } from "./varied/mixture.ts";
import { variedPlan } from "./varied/plan.ts";
import { chooseSpeakers, readVoices, SOUND_RATE, type Voices, type Word } from "./words.ts";

/** Train has its speakers and its kinds of noise, test the others; the SNR is the RMS of a word against that of the noise of its segment. */
export interface SoundOptions extends Omit<StreamOptions, "snr"> {
	/** dB; varied: each segment draws its own. */
	snr: number | "varied";
	/** Train with the speakers of test, and the other way round; noises stay where they are. */
	swap?: boolean;
	/** The speakers of the part, in place of its own; those of the other part stay. */
	speakers?: readonly string[];
	/** Names of kinds, or "train", "test", "files"; those of the part, and all files, by default. "varied" stands alone: noise and words drawn anew each 20 to 60 s, to train with. */
	kinds?: readonly string[];
	/** A folder of WAV files that are kinds of noise too. */
	noise?: string;
	/** The words' share of the time; 0.01 by default. */
	activity?: number;
	/** How long a kind of noise stays; 300 by default, 20 to 60 at random if varied. */
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

/** A part of the stream: its noise, and what is said in it. */
interface Planned {
	start: number;
	end: number;
	name: string;
	noise: (length: number, random: Random) => Float32Array;
	levels: readonly [least: number, most: number];
	/** Those it may have, if they vary. */
	snrs: readonly number[];
	words: { start: number; word: Word }[];
}

export function soundStream(options: SoundOptions): Stream {
	const { part, snr, seed, data = DEFAULT_DATA } = options, random = new Random(seed), timing = random.fork("timing");
	const total = Math.round(checkOptions({ ...options, snr: snr === "varied" ? 0 : snr }, { least: 30, most: 86400, usual: 7200 }) * SOUND_RATE);
	if (snr === Infinity || options.segmentSeconds !== undefined && !(options.segmentSeconds >= 5))
		throw new StreamError(snr === Infinity ? "words need some noise: an SNR of Infinity has none" : `a kind of noise lasts 5 s at least, not ${options.segmentSeconds}`);
	const plan = (options.kinds?.includes("varied") ? planVaried : planKinds)(options, total, timing, readBoth(data, options));
	const stream: Stream = { rate: SOUND_RATE, channels: 1, unit: "1/32768 of full scale", samples: new Int16Array(total), events: [], segments: [], snr, seed };

	let tail = new Float32Array(0);
	for (const { start, end, name, noise: make, levels, snrs, words } of plan) {
		const own = random.fork(`segment ${start}`), dB = snr === "varied" ? own.fork("SNR").pick(snrs) : snr;
		// One fade more than the segment, which goes on into the next.
		const noise = normalise(make(end - start + FADE, own.fork("noise")));
		const loudest = peak(noise), loudestWord = words.reduce((most, { word }) => Math.max(most, peak(word.signal)), 0) * decibels(dB);
		const level = Math.min(own.logBetween(...levels), MOST / (loudest + loudestWord), MOST_NOISE / loudest);
		for (let i = 0; i < noise.length; i++)
			noise[i]! *= level;
		tail = crossFade(noise, tail, end - start);
		if (!options.withoutWords)
			for (const { start: at, word: { signal } } of words)
				for (let i = 0; i < signal.length; i++)
					noise[at - start + i]! += signal[i]! * level * decibels(dB);
		for (let i = 0; i < end - start; i++)
			stream.samples[start + i] = toInt16(noise[i]!);
		stream.events.push(...words.map(({ start: at, word }) => ({ start: at, end: at + word.signal.length, label: word.name })));
		stream.segments.push({ start, end, kind: name, level, ...snr === "varied" ? { snr: dB } : {} });
	}
	return stream;
}

/** The voices of both parts. */
type Both = () => Record<Part, Voices>;

/** Read when all else is checked. */
const readBoth = (data: string, { part, swap = false, speakers }: SoundOptions): Both => () => {
	if (swap && speakers)
		throw new StreamError("speakers that are chosen are not swapped");
	const of = (which: Part): Voices => readVoices(data, speakers && which === part ? chooseSpeakers(data, speakers) : speakersOf(which, swap));
	return { train: of("train"), test: of("test") };
};

/** Kinds by turns, and words wherever they fall. */
function planKinds({ part, kinds: names, noise, segmentSeconds = 300, activity = 0.01 }: SoundOptions, total: number, timing: Random, read: Both): Planned[] {
	const share = checkActivity(activity), kinds = chooseKinds(names, part, noise === undefined ? {} : fileKinds(noise)), voices = read();
	const words = draw(voices[part].words, (word) => word, ({ signal }) => signal.length, share * total, timing);
	const starts = place(words.map(({ signal }) => signal.length), total, FIRST, GAP, timing);
	const events = words.map((word, i) => ({ start: starts[i]!, end: starts[i]! + word.signal.length, word }));
	let deck: ChosenKind[] = [];
	return cuts(total, Math.round(segmentSeconds * SOUND_RATE), events, FADE).map(({ start, end }) => {
		deck = deck.length ? deck : timing.shuffle([...kinds]);
		const { name, noise: make, speakers } = deck.pop()!;
		return { start, end, name, noise: (length, random) => make(length, random, voices[speakers]), levels: LEVELS, snrs: VARIED_SNR, words: events.filter((event) => event.start >= start && event.end <= end) };
	});
}

function planVaried({ part, kinds, noise, segmentSeconds, activity }: SoundOptions, total: number, timing: Random, read: Both): Planned[] {
	if (part !== "train")
		throw new StreamError("varied noise is to train with; it belongs to no test");
	if (kinds!.length > 1 || noise !== undefined || activity !== undefined)
		throw new StreamError(`varied noise goes with no ${kinds!.length > 1 ? "other kind" : noise !== undefined ? "files" : "activity"}`);
	const voices = read()[part];
	return variedPlan(voices.words, total, FIRST, GAP, segmentSeconds === undefined ? undefined : Math.round(segmentSeconds * SOUND_RATE), timing)
		.map(({ start, end, mixture: { name, noise: make, levels, snrs }, words }) => ({ start, end, name, noise: (length, random) => make(length, random, voices), levels, snrs, words }));
}

/** Fades in over the tail of the noise before; gives this noise's own tail, behind `length`. */
function crossFade(noise: Float32Array, tail: Float32Array, length: number): Float32Array<ArrayBuffer> {
	for (let i = 0; i < tail.length && i < length; i++)
		noise[i] = noise[i]! * Math.sin(Math.PI / 2 * i / FADE) + tail[i]! * Math.cos(Math.PI / 2 * i / FADE);
	return noise.slice(length, length + FADE);
}
