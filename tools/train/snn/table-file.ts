/** Writes and reads the table of a spiking gate ("RVSN", native/snn-table.h). What is wrong with one, the C says (encode.c). */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { BuildError } from "../../build/errors.ts";

/** Sound: a band's level and fluctuation are followed. See rv_snn_encoder. */
export interface BandEncoder {
	kind: "band";
	band: number;
	least: number; follow: number; up: number; down: number; runUp: number; runDown: number; fast: number; clip: number; floor: number;
	level: readonly number[];
}

/** Of a sensor's channel: an up line and a down line. step, smallest, largest: in 1/16 of its unit. */
export interface SensorEncoder {
	kind: "delta" | "rate" | "latency";
	channel: number;
	target: number; window: number; slow: number; smooth: number; step: number; smallest: number; largest: number;
}

export type Encoder = BandEncoder | SensorEncoder;

/** What train.c writes; `in`: [delay][line][neuron], `recurrent`: [from][to], or empty. */
export interface Weights {
	hidden: number; lines: number; decayOut: number; bias: number;
	delays: readonly number[]; in: readonly number[]; recurrent: readonly number[]; decay: readonly number[]; out: readonly number[];
}

/** When the gate wakes (native/snn-gate.h). */
export interface OutputSettings {
	threshold: number;
	/** Whether it follows the output's own peaks: mean, and k deviations. */
	adaptive: boolean;
	/** Deviations of peaks above their mean, 1/4. */
	k: number;
	/** Ticks that a candidate may take until spikes fall below drop / 16 of their most; 0: it wakes at once. */
	wait: number; drop: number;
	/** Each wake raises the threshold by 4 raise; each block of 64 ticks takes 1 / 2^fade of that off. */
	raise: number; fade: number;
	/** Ticks. */
	refractory: number; settle: number;
}

export interface GateTable {
	name: string;
	kind: "sound" | "sensor";
	channels: number;
	/** Samples a second; samples a tick. */
	rate: number; hop: number;
	encoders: readonly Encoder[];
	weights: Weights;
	output: OutputSettings;
}

const MAGIC = 0x4e535652, VERSION = 1, HEADER = 84, ENCODER = 20, DIGESTED = 76, DIGEST = 8, THETA = 512, ADAPTIVE = 1;
const KINDS = ["band", "delta", "rate", "latency"] as const;
const rowOf = (hidden: number): number => (hidden + 3) & ~3;

/** Rows of neurons, each padded with zeros to a multiple of 4. */
function rows(values: readonly number[], hidden: number, bytes = 1): Buffer {
	const count = values.length / hidden, row = rowOf(hidden), buffer = Buffer.alloc(count * row * bytes);
	values.forEach((value, i) => buffer.writeIntLE(bytes === 1 ? value << 24 >> 24 : value, (Math.floor(i / hidden) * row + i % hidden) * bytes, bytes));
	return buffer;
}

function encoderBytes(encoder: Encoder): Buffer {
	const kind = KINDS.indexOf(encoder.kind);
	if (encoder.kind === "band") {
		const { band, least, follow, up, down, runUp, runDown, fast, clip, floor, level } = encoder;
		return Buffer.from([kind, band, least, follow, up, down, runUp, runDown, fast, clip, floor & 255, floor >> 8, ...level, 0]);
	}
	const { channel, target, window, slow, smooth, step, smallest, largest } = encoder, buffer = Buffer.alloc(ENCODER);
	buffer.set([kind, channel, target, window, slow, smooth]);
	[step, smallest, largest].forEach((value, i) => buffer.writeUInt16LE(value, 6 + 2 * i));
	return buffer;
}

/** Numbers that don't fit their field are a BuildError; all else that can be wrong is rv_snn_table_fault's. */
export function writeTable({ name, kind, channels, rate, hop, encoders, weights, output }: GateTable): Buffer {
	const { hidden, lines, delays } = weights;
	const sizes = [[weights.in, delays.length * lines * hidden], [weights.decay, hidden], [weights.out, hidden]] as const;
	if (sizes.some(([values, size]) => values.length !== size) || ![0, hidden * hidden].includes(weights.recurrent.length))
		throw new BuildError(`the weights of ${name} don't have the numbers that ${hidden} neurons, ${lines} lines and ${delays.length} delays need`);
	/* Neurons behind the last that feeds another need no row. */
	const feeding = Math.ceil((weights.recurrent.findLastIndex((weight) => weight !== 0) + 1) / hidden);
	const body = Buffer.concat([
		...encoders.map(encoderBytes), rows(weights.in, hidden), rows(weights.recurrent.slice(0, feeding * hidden), hidden), rows(weights.decay, hidden),
		rows(new Array<number>(hidden).fill(THETA), hidden, 2), rows(weights.out, hidden),
	]), header = Buffer.alloc(HEADER);
	try {
		header.writeUInt32LE(MAGIC, 0);
		header.writeUInt16LE(VERSION, 4);
		header.set([output.adaptive ? ADAPTIVE : 0, feeding], 6);
		header.writeUInt32LE(HEADER + body.length, 8);
		[kind === "sound" ? 0 : 1, channels, encoders.length, lines, hidden, delays.length, weights.decayOut, output.k, ...delays].forEach((value, i) => header.writeUInt8(value, 16 + i));
		[rate, hop, output.refractory, output.settle].forEach((value, i) => header.writeUInt16LE(value, 28 + 2 * i));
		header.writeInt16LE(output.threshold, 36);
		header.writeInt16LE(weights.bias, 38);
		[output.wait, output.drop, output.raise, output.fade].forEach((value, i) => header.writeUInt8(value, 40 + i));
	}
	catch (error) {
		throw new BuildError(`a setting of ${name} doesn't fit the table: ${(error as Error).message}`);
	}
	if (header.write(name, 44, 31) !== Buffer.byteLength(name))
		throw new BuildError(`the name "${name}" is longer than 31 bytes`);
	createHash("sha256").update(header.subarray(16, DIGESTED)).update(body).digest().copy(header, DIGESTED, 0, DIGEST);
	header.writeUInt32LE(crc32(Buffer.concat([header.subarray(16), body])), 12);
	return Buffer.concat([header, body]);
}

function readEncoder(bytes: Buffer): Encoder {
	const [kind, source, a, b, c, d, e, f, fast, clip] = bytes as unknown as number[] as [number, number, number, number, number, number, number, number, number, number];
	if (kind === 0)
		return { kind: "band", band: source, least: a, follow: b, up: c, down: d, runUp: e, runDown: f, fast, clip, floor: bytes.readUInt16LE(10), level: [...bytes.subarray(12, 19)] };
	return { kind: KINDS[kind] as SensorEncoder["kind"], channel: source, target: a, window: b, slow: c, smooth: d, step: bytes.readUInt16LE(6), smallest: bytes.readUInt16LE(8), largest: bytes.readUInt16LE(10) };
}

/** Reads what writeTable wrote; of other bytes, a BuildError. */
export function readTable(bytes: Buffer): GateTable {
	if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt16LE(4) !== VERSION)
		throw new BuildError("the bytes are no table of a spiking gate, version 1");
	if (bytes.readUInt32LE(8) > bytes.length || crc32(bytes.subarray(16, bytes.readUInt32LE(8))) !== bytes.readUInt32LE(12))
		throw new BuildError("the table is damaged: its CRC-32 is another");
	const [kind, channels, encoders, lines, hidden, delays, decayOut, k] = bytes.subarray(16, 24) as unknown as number[] as [number, number, number, number, number, number, number, number];
	const row = rowOf(hidden), flags = bytes.readUInt8(6), feeding = bytes.readUInt8(7);
	let at = HEADER;
	const take = (count: number, read: (at: number) => number, size = 1): number[] => {
		const values = Array.from({ length: count * hidden }, (_, i) => read(at + (Math.floor(i / hidden) * row + i % hidden) * size));
		at += count * row * size;
		return values;
	};
	const int8 = (i: number): number => bytes.readInt8(i);
	const list = Array.from({ length: encoders }, (_, i) => readEncoder(bytes.subarray(HEADER + i * ENCODER, HEADER + (i + 1) * ENCODER)));
	at += encoders * ENCODER;
	const weights: Weights = {
		hidden, lines, decayOut, bias: bytes.readInt16LE(38), delays: [...bytes.subarray(24, 24 + delays)],
		in: take(delays * lines, int8), recurrent: feeding ? [...take(feeding, int8), ...new Array<number>((hidden - feeding) * hidden).fill(0)] : [], decay: take(1, (i) => bytes.readUInt8(i)), out: [],
	};
	take(1, (i) => bytes.readInt16LE(i), 2);
	return {
		name: bytes.toString("utf8", 44, 76).replace(/\0.*$/s, ""), kind: kind ? "sensor" : "sound", channels, rate: bytes.readUInt16LE(28), hop: bytes.readUInt16LE(30),
		encoders: list, weights: { ...weights, out: take(1, int8) },
		output: {
			threshold: bytes.readInt16LE(36), adaptive: (flags & ADAPTIVE) !== 0, k, wait: bytes[40]!, drop: bytes[41]!, raise: bytes[42]!, fade: bytes[43]!,
			refractory: bytes.readUInt16LE(32), settle: bytes.readUInt16LE(34),
		},
	};
}
