/** Tables of the sizes that gates have, with random weights: to count, and to compare machines. Trained ones come from training. */

import { crc32 } from "../../convert/crc32.ts";
import { Random } from "../streams/random.ts";

export interface GateShape {
	kind: "sound" | "sensor";
	channels: number;
	/** Of sensors: the kinds of encoder that each channel has. */
	encodings?: readonly ("delta" | "rate" | "latency")[];
	hidden: number;
	/** Of the hidden, those that the lines feed, which feed the rest; all, and no weights among them, where it is absent. */
	first?: number;
	/** Ticks. */
	delays: readonly number[];
	rate: number;
	hop: number;
	/** Of the output; the adaptive threshold is off. */
	threshold: number;
}

export const SOUND: GateShape = { kind: "sound", channels: 1, hidden: 32, first: 20, delays: [0, 2, 5, 10], rate: 8000, hop: 128, threshold: 60 };
export const MOTION: GateShape = { kind: "sensor", channels: 3, encodings: ["delta", "rate"], hidden: 16, delays: [0, 2, 5, 10], rate: 100, hop: 4, threshold: 120 };
export const HEART: GateShape = { kind: "sensor", channels: 1, encodings: ["delta", "rate"], hidden: 16, delays: [0, 2, 5, 10], rate: 128, hop: 4, threshold: 120 };

const BAND_SETTINGS = [5, 7, 6, 6, 48, 16, 3, 48, 96, 12, 24, 36, 52, 72, 100, 150];
const KINDS = { delta: 1, rate: 2, latency: 3 } as const;

function encoders({ kind, channels, encodings = ["delta"] }: GateShape): Buffer[] {
	if (kind === "sound")
		return Array.from({ length: 10 }, (_, band) => Buffer.from([0, band, ...BAND_SETTINGS.slice(0, 8), 96, 0, ...BAND_SETTINGS.slice(9), 0]));
	return Array.from({ length: channels }, (_, channel) => encodings.map((name) => {
		const record = Buffer.alloc(20);
		// target, window, slow, smooth; step, least, most in 1/16 units
		record.set([KINDS[name], channel, 1, 20, 6, 2]);
		[name === "delta" ? 640 : 6400, 160, 32000].forEach((value, i) => record.writeUInt16LE(value, 6 + 2 * i));
		return record;
	})).flat();
}

/** The same seed gives the same bytes. */
export function tableOfShape(shape: GateShape, seed: number): Uint8Array {
	const random = new Random(seed), { hidden, delays, first = hidden } = shape, row = hidden + 3 & ~3;
	const records = encoders(shape), lines = records.length * (shape.kind === "sound" ? 1 : 2), recurrent = first < hidden;
	const weights = (rows: number, from: number, to: number): Buffer => {
		const bytes = Buffer.alloc(rows * row);
		for (let i = 0; i < rows; i++)
			for (let h = from; h < to; h++)
				bytes.writeInt8(Math.round(random.between(-50, 90)), i * row + h);
		return bytes;
	};
	const among = recurrent ? [weights(first, first, hidden)] : [];
	const decays = Buffer.alloc(row), thetas = Buffer.alloc(2 * row), out = Buffer.alloc(row);
	for (let h = 0; h < hidden; h++) {
		decays[h] = 180 + random.below(70);
		thetas.writeInt16LE(300 + random.below(400), 2 * h);
		out.writeInt8(recurrent && h < first ? 0 : Math.round(random.between(-30, 90)), h);
	}
	const header = Buffer.alloc(68);
	header.set([shape.kind === "sound" ? 0 : 1, shape.channels, records.length, lines, hidden, delays.length, 226, 16, ...delays]);
	[shape.rate, shape.hop, 30, 64].forEach((value, i) => header.writeUInt16LE(value, 12 + 2 * i));
	header.writeInt16LE(shape.threshold, 20);
	header.write("random weights", 28);
	const tail = Buffer.concat([header, ...records, weights(delays.length * lines, 0, first), ...among, decays, thetas, out]);
	const top = Buffer.alloc(16);
	top.write("RVSN", 0, "latin1");
	top.writeUInt16LE(1, 4);
	top.writeUInt8(recurrent ? first : 0, 7);
	top.writeUInt32LE(16 + tail.length, 8);
	top.writeUInt32LE(crc32(tail, 0, tail.length, 0), 12);
	return new Uint8Array(Buffer.concat([top, tail]));
}

/** Noise whose level wanders, with tones that begin and end: something for every band, or axis, to do. */
export function liveSamples(frames: number, channels: number, seed: number): Int16Array {
	const random = new Random(seed), samples = new Int16Array(frames * channels);
	for (let c = 0; c < channels; c++) {
		let level = 200, tone = 0, pitch = 0.1, slow = 0;
		for (let i = 0; i < frames; i++) {
			if (random.chance(1 / 600))
				level = random.logBetween(20, 3000);
			if (random.chance(1 / 900))
				[tone, pitch] = [random.chance(0.5) ? 0 : random.logBetween(300, 12000), random.logBetween(0.02, 3)];
			slow = 0.98 * slow + 0.02 * random.gauss();
			samples[i * channels + c] = Math.max(-32768, Math.min(32767, Math.round(level * (random.gauss() + 5 * slow) + tone * Math.sin(pitch * i))));
		}
	}
	return samples;
}
