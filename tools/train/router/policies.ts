/** What the router is compared with. */

import { Chooser } from "../home/random.ts";
import type { Policy, View } from "./cluster.ts";

const least = (view: View, cost: (chip: number) => number): number => {
	let best = -1, lowest = Infinity;
	for (let c = 0; c < view.loads.length; c++)
		if (view.alive[c] && (best < 0 || cost(c) < lowest))
			[best, lowest] = [c, cost(c)];
	return best;
};

export function roundRobin(): Policy {
	let at = -1;
	return { choose: ({ alive }) => {
		do
			at = (at + 1) % alive.length;
		while (!alive[at]);
		return at;
	} };
}

export function atRandom(seed: number): Policy {
	const random = new Chooser(seed);
	return { choose: ({ alive }) => {
		let chip = 0;
		do
			chip = random.below(alive.length);
		while (!alive[chip]);
		return chip;
	} };
}

/** The least announced work, whatever the board's speed. */
export const shortestQueue = (): Policy => ({ choose: (view) => least(view, (c) => view.loads[c]!) });

/** Speeds as they are before drift, as heartbeats announce them; loads as the router sees them. */
export const leastExpected = (speeds: readonly number[]): Policy => ({ choose: (view) => least(view, (c) => (view.loads[c]! + view.position) * speeds[c]! + view.hops[c]!) });

/** An oracle: true lengths, true queues, true speeds. */
export const oracle = (): Policy => ({ choose: (view) => least(view, (c) => view.waits[c]! + view.takes[c]!) });
