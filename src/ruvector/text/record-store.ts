/** Where texts lie: records by key, in memory or in flash, at offsets that kernels can read. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory, type Pinned } from "ruvllm-esp32/platform/kernels";

/** What memories need of a store. A record's offset is a multiple of 4, and stays until `onMove` tells a new one. */
export interface RecordStore {
	/** All records lie in here. */
	readonly bytes: Pinned;
	/** Told when records were moved to make room. */
	onMove?: (key: number, offset: number) => void;
	/**
	 * Keeps a record, replacing one of the same key.
	 * @param key 0 to 2^32 - 2
	 * @returns its offset
	 * @throws RuvllmError STORAGE_FULL
	 */
	append(key: number, record: Uint8Array): number;
	/** Forgets a record, if there is one. */
	delete(key: number): void;
	/** All records, in the order in which they came. */
	forEach(visit: (key: number, offset: number, size: number) => void): void;
}

const MAGIC = 0x53545652; // "RVTS"
/** magic, bytes in use, checksum, 0; then records: key, size, bytes to a multiple of 4. */
const HEADER = 16;
const RECORD = 8;
const GONE = 0xffffffff;

/**
 * A store in memory; or one that was saved, and is read where it lies, in flash. Deleted room comes back when it is needed: what
 * is behind moves together. Cost of that: a copy of what is kept.
 */
export class MemoryStore implements RecordStore {
	readonly bytes: Pinned;
	onMove?: (key: number, offset: number) => void;
	readonly #view: DataView;
	readonly #all: Uint8Array;
	/** Whether it is in memory. */
	readonly writable: boolean;
	#deleted = 0;

	/** @param capacity bytes for records with 8 more for each: 64 at least, or a saved store, which can't be changed. @throws RuvllmError STORE_DAMAGED */
	constructor(capacity: number | Pinned) {
		this.writable = typeof capacity === "number";
		if (typeof capacity === "number" && !(Number.isInteger(capacity) && capacity >= 64 && capacity < 2 ** 31))
			throw new RuvllmError("STORE_CONFIG", `the store's size is ${capacity}, and must be an integer of 64 or more`);
		this.bytes = typeof capacity === "number" ? new Memory(capacity) : capacity;
		this.#view = new DataView(this.bytes as ArrayBuffer);
		this.#all = new Uint8Array(this.bytes as ArrayBuffer);
		if (this.writable) {
			this.#view.setUint32(0, MAGIC, true);
			this.#view.setUint32(4, HEADER, true);
		}
		else
			this.#check();
	}

	/** Bytes in use, those of deleted records among them. */
	get used(): number {
		return this.#view.getUint32(4, true);
	}
	get capacity(): number {
		return this.bytes.byteLength;
	}

	append(key: number, record: Uint8Array): number {
		this.#change();
		this.delete(key);
		const size = record.length + 3 & ~3;
		if (this.capacity - this.used < RECORD + size && this.#deleted > 0)
			this.#compact();
		const at = this.used;
		if (this.capacity - at < RECORD + size)
			throw new RuvllmError("STORAGE_FULL", `a record of ${record.length} bytes does not fit the ${this.capacity - at} that are left; forget something, or make the store larger`);
		this.#view.setUint32(at, key, true);
		this.#view.setUint32(at + 4, record.length, true);
		this.#all.set(record, at + RECORD);
		this.#all.fill(0, at + RECORD + record.length, at + RECORD + size);
		this.#view.setUint32(4, at + RECORD + size, true);
		return at + RECORD;
	}
	delete(key: number): void {
		this.#change();
		for (let at = HEADER; at < this.used; at += this.#step(at))
			if (this.#view.getUint32(at, true) === key) {
				this.#view.setUint32(at, GONE, true);
				this.#deleted++;
			}
	}
	forEach(visit: (key: number, offset: number, size: number) => void): void {
		for (let at = HEADER; at < this.used; at += this.#step(at)) {
			const key = this.#view.getUint32(at, true);
			if (key !== GONE)
				visit(key, at + RECORD, this.#view.getUint32(at + 4, true));
		}
	}
	/** What is in use, for a flash image: an asset of these bytes is a store again. */
	save(): Uint8Array {
		if (this.#deleted)
			this.#compact();
		const bytes = this.#all.slice(0, this.used), view = new DataView(bytes.buffer);
		view.setUint32(8, crc32(bytes.buffer as ArrayBuffer, HEADER, bytes.length - HEADER, bytes.length), true);
		return bytes;
	}

	#step(at: number): number {
		return RECORD + (this.#view.getUint32(at + 4, true) + 3 & ~3);
	}
	#change(): void {
		if (!this.writable)
			throw new RuvllmError("STORE_READ_ONLY", "this store lies in flash and can't be changed; copy its records into one in memory");
	}
	#compact(): void {
		const end = this.used;
		let to = HEADER;
		for (let at = HEADER; at < end;) {
			const step = this.#step(at), key = this.#view.getUint32(at, true);
			if (key !== GONE) {
				if (to !== at) {
					this.#all.copyWithin(to, at, at + step);
					this.onMove?.(key, to + RECORD);
				}
				to += step;
			}
			at += step;
		}
		this.#view.setUint32(4, to, true);
		this.#deleted = 0;
	}
	#check(): void {
		const damaged = (why: string): RuvllmError => new RuvllmError("STORE_DAMAGED", `these bytes are no store of records: ${why}`);
		if (this.capacity < HEADER || this.#view.getUint32(0, true) !== MAGIC)
			throw damaged("they do not begin with RVTS");
		const used = this.used;
		if (used < HEADER || used > this.capacity || used % 4)
			throw damaged("their size is wrong");
		if (crc32(this.bytes as ArrayBuffer, HEADER, used - HEADER, used) !== this.#view.getUint32(8, true))
			throw damaged("the checksum is wrong");
		for (let at = HEADER; at < used; at += this.#step(at))
			if (used - at < RECORD || this.#view.getUint32(at + 4, true) > used - at - RECORD)
				throw damaged("a record leaves them");
	}
}
