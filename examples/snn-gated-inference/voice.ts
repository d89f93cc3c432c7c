/**
 * Voices for a simulated microphone: a formant synthesiser in integers, after Klatt (1980), much simplified. A pulse train (the glottis) or
 * noise (breath) rings three resonators (the throat and the mouth), whose pitches say which vowel it is. It sounds like someone who babbles
 * on the telephone; nobody could tell words in it.
 */

export const RATE = 8000;

/** Hz of the first three formants, of a grown-up (Peterson and Barney 1952). */
const VOWELS: readonly (readonly [number, number, number])[] = [[730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [530, 1840, 2480], [570, 840, 2410], [440, 1020, 2240]];
const BANDWIDTHS = [80, 100, 140], FRACTION = 14;

/** 16 bits; the same seed gives the same noise. */
export class Dice {
	#state: number;
	constructor(seed: number) {
		this.#state = seed | 1;
	}
	/** -32768 to 32767. */
	next(): number {
		this.#state = Math.imul(this.#state, 1664525) + 1013904223 | 0;
		return this.#state >> 16;
	}
	/** 0 to n - 1. */
	below(n: number): number {
		return Math.imul(this.next() + 32768, n) >>> 16;
	}
}

/** y = x + a y1 - b y2 with 14 fraction bits. */
class Resonator {
	#a = 0;
	#b = 0;
	#y1 = 0;
	#y2 = 0;
	tune(hertz: number, bandwidth: number): void {
		const radius = Math.exp(-Math.PI * bandwidth / RATE);
		this.#a = Math.round(2 * radius * Math.cos(2 * Math.PI * hertz / RATE) * (1 << FRACTION));
		this.#b = Math.round(radius * radius * (1 << FRACTION));
	}
	step(x: number): number {
		const y = x + (this.#a * this.#y1 - this.#b * this.#y2 >> FRACTION) | 0;
		this.#y2 = this.#y1;
		return this.#y1 = y > 100000 ? 100000 : y < -100000 ? -100000 : y;
	}
}

export interface Voice {
	/** Hz: 90 to 260. */
	pitch: number;
	/** Of all that is said, in thousandths: a larger head has lower formants. */
	head: number;
}

/** Samples of a syllable's breath and of its vowel, at most; of the vowel's rise and fall. */
const BREATH = 560, VOWEL = 1800, RISE = 160, FALL = 480;

/**
 * Syllables, each a breath of noise and a vowel, with a fall of pitch over them all.
 * @param level about the loudest sample
 */
export function babble(syllables: number, { pitch, head }: Voice, level: number, dice: Dice): Int16Array {
	const out = new Int16Array(syllables * (BREATH + VOWEL)), throat = BANDWIDTHS.map(() => new Resonator());
	let at = 0, phase = 0, loudest = 1;
	const put = (sample: number): void => {
		out[at++] = Math.max(-32768, Math.min(32767, sample));
		loudest = Math.max(loudest, Math.abs(sample));
	};
	for (let s = 0; s < syllables; s++) {
		const vowel = VOWELS[dice.below(VOWELS.length)]!, next = VOWELS[dice.below(VOWELS.length)]!, breath = BREATH - dice.below(320), voiced = VOWEL - dice.below(800);
		throat.forEach((one, i) => one.tune(2000 + 900 * i + dice.below(400), 400));
		for (let i = 0; i < breath; i++)
			put(throat[1]!.step(dice.next() >> 9) >> 1);
		for (let i = 0; i < voiced; i++) {
			// The vowel glides to another: each 5 ms.
			if (i % 40 === 0)
				throat.forEach((one, k) => one.tune((vowel[k]! + (next[k]! - vowel[k]!) * i / voiced / 2) * head / 1000, BANDWIDTHS[k]!));
			phase += Math.trunc(pitch * (1150 - Math.trunc(300 * (s * voiced + i) / (syllables * voiced))) / 1000 * 65536 / RATE);
			const pulse = phase >= 65536 ? 900 : -20 + (dice.next() >> 13), envelope = i < RISE ? i * 256 / RISE : i > voiced - FALL ? (voiced - i) * 256 / FALL : 256;
			phase &= 65535;
			const excited = pulse * envelope >> 8;
			put((throat[0]!.step(excited) >> 1) + (throat[1]!.step(excited) >> 2) + (throat[2]!.step(excited) >> 3));
		}
	}
	for (let i = 0; i < at; i++)
		out[i] = Math.trunc(out[i]! * level / loudest);
	return out.subarray(0, at);
}
