/** WAV files: 8 and 16 bit PCM of any rate and any number of channels are read; 16 bit ones are written. */

import { StreamError } from "./stream.ts";

export interface Recording {
	/** Samples a second. */
	rate: number;
	/** Mean of the channels; full scale is 32768. */
	signal: Float32Array;
}

/** @param name what to call it when it is wrong */
export function readWav(file: Buffer, name: string): Recording {
	if (file.length < 12 || file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE")
		throw new StreamError(`${name} is no WAV file`);
	let format: { code: number; channels: number; rate: number; bits: number } | undefined, data: Buffer | undefined;
	for (let at = 12; at + 8 <= file.length && !data;) {
		const id = file.toString("latin1", at, at + 4), length = file.readUInt32LE(at + 4), body = file.subarray(at + 8, at + 8 + length);
		if (id === "fmt " && body.length >= 16)
			format = { code: body.readUInt16LE(0), channels: body.readUInt16LE(2), rate: body.readUInt32LE(4), bits: body.readUInt16LE(14) };
		else if (id === "data")
			data = body;
		at += 8 + length + (length & 1);
	}
	if (!format || !data)
		throw new StreamError(`${name} is cut off: it has no ${format ? "data" : "format"}`);
	const { code, channels, rate, bits } = format;
	if ((code !== 1 && code !== 0xfffe) || (bits !== 8 && bits !== 16) || channels < 1 || rate < 1)
		throw new StreamError(`${name} is no PCM of 8 or 16 bits (format ${code}, ${bits} bits, ${channels} channels, ${rate} Hz)`);
	const frame = channels * bits / 8, signal = new Float32Array(Math.floor(data.length / frame));
	for (let i = 0; i < signal.length; i++) {
		let sum = 0;
		for (let c = 0; c < channels; c++)
			sum += bits === 8 ? (data[i * frame + c]! - 128) * 256 : data.readInt16LE(i * frame + 2 * c);
		signal[i] = sum / channels;
	}
	return { rate, signal };
}

/** Zeros of the sinc on each side, and how finely it is tabulated, per sample. */
const ZEROS = 16, STEPS = 256;

/** Another rate, by a windowed sinc (Hann's window) that lets pass what both rates can hold. */
export function resample({ rate, signal }: Recording, to: number): Float32Array {
	if (rate === to)
		return signal;
	const cut = Math.min(1, to / rate) * 0.95, reach = ZEROS / cut, out = new Float32Array(Math.floor(signal.length * to / rate));
	const kernel = Float64Array.from({ length: Math.ceil(reach * STEPS) + 2 }, (_, i) => {
		const x = i / STEPS, angle = Math.PI * x * cut;
		return x >= reach ? 0 : cut * (x === 0 ? 1 : Math.sin(angle) / angle) * (1 + Math.cos(Math.PI * x / reach)) / 2;
	});
	for (let i = 0; i < out.length; i++) {
		const centre = i * rate / to;
		let sum = 0;
		for (let j = Math.max(0, Math.ceil(centre - reach)), end = Math.min(signal.length - 1, centre + reach); j <= end; j++) {
			const at = Math.abs(j - centre) * STEPS, k = Math.floor(at), part = at - k;
			sum += signal[j]! * (kernel[k]! * (1 - part) + kernel[k + 1]! * part);
		}
		out[i] = sum;
	}
	return out;
}

/** A WAV file of 16 bits. */
export function writeWav(samples: Int16Array, rate: number, channels: number): Buffer {
	const head = Buffer.alloc(44), bytes = samples.byteLength;
	head.write("RIFF", 0, "latin1");
	head.writeUInt32LE(36 + bytes, 4);
	head.write("WAVEfmt ", 8, "latin1");
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(channels, 22);
	head.writeUInt32LE(rate, 24);
	head.writeUInt32LE(rate * channels * 2, 28);
	head.writeUInt16LE(channels * 2, 32);
	head.writeUInt16LE(16, 34);
	head.write("data", 36, "latin1");
	head.writeUInt32LE(bytes, 40);
	return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, bytes)]);
}
