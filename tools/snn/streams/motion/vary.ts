/** Variations of a recording: worn at another place, more or less violent, faster or slower. */

import type { Random } from "../random.ts";
import { type Motion, MOTION_RATE, silence, type Vector } from "./motion.ts";

/** How a recording is varied. */
export interface Variation {
	/** Three rows: what x, y and z become. */
	rotation: readonly [Vector, Vector, Vector];
	/** Of what differs from the mean of one second. */
	amplitude: number;
	/** How many times as long it takes. */
	stretch: number;
}

/** Any rotation about the vertical axis, up to 8 degrees of tilt and 0.85 to 1.15 times the amplitude unless told, 0.85 to 1.2 times the length. */
export function drawVariation(random: Random, amplitudes: readonly [number, number] = [0.85, 1.15], most = 8): Variation {
	const about = 2 * Math.PI * random.unit(), tilt = random.between(0, most) * Math.PI / 180, towards = 2 * Math.PI * random.unit();
	return { rotation: multiply(tilted(tilt, towards), turned(about)), amplitude: random.between(...amplitudes), stretch: random.between(0.85, 1.2) };
}

type Matrix = Variation["rotation"];

/** About y, the vertical axis. */
const turned = (angle: number): Matrix => [[Math.cos(angle), 0, Math.sin(angle)], [0, 1, 0], [-Math.sin(angle), 0, Math.cos(angle)]];

/** By an angle about a horizontal axis that points towards another angle. */
function tilted(angle: number, towards: number): Matrix {
	const about = turned(towards), back = turned(-towards), x: Matrix = [[1, 0, 0], [0, Math.cos(angle), -Math.sin(angle)], [0, Math.sin(angle), Math.cos(angle)]];
	return multiply(about, multiply(x, back));
}

function multiply(a: Matrix, b: Matrix): Matrix {
	const row = ([x, y, z]: Vector): Vector => [x * b[0][0] + y * b[1][0] + z * b[2][0], x * b[0][1] + y * b[1][1] + z * b[2][1], x * b[0][2] + y * b[1][2] + z * b[2][2]];
	return [row(a[0]), row(a[1]), row(a[2])];
}

/** The mean of `span` samples around each, fewer at the ends. */
export function movingMean(signal: Float32Array, span: number): Float32Array {
	const sums = new Float64Array(signal.length + 1), half = span >> 1;
	for (let i = 0; i < signal.length; i++)
		sums[i + 1] = sums[i]! + signal[i]!;
	return signal.map((_, i) => {
		const start = Math.max(0, i - half), end = Math.min(signal.length, i + half);
		return (sums[end]! - sums[start]!) / (end - start);
	});
}

/** Turns each sample back by `share` of the angle between gravity there (the mean of a second) and at the beginning: who lies half upright, say. */
export function raise(motion: Motion, share: number): Motion {
	const means = motion.map((signal) => movingMean(signal, MOTION_RATE)), raised = silence(motion[0].length);
	const at = (i: number): Vector => unit([means[0]![i]!, means[1]![i]!, means[2]![i]!]), first = at(0);
	for (let i = 0; i < raised[0].length; i++) {
		const now = at(i), axis = cross(now, first), sine = Math.hypot(...axis), angle = share * Math.atan2(sine, dot(now, first));
		const x: Vector = [motion[0][i]!, motion[1][i]!, motion[2][i]!], k = sine > 1e-6 ? unit(axis) : axis, turnedBy = cross(k, x), along = dot(k, x) * (1 - Math.cos(angle));
		for (const j of [0, 1, 2] as const)
			raised[j][i] = x[j] * Math.cos(angle) + turnedBy[j] * Math.sin(angle) + k[j] * along;
	}
	return raised;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a: Vector): Vector => [a[0] / Math.hypot(...a), a[1] / Math.hypot(...a), a[2] / Math.hypot(...a)];

export function vary(motion: Motion, { rotation, amplitude, stretch }: Variation): Motion {
	const length = Math.round(motion[0].length * stretch), lively = motion.map((signal) => {
		const mean = movingMean(signal, MOTION_RATE);
		return signal.map((x, i) => mean[i]! + amplitude * (x - mean[i]!));
	});
	const varied = silence(length);
	for (let i = 0; i < length; i++) {
		const at = Math.min(motion[0].length - 1.001, i / stretch), k = Math.floor(at), part = at - k;
		const [x, y, z] = lively.map((signal) => signal[k]! * (1 - part) + signal[k + 1]! * part) as [number, number, number];
		for (const axis of [0, 1, 2] as const)
			varied[axis][i] = rotation[axis][0] * x + rotation[axis][1] * y + rotation[axis][2] * z;
	}
	return varied;
}
