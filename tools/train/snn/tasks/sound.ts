/** Speech in noise: ten bands of a filterbank. */

import { soundStream } from "../../../snn/streams/sound.ts";
import type { Encoder } from "../table-file.ts";
import type { Plan, Task, TaskOptions } from "./task.ts";

const BANDS = 10, SNRS = [20, 10, 0], STREAM_HOURS = 2;
const FAMILIES = { varied: 16, kinds: 12 };

const band = (index: number): Encoder =>
	({ kind: "band", band: index, least: 5, follow: 7, up: 6, down: 6, runUp: 48, runDown: 16, fast: 3, clip: 48, floor: 96, level: [8, 16, 28, 44, 68, 112, 192] });

/** Varied noise, and the kinds of train, two to three of it. */
function training({ seed, hours = FAMILIES.varied + FAMILIES.kinds, speakers, data }: TaskOptions): Plan[] {
	const scale = hours / (FAMILIES.varied + FAMILIES.kinds), varied = Math.max(1, Math.round(FAMILIES.varied * scale / STREAM_HOURS)), rounds = Math.max(1, Math.round(FAMILIES.kinds * scale / STREAM_HOURS / SNRS.length));
	const shared = { part: "train", speakers, data } as const;
	const seconds = Math.min(3600 * STREAM_HOURS, Math.max(300, 3600 * hours / (varied + rounds * SNRS.length)));
	return [
		...Array.from({ length: varied }, (_, i): Plan => ({ group: "varied", only: "weights", build: () => soundStream({ ...shared, kinds: ["varied"], snr: "varied", seed: seed * 1000 + i, seconds }) })),
		...Array.from({ length: rounds }, (_, i) => SNRS.map((snr, k): Plan => ({ group: `${snr} dB`, build: () => soundStream({ ...shared, snr, seed: seed * 1000 + 500 + i * SNRS.length + k, seconds }) }))).flat(),
	];
}

export const sound: Task = {
	name: "sound", kind: "sound", channels: 1, rate: 8000, hop: 128,
	encoders: Array.from({ length: BANDS }, (_, index) => band(index)), delays: [0, 3, 8, 15],
	tail: 0.5, refractory: 1, settle: 1.6, falseWakes: 3,
	grid: {
		k: [6, 8, 12],
		wait: [[34, 6], [34, 7], [40, 6], [28, 6]],
		raise: [[15, 5], [25, 5], [25, 4]],
	},
	trainer: { hidden: 32, first: 16, iterations: 4000, absolute: 1, rate: 0.0002, hard: 30, batch: 192, window: 576, decayOut: 236 },
	training,
	tests: ({ seed, data }) => SNRS.map((snr) => ({ group: `${snr} dB`, build: () => soundStream({ part: "test", snr, seed: seed + 7000 + snr, seconds: 7200, data }) })),
};
