/** Falls among daily activities: three axes of acceleration. */

import { fallStream } from "../../../snn/streams/falls.ts";
import type { Encoder } from "../table-file.ts";
import type { Plan, Task, TaskOptions } from "./task.ts";

const SNRS = [20, 10, 0];

const axis = (channel: number): Encoder[] => [
	{ kind: "delta", channel, target: 0, window: 0, slow: 0, smooth: 0, step: 16 * 250, smallest: 1, largest: 65535 },
	{ kind: "rate", channel, target: 0, window: 0, slow: 8, smooth: 2, step: 16 * 1500, smallest: 1, largest: 65535 },
];

export const falls: Task = {
	name: "falls", kind: "sensor", channels: 3, rate: 100, hop: 8,
	encoders: [0, 1, 2].flatMap(axis), delays: [0, 2, 5, 11],
	tail: 2, refractory: 3, settle: 5, falseWakes: 3,
	grid: { k: [undefined, 0, 8, 16], wait: [[0, 0], [8, 8], [16, 8]], raise: [[0, 5], [25, 5]] },
	trainer: { hidden: 16, first: 16, iterations: 1500, absolute: 1, rate: 0.0001, hard: 35, batch: 128, window: 512 },
	training: ({ seed, hours = 12, data }: TaskOptions): Plan[] => [Infinity, ...SNRS].map((snr, i) =>
		({ group: `${snr} dB`, build: () => fallStream({ part: "train", snr, seed: seed * 100 + i, seconds: hours * 3600 / (SNRS.length + 1), activity: 0.015, daily: 0.25, data }) })),
	tests: ({ seed, data }) => SNRS.map((snr) => ({ group: `${snr} dB`, build: () => fallStream({ part: "test", snr, seed: seed + 7000 + snr, seconds: 7200, data }) })),
};
