/** Hand-made tables of gates, for tests of tools: each neuron hears all lines alike, so that what spikes a lot wakes. */

import { type Encoder, writeTable } from "../../../tools/train/snn/table-file.ts";

const HIDDEN = 4, DELAYS = [0, 3];

function tableOf(name: string, kind: "sound" | "sensor", channels: number, rate: number, hop: number, encoders: readonly Encoder[], threshold: number): Buffer {
	const lines = kind === "sound" ? encoders.length : 2 * encoders.length;
	return writeTable({
		name, kind, channels, rate, hop, encoders,
		weights: {
			hidden: HIDDEN, lines, decayOut: 220, bias: 0, delays: DELAYS, in: new Array<number>(DELAYS.length * lines * HIDDEN).fill(40), recurrent: [], decay: new Array<number>(HIDDEN).fill(230), out: new Array<number>(HIDDEN).fill(30),
		},
		output: { adaptive: false, threshold, k: 0, wait: 0, drop: 0, raise: 0, fade: 5, refractory: 30, settle: 60 },
	});
}

export const soundTable = (): Buffer => tableOf("test sound", "sound", 1, 8000, 128, Array.from({ length: 10 }, (_, band): Encoder =>
	({ kind: "band", band, least: 5, follow: 7, up: 6, down: 6, runUp: 48, runDown: 16, fast: 3, clip: 48, floor: 96, level: [40, 56, 72, 88, 104, 120, 150] })), 90);

export const motionTable = (): Buffer => tableOf("test motion", "sensor", 3, 100, 8, [0, 1, 2].map((channel): Encoder =>
	({ kind: "delta", channel, target: 0, window: 0, slow: 0, smooth: 0, step: 16 * 200, smallest: 1, largest: 65535 })), 60);
