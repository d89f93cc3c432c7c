/** Falls among daily activities: three axes of acceleration. */

import { fallStream } from "../../../snn/streams/falls.ts";
import type { Encoder } from "../table-file.ts";
import type { Plan, Task, TaskOptions } from "./task.ts";

const SNRS = [20, 10, 0];

/** What jerks, on each axis. */
const jerk = (channel: number): Encoder => ({ kind: "rate", channel, target: 0, window: 0, slow: 6, smooth: 2, step: 16 * 4000, smallest: 1, largest: 65535 });
/** Whether somebody stands: the vertical axis, without what jerks, against its mean of 5 s. */
const upright: Encoder = { kind: "rate", channel: 1, target: 0, window: 0, slow: 9, smooth: 5, step: 16 * 4000, smallest: 1, largest: 65535 };

/** Gentle activities are made violent, so that violence alone is no sign of a fall. */
const VIGOUR = [0.7, 2.5] as const;
/** Degrees: not all who fall lie flat. */
const TILT = 40;

export const falls: Task = {
	name: "falls", kind: "sensor", channels: 3, rate: 100, hop: 16,
	encoders: [jerk(0), jerk(1), jerk(2), upright], delays: [0, 1, 3, 6],
	tail: 2, refractory: 3, settle: 5, falseWakes: 1, slack: 0.005,
	grid: { k: [undefined], wait: [[0, 0]], raise: [[0, 5]] },
	trainer: { hidden: 8, first: 8, iterations: 800, absolute: 1, rate: 0.0001, hard: 35, batch: 128, window: 160 },
	training: ({ seed, hours = 16, data }: TaskOptions): Plan[] => [60, ...SNRS].flatMap((snr) => [0, 1].map((i): Plan =>
		({ group: `${snr} dB`, build: () => fallStream({ part: "train", snr, seed: seed * 1000 + 100 * i + snr, seconds: hours * 3600 / 8, activity: 0.01, daily: 0.3, vigour: VIGOUR, tilt: TILT, data }) }))),
	tests: ({ seed, data }) => SNRS.flatMap((snr) => [0, 1].map((i): Plan => ({ group: `${snr} dB`, build: () => fallStream({ part: "test", snr, seed: seed + 7000 + 100 * i + snr, seconds: 7200, data }) }))),
};
