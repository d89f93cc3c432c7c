/** Premature beats in an electrocardiogram: one channel. */

import { ecgStream } from "../../../snn/streams/ecg.ts";
import { toInt16 } from "../../../snn/streams/options.ts";
import type { Stream } from "../../../snn/streams/stream.ts";
import type { Encoder } from "../table-file.ts";
import type { Plan, Task, TaskOptions } from "./task.ts";

const SNRS = [20, 10, 0];
/** How each noise's heart differs; the last of them choose the threshold. */
const GAINS = [1, 0.75, 1.33, 0.85, 1.2, 1, 1, 1, 0.85, 1.2], STRETCHES = [1, 1.05, 1, 0.9, 0.95, 1, 1.1, 1, 1, 1], LEARNING = 7;

/** A beat's peaks, and its slower waves. */
const beat = (slow: number, smooth: number): Encoder => ({ kind: "rate", channel: 0, target: 0, window: 0, slow, smooth, step: 16 * 2000, smallest: 1, largest: 65535 });

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
	name: "heart", kind: "sensor", channels: 1, rate: 128, hop: 12,
	encoders: [beat(7, 1), beat(5, 3)], delays: [0, 1, 4, 9],
	tail: 1, refractory: 1, settle: 5, falseWakes: 3, slack: 0.005,
	grid: { k: [undefined], wait: [[0, 0]], raise: [[0, 5]] },
	trainer: { hidden: 8, first: 8, iterations: 1500, absolute: 1, rate: 0.0001, hard: 35, batch: 128, window: 341 },
	training: ({ seed, data }: TaskOptions): Plan[] => [60, ...SNRS].flatMap((snr) => GAINS.map((gain, i): Plan =>
		({ group: `${snr} dB`, only: i < LEARNING ? "weights" : "output", build: () => varied(ecgStream({ part: "train", snr, seed: seed * 100 + i, data }), gain, STRETCHES[i]!) }))),
	tests: ({ seed, data }) => SNRS.flatMap((snr) => [0, 1, 2, 3].map((i) => ({ group: `${snr} dB`, build: () => ecgStream({ part: "test", snr, seed: seed + 7000 + i, data }) }))),
};
