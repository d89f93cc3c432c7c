/** Little-endian integers in bytes, one behind the other. A reader never throws: what is not there reads as 0, and `ok` tells. */

export class ByteWriter {
	readonly bytes: Uint8Array;
	/** Bytes written. */
	at = 0;

	/** @param capacity writing beyond it is a RangeError: the caller knows its lengths */
	constructor(capacity: number) {
		this.bytes = new Uint8Array(capacity);
	}

	/** Begins again. */
	reset(): this {
		this.at = 0;
		return this;
	}
	u8(value: number): this {
		this.#room(1);
		this.bytes[this.at++] = value;
		return this;
	}
	u16(value: number): this {
		this.#room(2);
		this.bytes[this.at++] = value;
		this.bytes[this.at++] = value >> 8;
		return this;
	}
	u32(value: number): this {
		return this.u16(value & 0xffff).u16(value >>> 16);
	}
	/** An address, or any integer below 2^48. */
	u48(value: number): this {
		return this.u32(value % 0x100000000 >>> 0).u16(Math.floor(value / 0x100000000));
	}
	append(bytes: ArrayLike<number>, from = 0, count = bytes.length - from): this {
		this.#room(count);
		for (let i = 0; i < count; i++)
			this.bytes[this.at + i] = bytes[from + i]!;
		this.at += count;
		return this;
	}
	#room(count: number): void {
		if (this.at + count > this.bytes.length)
			throw new RangeError(`${count} bytes more than the ${this.bytes.length} that there is room for`);
	}
}

export class ByteReader {
	bytes: Uint8Array = new Uint8Array(0);
	at = 0;
	end = 0;
	/** Whether all that was read was there. */
	ok = true;

	/** Reads bytes[from .. end) next. */
	open(bytes: Uint8Array, end: number, from = 0): this {
		this.bytes = bytes;
		this.at = from;
		this.end = end;
		this.ok = from <= end && end <= bytes.length;
		return this;
	}
	get left(): number {
		return this.end - this.at;
	}
	u8(): number {
		return this.#has(1) ? this.bytes[this.at++]! : 0;
	}
	u16(): number {
		if (!this.#has(2))
			return 0;
		const { bytes, at } = this;
		this.at += 2;
		return bytes[at]! | bytes[at + 1]! << 8;
	}
	u32(): number {
		const low = this.u16();
		return low + this.u16() * 0x10000;
	}
	u48(): number {
		const low = this.u32();
		return low + this.u16() * 0x100000000;
	}
	/** A copy of the next bytes; none when they are not there. */
	take(count: number): Uint8Array {
		if (!this.#has(count))
			return new Uint8Array(0);
		this.at += count;
		return this.bytes.slice(this.at - count, this.at);
	}
	#has(count: number): boolean {
		return this.ok &&= this.at + count <= this.end;
	}
}
