/**
 * Evolution strategies (Salimans et al., "Evolution Strategies as a Scalable Alternative to Reinforcement Learning", 2017) on weights that are rounded
 * to their 78 bytes before each trial: what is judged is what the device has, and nothing is lost by quantising afterwards. Mirrored noise, ranks, Adam.
 */

import { Chooser } from "../home/random.ts";

export interface EvolveOptions {
	generations: number;
	/** Trials of a generation, half of them mirrored. */
	population: number;
	/** Of the noise, and of a step, in the bytes' units. */
	sigma: number;
	rate: number;
	seed: number;
	/** Lower is better. The same generation gives every trial the same task. */
	loss(weights: Int8Array, generation: number): number;
	report?(generation: number, weights: Int8Array): void;
}

const ZETA = 56;

/** Bytes of weights; zeta and nu are 0 to 255, the others -127 to 127. */
export const rounded = (theta: Float64Array): Int8Array =>
	Int8Array.from(theta, (x, i) => i === ZETA || i === ZETA + 1 ? Math.min(255, Math.max(0, Math.round(x))) << 24 >> 24 : Math.min(127, Math.max(-127, Math.round(x))));

export function evolve(start: Float64Array, { generations, population, sigma, rate, seed, loss, report }: EvolveOptions): Int8Array {
	const random = new Chooser(seed), theta = start.slice(), n = theta.length, mean = new Float64Array(n), square = new Float64Array(n), half = population >> 1;
	const normal = (): number => Math.sqrt(-2 * Math.log((random.below(1 << 30) + 0.5) / 2 ** 30)) * Math.cos(2 * Math.PI * random.below(1 << 30) / 2 ** 30);
	for (let generation = 1; generation <= generations; generation++) {
		const noise = Array.from({ length: half }, () => Float64Array.from({ length: n }, normal));
		const losses = noise.flatMap((e) => [1, -1].map((sign) => loss(rounded(theta.map((x, i) => x + sign * sigma * e[i]!)), generation)));
		const order = losses.map((_, i) => i).sort((a, b) => losses[a]! - losses[b]!), merit = new Float64Array(population);
		order.forEach((i, place) => merit[i] = 0.5 - place / (population - 1));
		const left = 1 - (generation - 1) / generations, pace = rate * (0.1 + 0.9 * left);
		for (let i = 0; i < n; i++) {
			let slope = 0;
			noise.forEach((e, k) => slope += (merit[2 * k]! - merit[2 * k + 1]!) * e[i]!);
			slope /= half;
			mean[i] = 0.9 * mean[i]! + 0.1 * slope;
			square[i] = 0.99 * square[i]! + 0.01 * slope * slope;
			theta[i]! += pace * (mean[i]! / (1 - 0.9 ** generation)) / (Math.sqrt(square[i]! / (1 - 0.99 ** generation)) + 1e-8);
			theta[i] = i === ZETA || i === ZETA + 1 ? Math.min(255, Math.max(0, theta[i]!)) : Math.min(127, Math.max(-127, theta[i]!));
		}
		if (report && (generation % 10 === 0 || generation === generations))
			report(generation, rounded(theta));
	}
	return rounded(theta);
}
