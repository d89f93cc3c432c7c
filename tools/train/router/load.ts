/** Training of the load router: weights that make requests wait less in simulated clusters than least expected work does. */

import { Chooser } from "../home/random.ts";
import { type ClusterOptions, simulate } from "./cluster.ts";
import { evolve } from "./evolve.ts";
import { KernelPolicy, log2, PLAIN } from "./kernel.ts";

export interface LoadOptions {
	generations: number;
	seed: number;
	say(line: string): void;
}

const EPISODES = 6, REQUESTS = 1200;

/** Two fast boards, two slow and a very slow one, or any 3 to 8; quiet and busy, steady and in bursts. */
export function trainingCluster(seed: number): ClusterOptions {
	const random = new Chooser(seed), unit = 3000 + random.below(6000), share = (): number => random.below(1001) / 1000;
	const speeds = random.chance(0.5) ? [unit, unit, 3 * unit, 3 * unit, 10 * unit] : Array.from({ length: 3 + random.below(6) }, () => Math.round(unit * 2 ** (3.5 * share())));
	const others = random.chance(0.25) ? 1 : 0;
	return {
		speeds: random.shuffle(speeds), utilisation: 0.25 + 0.5 * share(), requests: REQUESTS, burst: 1 + 3 * share(), drift: 0.2 + 0.6 * share(), deaths: random.chance(0.3) ? 0.3 : 0,
		heartbeat: others || random.chance(0.3) ? 100000 + random.below(400000) : 0, others, seed: seed + 1,
	};
}

/** Mean and tail of the time to an answer, as logarithms. */
export function costOf(weights: Int8Array, cluster: ClusterOptions): number {
	const { mean, percentile95 } = simulate(cluster, new KernelPolicy(weights, cluster.speeds.map(log2)));
	return Math.log(mean) + 0.25 * Math.log(percentile95);
}

export function trainLoad({ generations, seed, say }: LoadOptions): Int8Array {
	const random = new Chooser(seed), start = Float64Array.from(PLAIN);
	for (let i = 0; i < 56; i++)
		start[i] = i >= 48 && i < 52 ? 16 : random.below(33) - 16;
	start[56] = 187;
	start[57] = 5;
	const held = Array.from({ length: 40 }, (_, i) => trainingCluster(900000007 + 10 * i)), plain = held.map((cluster) => costOf(PLAIN, cluster));
	return evolve(start, {
		generations, population: 48, sigma: 4, rate: 1.2, seed: seed + 1,
		loss: (weights, generation) => {
			let sum = 0;
			for (let i = 0; i < EPISODES; i++)
				sum += costOf(weights, trainingCluster(1000 * (generation * EPISODES + i)));
			return sum;
		},
		report: (generation, weights) => {
			const gain = held.reduce((sum, cluster, i) => sum + costOf(weights, cluster) - plain[i]!, 0) / held.length;
			say(`load, generation ${generation}: ${(100 * (Math.exp(gain / 1.25) - 1)).toFixed(1)} % of least expected work's time, in 40 other clusters; readout ${Array.from(weights.subarray(58)).join(" ")}`);
		},
	});
}
