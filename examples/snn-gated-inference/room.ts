/**
 * A simulated room: backgrounds that change, knocks, and people who now and then say something. No recogniser hears their babble: each
 * utterance carries its sentence, as if a recogniser had written it down.
 */

import { babble, Dice, RATE, type Voice } from "./voice";

export interface Utterance {
	/** In seconds. */
	at: number;
	sentence: string;
	/** In samples; the end once it is spoken, Infinity before. */
	start: number;
	end: number;
}

type Background = "quiet" | "fan" | "rain" | "hum";

const VOICES: readonly Voice[] = [{ pitch: 115, head: 1000 }, { pitch: 205, head: 1130 }, { pitch: 95, head: 960 }];
/** From second, what, RMS. */
const BACKGROUNDS: readonly (readonly [number, Background, number])[] = [[0, "quiet", 30], [40, "fan", 160], [80, "hum", 120], [120, "rain", 200], [160, "quiet", 60]];
/** Seconds at which something is knocked over. */
const KNOCKS: readonly number[] = [33, 77, 141.5];
const KNOCK = knock(new Dice(3));
/** About the loudest sample of a voice: 20 dB above the loudest background, by RMS. */
const VOICE_LEVEL = 9000;

/** A burst of noise that dies away within 15 ms. */
function knock(dice: Dice): Int16Array {
	let loud = 12000;
	return Int16Array.from({ length: 400 }, () => (loud -= loud >> 5) * (dice.next() >> 8) >> 8);
}

/** Background is made for a good second and then repeated. */
const LOOP = 10000;

/** Samples one after the other, as a microphone gives them. */
export class Room {
	readonly utterances: readonly Utterance[];
	readonly #dice = new Dice(20261126);
	readonly #voices = new Dice(7);
	readonly #loop = new Int16Array(LOOP);
	#background = -1;
	#at = 0;
	/* What is being said: one at a time is kept. */
	#speaker = -1;
	#spoken: Int16Array = new Int16Array(0);

	constructor(sentences: readonly (readonly [at: number, sentence: string])[]) {
		this.utterances = sentences.map(([at, sentence]) => ({ at, sentence, start: Math.round(at * RATE), end: Infinity }));
	}

	/** The next samples: less than a second. */
	read(samples: Int16Array): void {
		const first = this.#at, background = BACKGROUNDS.findLastIndex(([from]) => first >= from * RATE);
		if (background !== this.#background)
			this.#fill(BACKGROUNDS[this.#background = background]!);
		const place = first % LOOP, before = this.#loop.subarray(place, Math.min(LOOP, place + samples.length));
		samples.set(before);
		samples.set(this.#loop.subarray(0, samples.length - before.length), before.length);
		this.#at += samples.length;
		for (const second of KNOCKS)
			this.#add(samples, Math.round(second * RATE), KNOCK);
		this.utterances.forEach((utterance, n) => this.#say(utterance, n, samples));
	}

	/** What was being said at that sample, or in the second before. */
	heardAt(sample: number): Utterance | undefined {
		return this.utterances.find(({ start, end }) => sample >= start && sample <= end + RATE);
	}

	#say(utterance: Utterance, n: number, samples: Int16Array): void {
		const { start } = utterance;
		if (start >= this.#at || utterance.end <= this.#at - samples.length)
			return;
		if (this.#speaker !== n) {
			this.#speaker = n;
			this.#spoken = babble(2 + n % 2, VOICES[n % VOICES.length]!, VOICE_LEVEL, this.#voices);
			utterance.end = start + this.#spoken.length;
		}
		this.#add(samples, start, this.#spoken);
	}

	/** A sound that begins at `start`, as far as it is in these samples, the last ones before #at. */
	#add(samples: Int16Array, start: number, sound: Int16Array): void {
		const first = this.#at - samples.length;
		for (let at = Math.max(start, first); at < Math.min(start + sound.length, this.#at); at++)
			samples[at - first] = Math.max(-32768, Math.min(32767, samples[at - first]! + sound[at - start]!));
	}

	#fill([, kind, level]: typeof BACKGROUNDS[number]): void {
		let low = 0, lower = 0;
		for (let i = 0; i < LOOP; i++) {
			// Two leaky sums: noise below some 400 and below some 150 Hz.
			const noise = this.#dice.next(), phase = i * 100 % RATE * 4 / RATE;
			low += noise - low >> 2;
			lower += low - lower >> 3;
			const loud = kind === "fan" ? lower * 4 : kind === "rain" ? noise - low : kind === "hum" ? Math.trunc((phase < 2 ? phase - 1 : 3 - phase) * 32767) + (lower >> 1) : noise;
			this.#loop[i] = Math.trunc(loud * level / 16384);
		}
	}
}
