/** On XS: signals of which nothing should wake a gate. All integers, from a seed. */

/** Each frame the same: a sensor that hangs. */
export const stuck = (frames: number, values: readonly number[]): Int16Array => Int16Array.from({ length: frames * values.length }, (_, i) => values[i % values.length]!);

/** White noise up to `level`; what passes `clip` stays there. */
export function hiss(samples: number, level: number, clip = 32767): Int16Array {
	const out = new Int16Array(samples);
	let state = 1;
	for (let i = 0; i < samples; i++) {
		state = Math.imul(state, 1664525) + 1013904223 | 0;
		const x = Math.trunc((state >> 15) * level / 65536);
		out[i] = x > clip ? clip : x < -clip ? -clip : x;
	}
	return out;
}

/** From end to end of the range, each half a period long. */
export const square = (samples: number, half: number): Int16Array => Int16Array.from({ length: samples }, (_, i) => Math.trunc(i / half) & 1 ? 32767 : -32768);
