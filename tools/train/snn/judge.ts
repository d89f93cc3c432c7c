/** Judges wakes by events: what share of events woke, how often the gate woke without one, how late. */

import type { Stream, StreamEvent } from "../../snn/streams/stream.ts";

/** Where things happened, in samples of each channel. */
export interface Labels {
	rate: number;
	/** Samples. */
	length: number;
	events: readonly Pick<StreamEvent, "start" | "end">[];
}

export interface Judgement {
	events: number;
	hits: number;
	falseWakes: number;
	hours: number;
	/** Of each hit, from the event's start to its first wake. */
	latencies: number[];
}

export const labelsOf = ({ rate, samples, channels, events }: Stream): Labels => ({ rate, length: samples.length / channels, events });

/**
 * A wake from an event's start to `tail` seconds behind its end is a hit; more than one there count once. All others are false.
 *
 * @param wakes samples, ascending; events are in order and don't overlap. In two events' time, a wake belongs to the later.
 */
export function judge({ rate, length, events }: Labels, wakes: ArrayLike<number>, tail: number): Judgement {
	const result: Judgement = { events: events.length, hits: 0, falseWakes: 0, hours: length / rate / 3600, latencies: [] };
	let next = 0, hit = false;
	for (let i = 0; i < wakes.length; i++) {
		const at = wakes[i]!;
		while (next < events.length && events[next]!.start <= at) {
			next++;
			hit = false;
		}
		const event = events[next - 1];
		if (!event || at > event.end + tail * rate)
			result.falseWakes++;
		else if (!hit) {
			hit = true;
			result.hits++;
			result.latencies.push((at - event.start) / rate);
		}
	}
	return result;
}

/** Several streams' judgements as one. */
export function together(judgements: readonly Judgement[]): Judgement {
	const sum = (of: (one: Judgement) => number): number => judgements.reduce((total, one) => total + of(one), 0);
	return { events: sum((one) => one.events), hits: sum((one) => one.hits), falseWakes: sum((one) => one.falseWakes), hours: sum((one) => one.hours), latencies: judgements.flatMap(({ latencies }) => latencies) };
}

/** 1 where there were no events. */
export const recall = ({ events, hits }: Judgement): number => events ? hits / events : 1;
export const falsePerHour = ({ falseWakes, hours }: Judgement): number => falseWakes / hours;

/** Seconds; NaN where nothing was hit. */
export function medianLatency({ latencies }: Judgement): number {
	return latencies.length ? latencies.toSorted((a, b) => a - b)[latencies.length >> 1]! : NaN;
}
