/** What several noises are made of. All at 8 kHz. */

import type { Random } from "../random.ts";
import { SOUND_RATE } from "../words.ts";

/** One period of a tone, and how it is played. */
export class Tone {
	static readonly #SIZE = 2048;
	readonly #wave = new Float32Array(Tone.#SIZE + 1);
	#phase = 0;

	/** @param amplitudes of the fundamental, its second harmonic ... */
	constructor(amplitudes: readonly number[], random: Random) {
		amplitudes.forEach((amplitude, h) => {
			const phase = random.unit();
			for (let i = 0; i <= Tone.#SIZE; i++)
				this.#wave[i]! += amplitude * Math.sin(2 * Math.PI * ((h + 1) * i / Tone.#SIZE + phase));
		});
	}

	/** The next sample, at a pitch in Hz. */
	next(hz: number): number {
		this.#phase += hz / SOUND_RATE;
		this.#phase -= Math.floor(this.#phase);
		const at = this.#phase * Tone.#SIZE, k = Math.floor(at), rest = at - k;
		return this.#wave[k]! * (1 - rest) + this.#wave[k + 1]! * rest;
	}
}

/** Adds a ringing that dies away: by 1/e in `decay` samples. */
export function ring(out: Float32Array, at: number, hz: number, decay: number, amplitude: number): void {
	const shrink = Math.exp(-1 / decay), w = 2 * Math.PI * hz / SOUND_RATE, a = 2 * shrink * Math.cos(w), b = -shrink * shrink;
	for (let i = at, end = Math.min(out.length, at + Math.ceil(decay * 7)), y1 = amplitude * shrink * Math.sin(w), y2 = 0; i < end; i++) {
		out[i]! += y1;
		const y = a * y1 + b * y2;
		y2 = y1;
		y1 = y;
	}
}

/** Amplitudes that fall with the harmonic, and differ by chance. */
export const harmonics = (count: number, fall: number, random: Random): number[] =>
	Array.from({ length: count }, (_, i) => random.between(0.4, 1) * Math.pow(i + 1, -fall));

/** Seconds in samples. */
export const seconds = (s: number): number => Math.round(s * SOUND_RATE);
