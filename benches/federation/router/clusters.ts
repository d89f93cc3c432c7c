/** On XS: the router beside other policies in simulated clusters, which training had none of. Arguments: router=ASSET. A line of JSON for each policy. */

import { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { type ClusterOptions, type Policy, simulate } from "../../../tools/train/router/cluster";
import { atRandom, leastExpected, oracle, roundRobin, shortestQueue } from "../../../tools/train/router/policies";

const path = args.find((text) => text.startsWith("router="))!.slice(7), file = new Uint8Array(openAsset(path)).slice();

/** @param speeds known beforehand, or none */
function router(chips: number, weights?: Uint8Array, speeds?: readonly number[]): Policy {
	const one = new MicroFastGRNN({ numChips: chips, ...weights && { file: weights } });
	speeds?.forEach((speed, c) => one.setSpeed(c, speed));
	return {
		choose: ({ position, loads, hops, alive }) => {
			one.loads.set(loads);
			one.hops.set(hops);
			alive.forEach((there, c) => one.setAlive(c, there));
			return one.decide(position);
		},
		observe: (chip, time, work) => one.observe(chip, Math.min(time, 2147483647), work),
	};
}

const SEEDS = 5, base = { requests: 2000, burst: 2.5, drift: 0.5, deaths: 0, heartbeat: 0, others: 0 as const };
const FIVE = [5000, 7000, 16000, 25000, 48000];
const CLUSTERS: Record<string, Omit<ClusterOptions, "seed">> = {
	"5 boards, 30 % busy": { ...base, speeds: FIVE, utilisation: 0.3 },
	"5 boards, 60 % busy": { ...base, speeds: FIVE, utilisation: 0.6 },
	"5 boards, 80 % busy": { ...base, speeds: FIVE, utilisation: 0.8 },
	"5 boards that die": { ...base, speeds: FIVE, utilisation: 0.4, deaths: 0.3 },
	"9 boards, two coordinators": { ...base, speeds: [...FIVE, 4500, 9000, 20000, 30000], utilisation: 0.6, heartbeat: 300000, others: 1 },
};
const POLICIES: Record<string, (cluster: Omit<ClusterOptions, "seed">) => Policy> = {
	router: ({ speeds }) => router(speeds.length, file, speeds),
	"router, speeds unknown": ({ speeds }) => router(speeds.length, file),
	"router without training": ({ speeds }) => router(speeds.length, undefined, speeds),
	"round robin": () => roundRobin(),
	random: () => atRandom(77),
	"shortest queue": () => shortestQueue(),
	"least expected work, speeds as announced": ({ speeds }) => leastExpected(speeds),
	"least expected work, an oracle": () => oracle(),
};

for (const [where, cluster] of Object.entries(CLUSTERS))
	for (const [policy, make] of Object.entries(POLICIES)) {
		const outcomes = Array.from({ length: SEEDS }, (_, i) => simulate({ ...cluster, seed: 555000 + 17 * i }, make(cluster)));
		const mean = (of: (outcome: (typeof outcomes)[number]) => number): number => outcomes.reduce((sum, one) => sum + of(one), 0) / SEEDS;
		print(`${JSON.stringify({ where, policy, mean: mean((o) => o.mean), percentile95: mean((o) => o.percentile95), throughput: mean((o) => o.throughput) })}\n`);
	}
