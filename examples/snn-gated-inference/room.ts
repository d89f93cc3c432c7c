/**
 * A simulated room: backgrounds that change, knocks, and people who now and then say something. No recogniser hears their babble: each
 * utterance carries its sentence, as if a recogniser had written it down.
 */

import { babble, Dice, RATE, type Voice } from "./voice";

export interface Utterance {
	/** In seconds. */
	at: number;
	sentence: string;
	/** In samples, once it is spoken. */
	start: number;
	end: number;
}

type Background = "quiet" | "fan" | "rain" | "hum";

const VOICES: readonly Voice[] = [{ pitch: 115, head: 1000 }, { pitch: 205, head: 1130 }, { pitch: 95, head: 960 }];
/** From second, what, RMS. */
const BACKGROUNDS: readonly (readonly [number, Background, number])[] = [[0, "quiet", 20], [8, "fan", 160], [16, "hum", 120], [24, "rain", 200], [32, "quiet", 30]];
/** Seconds at which something is knocked over. */
const KNOCKS: readonly number[] = [6, 13.5, 29];
/** The level of voices by background: some 15 dB above it. */
const VOICE_LEVEL = 9000;

/** Samples one after the other, as a microphone gives them. */
export class Room {
	readonly utterances: readonly Utterance[];
	readonly #dice = new Dice(20261126);
	readonly #spoken: Int16Array[];
	#at = 0;
	#low = 0;
	#lower = 0;
	#knock = 0;

	constructor(sentences: readonly (readonly [at: number, sentence: string])[]) {
		const dice = new Dice(7);
		this.#spoken = sentences.map((_, i) => babble(2 + i % 2, VOICES[i % VOICES.length]!, VOICE_LEVEL, dice));
		this.utterances = sentences.map(([at, sentence], i) => ({ at, sentence, start: Math.round(at * RATE), end: Math.round(at * RATE) + this.#spoken[i]!.length }));
	}

	/** The next samples. */
	read(samples: Int16Array): void {
		for (let i = 0; i < samples.length; i++, this.#at++)
			samples[i] = this.#background();
		const first = this.#at - samples.length;
		this.utterances.forEach(({ start, end }, n) => {
			for (let at = Math.max(start, first); at < Math.min(end, this.#at); at++)
				samples[at - first] = Math.max(-32768, Math.min(32767, samples[at - first]! + this.#spoken[n]![at - start]!));
		});
	}

	/** What was being said at that sample, or in the second before. */
	heardAt(sample: number): Utterance | undefined {
		return this.utterances.find(({ start, end }) => sample >= start && sample <= end + RATE);
	}

	#background(): number {
		const second = this.#at / RATE, [, kind, level] = BACKGROUNDS.findLast(([from]) => second >= from)!, noise = this.#dice.next();
		// Two leaky sums: what is left of the noise above some 200 and below some 600 Hz.
		this.#low += noise - this.#low >> 2;
		this.#lower += this.#low - this.#lower >> 3;
		if (KNOCKS.includes(second))
			this.#knock = 12000;
		this.#knock -= this.#knock >> 5;
		const tone = this.#at * 100 % RATE * 4 / RATE, triangle = Math.trunc((tone < 2 ? tone - 1 : 3 - tone) * 32767);
		const loud = kind === "fan" ? this.#lower * 4 : kind === "rain" ? noise - this.#low : kind === "hum" ? triangle + (this.#lower >> 1) : noise;
		return Math.trunc(loud * level / 16384) + (this.#knock * (noise >> 8) >> 8);
	}
}
