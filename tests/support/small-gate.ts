/** Tables of the spiking gate made by hand, as native/snn-table.h lays them out; and samples that wake it. */

import { crc32 } from "ruvllm-esp32/platform/kernels";

export interface SmallGate {
	kind?: "sound" | "sensor";
	channels?: number;
	encoders?: number;
	hidden?: number;
	delays?: number[];
	hop?: number;
	rate?: number;
	refractory?: number;
	settle?: number;
	threshold?: number;
	bias?: number;
	wait?: number;
	drop?: number;
	raise?: number;
	fade?: number;
	/** Bands follow a new level later: it may be off for 200 ticks. */
	slow?: boolean;
	k?: number;
	flags?: number;
	/** Neurons that feed others; with weights of 0. */
	feeding?: number;
	name?: string;
	/** Of sensors: 1 delta, 2 rate, 3 latency. */
	encoding?: number;
}

/**
 * Each neuron listens to all lines alike, so the output counts what spikes: silence and steady noise don't wake it, a burst does.
 * A sound gate: 8 kHz, ticks of 64 samples (8 ms), wakes at most every 16 ticks, not in the first 40.
 */
export function smallTable(options: SmallGate = {}): Uint8Array {
	const { kind = "sound", channels = 1, encoders = kind === "sound" ? 10 : channels, hidden = 4, delays = [0, 3], hop = kind === "sound" ? 64 : 4, rate = kind === "sound" ? 8000 : 100 } = options;
	const { refractory = 16, settle = 40, threshold = 90, bias = 0, wait = 0, drop = 0, raise = 0, fade = 0, slow = false, k = 8, flags = 0, feeding = 0, name = "small", encoding = 1 } = options;
	const lines = kind === "sound" ? encoders : 2 * encoders, row = hidden + 3 & ~3, arrays = 84 + 20 * encoders, weights = delays.length * lines * row + feeding * row;
	const bytes = new Uint8Array(arrays + weights + 4 * row), view = new DataView(bytes.buffer);
	bytes.set([0x52, 0x56, 0x53, 0x4e, 1, 0, flags, feeding]);
	view.setUint32(8, bytes.length, true);
	bytes.set([kind === "sound" ? 0 : 1, channels, encoders, lines, hidden, delays.length, 220, k, ...delays], 16);
	[rate, hop, refractory, settle, threshold, bias].forEach((value, i) => view.setUint16(28 + 2 * i, value, true));
	bytes.set([wait, drop, raise, fade], 40);
	for (let i = 0; i < name.length; i++)
		bytes[44 + i] = name.charCodeAt(i);
	for (let e = 0; e < encoders; e++)
		if (kind === "sound")
			bytes.set([0, e, 5, slow ? 10 : 7, slow ? 9 : 6, 6, slow ? 200 : 48, 16, 3, 48, 96, 0, 40, 56, 72, 88, 104, 120, 150], 84 + 20 * e);
		else {
			bytes.set([encoding, e % channels, 0, 8, 6, 0], 84 + 20 * e);
			[640, 16, 16000].forEach((value, i) => view.setUint16(84 + 20 * e + 6 + 2 * i, value, true));
		}
	for (let i = 0; i < delays.length * lines; i++)
		bytes.fill(40, arrays + i * row, arrays + i * row + hidden);
	bytes.fill(230, arrays + weights, arrays + weights + hidden);
	for (let h = 0; h < hidden; h++)
		view.setInt16(arrays + weights + row + 2 * h, 400 + 100 * h, true);
	bytes.fill(30, arrays + weights + 3 * row, arrays + weights + 3 * row + hidden);
	return sealed(bytes);
}

/** The checksum of what is there. */
export function sealed(bytes: Uint8Array): Uint8Array {
	new DataView(bytes.buffer).setUint32(12, crc32(bytes as never, 16, bytes.length - 16, 0), true);
	return bytes;
}

/** Noise, and from sample `at` on for `long` samples `times` as loud. */
export function burst(below: (n: number) => number, samples: number, at: number, long: number, level = 100, times = 16): Int16Array {
	const out = new Int16Array(samples);
	for (let i = 0; i < samples; i++)
		out[i] = (below(2 * level + 1) - level) * (i >= at && i < at + long ? times : 1);
	return out;
}
