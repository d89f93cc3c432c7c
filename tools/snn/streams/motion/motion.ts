/** Accelerations of three axes in mg at 100 Hz, and what can be done with them. */

import type { Random } from "../random.ts";
import { wander } from "../signal.ts";

export const MOTION_RATE = 100;
/** Pieces are cross-faded over 0.2 s. */
export const FADE = 20;

/** x, y, z; y is up when somebody stands. */
export type Motion = readonly [Float32Array, Float32Array, Float32Array];
export type Vector = readonly [number, number, number];

/** How somebody rests: where gravity is, mg, and how far the sensor strays from it slowly, and from sample to sample. */
export interface Posture {
	mean: Vector;
	drift: Vector;
	hiss: Vector;
}

export const silence = (length: number): Motion => [new Float32Array(length), new Float32Array(length), new Float32Array(length)];

const vector = (of: (axis: 0 | 1 | 2) => number): Vector => [of(0), of(1), of(2)];
const norm = (v: Vector): number => Math.hypot(...v);

/** Samples `start` to `end` - 1 as a posture. */
export function postureOf(motion: Motion, start: number, end: number): Posture {
	const mean = vector((a) => motion[a].subarray(start, end).reduce((sum, x) => sum + x, 0) / (end - start));
	const deviation = (a: 0 | 1 | 2): number => Math.sqrt(motion[a].subarray(start, end).reduce((sum, x) => sum + (x - mean[a]) ** 2, 0) / (end - start));
	const step = (a: 0 | 1 | 2): number => Math.sqrt(motion[a].subarray(start + 1, end).reduce((sum, x, i) => sum + (x - motion[a][start + i]!) ** 2, 0) / (end - start) / 2);
	return { mean, drift: vector(deviation), hiss: vector(step) };
}

/** How far the length of the acceleration strays from its mean, mg RMS. */
export function unrest(motion: Motion, start: number, end: number): number {
	const lengths = Array.from({ length: end - start }, (_, i) => Math.hypot(motion[0][start + i]!, motion[1][start + i]!, motion[2][start + i]!));
	const mean = lengths.reduce((sum, x) => sum + x, 0) / lengths.length;
	return Math.sqrt(lengths.reduce((sum, x) => sum + (x - mean) ** 2, 0) / lengths.length);
}

/** Resting. */
export function rest({ mean, drift, hiss }: Posture, length: number, random: Random): Motion {
	const motion = silence(length);
	motion.forEach((signal, axis) => {
		const slow = wander(1.5 * MOTION_RATE, random);
		for (let i = 0; i < length; i++)
			signal[i] = mean[axis]! + Math.min(15, drift[axis]!) * slow(i) + Math.max(1, hiss[axis]!) * random.gauss();
	});
	return motion;
}

/** From one posture to another, along the shortest way, slowly at both ends. */
export function turn(from: Posture, to: Posture, length: number, random: Random): Motion {
	const motion = rest(to, length, random), a = norm(from.mean), b = norm(to.mean);
	const cos = from.mean.reduce((sum, x, i) => sum + x * to.mean[i]!, 0) / (a * b), angle = Math.acos(Math.min(1, Math.max(-1, cos)));
	for (let i = 0; i < length; i++) {
		const t = (1 - Math.cos(Math.PI * i / length)) / 2, sin = Math.sin(angle);
		const p = sin < 1e-3 ? 1 - t : Math.sin((1 - t) * angle) / sin, q = sin < 1e-3 ? t : Math.sin(t * angle) / sin, size = a + (b - a) * t;
		for (const axis of [0, 1, 2] as const)
			motion[axis][i]! += size * (p * from.mean[axis] / a + q * to.mean[axis] / b) - to.mean[axis];
	}
	return motion;
}

/** One after the other, each cross-faded with the one before over 0.2 s. */
export function join(...pieces: readonly Motion[]): Motion {
	const joined = silence(pieces.reduce((sum, [x]) => sum + x.length - FADE, FADE));
	let at = 0;
	for (const piece of pieces) {
		put(joined, piece, at, at > 0);
		at += piece[0].length - FADE;
	}
	return joined;
}

/** Writes a piece at a place; its first 0.2 s are mixed with what is there. */
export function put(into: Motion, piece: Motion, at: number, faded: boolean): void {
	piece.forEach((signal, axis) => {
		const target = into[axis]!;
		for (let i = 0, end = Math.min(signal.length, target.length - at); i < end; i++) {
			const weight = faded && i < FADE ? (1 - Math.cos(Math.PI * (i + 0.5) / FADE)) / 2 : 1;
			target[at + i] = signal[i]! * weight + target[at + i]! * (1 - weight);
		}
	});
}
