/** Falls among daily activities: three axes of acceleration. */

import { fallStream } from "../../../snn/streams/falls.ts";
import type { Encoder } from "../table-file.ts";
import type { Plan, Task, TaskOptions } from "./task.ts";

const SNRS = [20, 10, 0];

/** What jerks, on each axis. */
const jerk = (channel: number): Encoder => ({ kind: "rate", channel, target: 0, window: 0, slow: 6, smooth: 2, step: 16 * 4000, smallest: 1, largest: 65535 });
/** Where gravity has gone: an axis without what jerks, against its mean of 5 s. */
const turn = (channel: number): Encoder => ({ kind: "rate", channel, target: 0, window: 0, slow: 9, smooth: 5, step: 16 * 4000, smallest: 1, largest: 65535 });

/** Gentle activities are made violent, so that violence alone is no sign of a fall. */
const VIGOUR = [0.7, 1.6] as const;
/** Degrees: not all who fall lie flat. */
const TILT = 15;
/** Nor turn by as much as those that are here. */
const UPRIGHT = 0.4;

export const falls: Task = {
	name: "falls", kind: "sensor", channels: 3, rate: 100, hop: 16,
	encoders: [jerk(0), jerk(1), jerk(2), turn(0), turn(1), turn(2)], delays: [0, 1, 3, 6],
	tail: 2, refractory: 3, settle: 5, falseWakes: 2, caution: 0,
	grid: { k: [undefined], wait: [[0, 0]], raise: [[0, 5]] },
	trainer: { hidden: 8, first: 8, iterations: 1500, absolute: 1, positive: 4, rate: 0.0001, hard: 35, batch: 128, window: 160 },
	training: ({ seed, hours = 16, plain, data }: TaskOptions): Plan[] => [60, ...SNRS].flatMap((snr) => [0, 1].map((i): Plan =>
		({ group: `${snr} dB`, build: () => fallStream({ part: "train", snr, seed: seed * 1000 + 100 * i + snr, seconds: hours * 3600 / 8, activity: 0.01, daily: 0.3, ...(plain ? {} : { vigour: VIGOUR, tilt: TILT, upright: UPRIGHT }), data }) }))),
	tests: ({ seed, data }) => SNRS.flatMap((snr) => [0, 1].map((i): Plan => ({ group: `${snr} dB`, build: () => fallStream({ part: "test", snr, seed: seed + 7000 + 100 * i + snr, seconds: 7200, data }) }))),
};
