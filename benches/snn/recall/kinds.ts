/** Which backgrounds wake a gate, and in which it misses events. */

import type { Stream } from "../../../tools/snn/streams/stream.ts";

export interface KindTally {
	events: number;
	hits: number;
	falseWakes: number;
	hours: number;
}

/** Counts by kind of segment, as judge() does on the whole; adds to `tallies`. @param wakes samples, ascending @param tail seconds */
export function tallyKinds({ rate, events, segments }: Stream, wakes: readonly number[], tail: number, tallies: Map<string, KindTally>): void {
	const at = (sample: number): KindTally => {
		let low = 0, high = segments.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (segments[middle]!.start <= sample)
				low = middle;
			else
				high = middle - 1;
		}
		return tallies.get(segments[low]!.kind)!;
	};
	for (const { kind, start, end } of segments) {
		const tally = tallies.get(kind) ?? { events: 0, hits: 0, falseWakes: 0, hours: 0 };
		tally.hours += (end - start) / rate / 3600;
		tallies.set(kind, tally);
	}
	for (const { start } of events)
		at(start).events++;
	let next = 0, hit = -1;
	for (const wake of wakes) {
		while (next < events.length && events[next]!.start <= wake)
			next++;
		const event = events[next - 1];
		if (!event || wake > event.end + tail * rate)
			at(wake).falseWakes++;
		else if (hit !== next) {
			hit = next;
			at(event.start).hits++;
		}
	}
}

/** The kinds that woke most often without an event, as a sentence. */
export function worstKinds(tallies: ReadonlyMap<string, KindTally>, most = 4): string {
	const worst = [...tallies].filter(([, { falseWakes }]) => falseWakes > 0).sort(([, a], [, b]) => b.falseWakes - a.falseWakes).slice(0, most);
	return worst.length ? `false wakes most in ${worst.map(([kind, { falseWakes, hours }]) => `${kind} (${falseWakes} in ${hours.toFixed(1)} h)`).join(", ")}` : "no false wake";
}
