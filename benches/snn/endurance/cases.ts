/** On XS: what a gate must bear for a long time, and what must not make it wake or forget. */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import { type SNNEvent, SNNEventDetector, type SnnTable } from "ruvllm-esp32/snn";

/** Wakes while `samples`, whole frames, are repeated until so many seconds have been heard. */
export function wakesIn(table: SnnTable, samples: Int16Array, seconds: number): number {
	const detector = new SNNEventDetector({ table }), frames = Math.round(seconds * table.rate);
	let wakes = 0;
	const count = (): void => { wakes++; };
	while (detector.samples < frames)
		detector.processAll(samples, count);
	return wakes;
}

export const eventsOf = (detector: SNNEventDetector, samples: Int16Array): SNNEvent[] => {
	const events: SNNEvent[] = [];
	detector.processAll(samples, (event) => events.push(event));
	return events;
};

/** Events that are in one list and not in the other, or differ in anything but the time by `later` samples. */
export function differences(a: readonly SNNEvent[], b: readonly SNNEvent[], later = 0): number {
	const text = ({ at, confidence, strength, channels, spikes }: SNNEvent, by: number): string => [at + by, confidence, strength, channels, spikes].join(" ");
	const all = new Set(a.map((event) => text(event, later))), same = b.filter((event) => all.has(text(event, 0))).length;
	return a.length + b.length - 2 * same;
}

/** Saves after `frames`, goes on in another detector, as behind a reset: differences to one that went through. */
export function lostByRestart(table: SnnTable, samples: Int16Array, frames: number): number {
	const at = frames * table.channels, before = new SNNEventDetector({ table }), first = eventsOf(before, samples.subarray(0, at));
	const after = new SNNEventDetector({ table });
	after.load(before.save());
	return differences(eventsOf(new SNNEventDetector({ table }), samples), [...first, ...eventsOf(after, samples.subarray(at))]);
}

/* Of a saved state, native/snn-gate.h: tick, then frames, the low word first. */
const HEADER = 16, SEALED = 12, TICK = 16, FRAMES = 20;

/** The counters of ticks and of frames (its low word) pass 2^32 `ticks` ticks from the start, a multiple of 32: differences to a start at 0. */
export function lostByWrap(table: SnnTable, samples: Int16Array, ticks: number): number {
	const detector = new SNNEventDetector({ table }), state = detector.save(), view = new DataView(state.buffer), frames = 2 ** 32 - ticks * table.hop;
	view.setUint32(TICK, 2 ** 32 - ticks, true);
	view.setUint32(FRAMES, frames, true);
	view.setUint32(SEALED, crc32(state as never, HEADER, state.length - HEADER, 0), true);
	detector.load(state);
	return differences(eventsOf(new SNNEventDetector({ table }), samples), eventsOf(detector, samples), frames);
}
