/** NOR flash in memory: bits only clear, sectors are erased whole, and the power may go in the middle of a write. */

import type { FlashDevice } from "ruvllm-esp32/core/storage/flash-device";
import { Memory } from "ruvllm-esp32/platform/kernels";
import type { Draw } from "./draw";

export class NorFlash implements FlashDevice {
	readonly bytes: Uint8Array;
	readonly #memory: Memory;
	/** Programs and erasures so far. */
	writes = 0;
	erasures = 0;
	programmed = 0;
	/** Called before each write. */
	onWrite?: (write: Write) => void;

	constructor(readonly byteLength: number, readonly sectorSize = 256) {
		this.#memory = new Memory(byteLength);
		this.bytes = new Uint8Array(this.#memory as unknown as ArrayBuffer).fill(0xff);
	}
	map(): ArrayBufferLike {
		return this.#memory as unknown as ArrayBuffer;
	}
	erase(sector: number): void {
		this.#write({ start: sector * this.sectorSize, bytes: undefined });
		this.erasures++;
		this.bytes.fill(0xff, sector * this.sectorSize, (sector + 1) * this.sectorSize);
	}
	program(offset: number, bytes: Uint8Array): void {
		if (offset % 4 || bytes.length % 4 || offset < 0 || offset + bytes.length > this.byteLength)
			throw new RangeError(`program at ${offset}, ${bytes.length} bytes`);
		this.#write({ start: offset, bytes });
		this.programmed += bytes.length;
		this.#clear(offset, bytes, bytes.length);
	}
	/** What is left when the power goes during a write: a part of it was done. */
	tear({ start, bytes }: Write, random: Draw): void {
		if (bytes) {
			const done = random.below(bytes.length + 1);
			for (let i = 0; i < done; i++)
				this.bytes[start + i]! &= bytes[i]!;
			// The next byte, half of its bits.
			if (done < bytes.length)
				this.bytes[start + done]! &= bytes[done]! | random.below(256);
		}
		else {
			// An erasure sets bits here and there, from any side.
			const from = random.below(this.sectorSize + 1), to = from + random.below(this.sectorSize + 1 - from);
			this.bytes.fill(0xff, start + from, start + to);
			for (let i = 0; i < 4; i++)
				this.bytes[start + random.below(this.sectorSize)]! |= random.below(256);
		}
	}
	copyOf(other: NorFlash): this {
		this.bytes.set(other.bytes);
		return this;
	}

	#write(write: Write): void {
		this.onWrite?.(write);
		this.writes++;
	}
	#clear(offset: number, bytes: Uint8Array, count: number): void {
		for (let i = 0; i < count; i++) {
			if ((this.bytes[offset + i]! & bytes[i]!) !== bytes[i]!)
				throw new Error(`a bit would be set at ${offset + i}`);
			this.bytes[offset + i] = bytes[i]!;
		}
	}
}

export interface Write {
	start: number;
	/** undefined: an erasure. */
	bytes: Uint8Array | undefined;
}
