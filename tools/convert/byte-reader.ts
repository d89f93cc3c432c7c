/** Reads a file from front to back and never past its end. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export class ByteReader {
	readonly bytes: Uint8Array;
	readonly #view: DataView;
	at: number;

	constructor(bytes: Uint8Array, at = 0) {
		this.bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.at = at;
	}

	/** @throws RuvllmError CHECKPOINT_TRUNCATED naming what was to be read */
	take(count: number, what: string): number {
		const { at } = this;
		if (!(count >= 0 && at + count <= this.bytes.length))
			throw new RuvllmError("CHECKPOINT_TRUNCATED", `the file ends inside ${what} (needs ${at + count} bytes, has ${this.bytes.length}); is the download complete?`);
		this.at = at + count;
		return at;
	}

	u8(what: string): number {
		return this.#view.getUint8(this.take(1, what));
	}

	u32(what: string): number {
		return this.#view.getUint32(this.take(4, what), true);
	}

	f32(what: string): number {
		return this.#view.getFloat32(this.take(4, what), true);
	}

	/** 64 bits, as far as they are exact. @throws RuvllmError CHECKPOINT_FIELD */
	u64(what: string): number {
		const value = Number(this.#view.getBigUint64(this.take(8, what), true));
		if (!Number.isSafeInteger(value))
			throw new RuvllmError("CHECKPOINT_FIELD", `${what} is ${value}; the file is damaged`);
		return value;
	}

	view(count: number, what: string): DataView {
		const at = this.take(count, what);
		return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, count);
	}

	text(count: number, what: string): string {
		const at = this.take(count, what);
		return new TextDecoder().decode(this.bytes.subarray(at, at + count));
	}
}

/** IEEE 754 half precision. */
export function half(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1, exponent = bits >> 10 & 31, mantissa = bits & 1023;
	if (exponent === 31)
		return mantissa ? NaN : sign * Infinity;
	return sign * (exponent ? 2 ** (exponent - 15) * (1 + mantissa / 1024) : 2 ** -14 * mantissa / 1024);
}

/** @throws RuvllmError CHECKPOINT_FIELD naming the first value that is no number */
export function finite(name: string, values: Float32Array): Float32Array {
	for (let i = 0; i < values.length; i++)
		if (!Number.isFinite(values[i]))
			throw new RuvllmError("CHECKPOINT_FIELD", `${name}[${i}] is not a finite number`);
	return values;
}
