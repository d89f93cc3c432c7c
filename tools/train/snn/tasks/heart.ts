/** Premature beats in an electrocardiogram: one channel. */

import { ecgStream } from "../../../snn/streams/ecg.ts";
import { toInt16 } from "../../../snn/streams/options.ts";
import type { Stream } from "../../../snn/streams/stream.ts";
import type { Encoder } from "../table-file.ts";
import type { Plan, Task, TaskOptions } from "./task.ts";

const SNRS = [20, 10, 0], NOISES = 6;

const encoders: readonly Encoder[] = [
	{ kind: "delta", channel: 0, target: 0, window: 0, slow: 0, smooth: 0, step: 16 * 150, smallest: 1, largest: 65535 },
	{ kind: "rate", channel: 0, target: 0, window: 0, slow: 7, smooth: 1, step: 16 * 1000, smallest: 1, largest: 65535 },
	{ kind: "rate", channel: 0, target: 0, window: 0, slow: 5, smooth: 3, step: 16 * 1000, smallest: 1, largest: 65535 },
];

/** A stronger or weaker heart, faster or slower; noise and all. */
export function varied(stream: Stream, gain: number, stretch: number): Stream {
	const { samples, events, segments } = stream, last = samples.length - 1, length = Math.round(samples.length * stretch), place = (at: number): number => Math.round(at * stretch);
	return {
		...stream,
		samples: Int16Array.from({ length }, (_, i) => {
			const at = Math.min(last, i / stretch), k = Math.floor(at), next = samples[Math.min(last, k + 1)]!;
			return toInt16(gain * (samples[k]! + (next - samples[k]!) * (at - k)));
		}),
		events: events.map((event) => ({ ...event, start: place(event.start), end: place(event.end) })),
		segments: segments.map((segment) => ({ ...segment, start: place(segment.start), end: place(segment.end) })),
	};
}

export const heart: Task = {
	name: "heart", kind: "sensor", channels: 1, rate: 128, hop: 8,
	encoders, delays: [0, 3, 7, 13],
	tail: 1, refractory: 1, settle: 5, falseWakes: 3,
	grid: { k: [undefined], wait: [[0, 0], [8, 8], [16, 8]], raise: [[0, 5]] },
	trainer: { hidden: 24, first: 16, iterations: 1500, absolute: 1, rate: 0.0001, hard: 35, batch: 128, window: 512 },
	training: ({ seed, data }: TaskOptions): Plan[] => [Infinity, ...SNRS].flatMap((snr) => Array.from({ length: NOISES }, (_, i) =>
		({ group: `${snr} dB`, build: () => ecgStream({ part: "train", snr: Math.min(60, snr), seed: seed * 100 + i, data }) }))),
	tests: ({ seed, data }) => SNRS.flatMap((snr) => [0, 1, 2, 3].map((i) => ({ group: `${snr} dB`, build: () => ecgStream({ part: "test", snr, seed: seed + 7000 + i, data }) }))),
};
