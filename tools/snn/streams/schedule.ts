/** When things happen, and when the background changes. All in samples. */

import { StreamError } from "./stream.ts";
import type { Random } from "./random.ts";

/**
 * Start times of things of those lengths, in that order, at random: none before `first`, at least `gap` behind
 * each, everywhere else as likely as anywhere.
 */
export function place(lengths: readonly number[], total: number, first: number, gap: number, random: Random): number[] {
	const free = total - first - lengths.reduce((sum, length) => sum + length + gap, 0);
	if (free < 0)
		throw new StreamError(`${lengths.length} events with pauses between them do not fit into the stream: make it longer, or its activity less`);
	const waits = lengths.map(() => random.unit() * free).sort((a, b) => a - b);
	let taken = first;
	return lengths.map((length, i) => {
		const start = Math.floor(waits[i]!) + taken;
		taken += length + gap;
		return start;
	});
}

/**
 * Draws things, all equally often, and makes something of each, until their lengths come to `sum`; at least one.
 *
 * @param lengthOf what was made
 */
export function draw<T, Made>(things: readonly T[], make: (thing: T) => Made, lengthOf: (made: Made) => number, sum: number, random: Random): Made[] {
	const chosen: Made[] = [];
	let deck: T[] = [];
	for (let drawn = 0; ;) {
		deck = deck.length ? deck : random.shuffle([...things]);
		const next = make(deck.pop()!), length = lengthOf(next);
		// Half of the last one may be too much.
		if (chosen.length && drawn + length / 2 > sum)
			return chosen;
		chosen.push(next);
		drawn += length;
	}
}

/**
 * Cuts the stream into parts of about `length`; a cut that falls into an event, or closer than `room` in front of
 * one, is made twice `room` in front of it instead.
 */
export function cuts(total: number, length: number, events: readonly { start: number; end: number }[], room: number): { start: number; end: number }[] {
	const at = [0];
	for (let cut = length; cut < total - length / 4; cut += length) {
		const hit = events.find(({ start, end }) => cut > start - room && cut < end);
		const moved = hit ? hit.start - 2 * room : cut;
		if (moved > at.at(-1)!)
			at.push(moved);
	}
	return at.map((start, i) => ({ start, end: at[i + 1] ?? total }));
}
