/**
 * AppendLog: records by type and key in flash, that a power cut at any moment leaves whole or leaves out (log-structured storage,
 * Rosenblum & Ousterhout 1992). The newest record of a key counts. Sectors are used in a ring, so that all wear alike; one is always
 * free for what is still needed of the oldest, when room runs out.
 *
 * Acknowledged means that `append` or `delete` returned: from then on the change survives. What was being written when the power went
 * is there wholly, or not at all. RAM: about 5 to 11 bytes for each key of the capacity, 12 for each sector.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { FlashDevice } from "ruvllm-esp32/core/storage/flash-device";
import { type Crc32, decodeRecord, encodeRecord, mostPayload, padded, RECORD_HEADER, SECTOR_HEADER, TOMBSTONE, TOMBSTONE_BYTES } from "ruvllm-esp32/core/storage/log-format";
import { LogSectors } from "ruvllm-esp32/core/storage/log-sectors";
import { LogTable } from "ruvllm-esp32/core/storage/log-table";

export interface LogOptions {
	/** Keys at most, of all types: 1 to 65,536. */
	capacity: number;
	crc32: Crc32;
}

/** Told where a record went when its sector was needed: the new offset of its payload. */
export type Moved = (key: number, offset: number) => void;

export class AppendLog {
	/** The flash, for kernels: payloads lie in it. */
	readonly bytes: ArrayBufferLike;
	readonly #sectors: LogSectors;
	readonly #table: LogTable;
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	readonly #crc32: Crc32;
	readonly #size: number;
	/** Bytes of records that count, with their headers. */
	#live = 0;
	/** Where the next record goes; at the end of its sector when that is full. */
	#tail = 0;
	/** Records of this many bytes found no room since something went. */
	#refused = Infinity;
	readonly #watchers = new Map<number, Moved>();

	/**
	 * Reads what is there: empty, worn, half-written or foreign flash all give a log.
	 * @throws RuvllmError STORAGE_CONFIG for a device of fewer than three sectors or a capacity out of range, STORAGE_KEYS when it has more keys
	 */
	constructor(flash: FlashDevice, { capacity, crc32 }: LogOptions) {
		if (!Number.isInteger(capacity) || capacity < 1 || capacity > 65536)
			throw new RuvllmError("STORAGE_CONFIG", `capacity is ${capacity}, and must be an integer from 1 to 65536`);
		if (flash.byteLength / flash.sectorSize < 3)
			throw new RuvllmError("STORAGE_CONFIG", `the flash has ${flash.byteLength / flash.sectorSize} sectors, and 3 are needed; make its partition larger`);
		this.#crc32 = crc32;
		this.#size = flash.sectorSize;
		const map = flash.map();
		this.#bytes = new Uint8Array(map as ArrayBuffer);
		this.bytes = map;
		this.#view = new DataView(map as ArrayBuffer);
		this.#sectors = new LogSectors(flash, this.#view, crc32);
		this.#table = new LogTable(capacity, (address, type, key) => this.#bytes[address + 6] === type && this.#view.getUint32(address, true) === key);
		for (const sector of this.#sectors.inOrder())
			this.#tail = this.#scan(sector);
	}

	/** Keys that have a record. */
	get count(): number {
		return this.#table.count;
	}
	/** Bytes that more records may take, with 12 for each, as far as sectors can be filled. */
	get free(): number {
		// Two tombstones for each sector: then one has room for a tombstone, and what is full can be emptied.
		return Math.max(0, (this.#sectors.count - 1) * (this.#size - SECTOR_HEADER - 2 * TOMBSTONE_BYTES) - this.#live);
	}
	/** Fewest and most erasures of a sector. */
	get wear(): { least: number; most: number } {
		return this.#sectors.wear;
	}
	memoryBudget(): { table: number; sectors: number; total: number } {
		const table = this.#table.byteLength, sectors = this.#sectors.byteLength;
		return { table, sectors, total: table + sectors };
	}

	/**
	 * Writes a record; an older one of the same type and key no longer counts.
	 * @param type 0 to 254
	 * @param key 0 to 2^32 - 1
	 * @returns the offset of the payload in `bytes`, a multiple of 4, until `watch` tells another
	 * @throws RuvllmError STORAGE_FULL, STORAGE_KEYS, STORAGE_RECORD for a payload beyond a sector; nothing has changed then
	 */
	append(type: number, key: number, payload: Uint8Array): number {
		this.#checkKey(type, key);
		if (payload.length > mostPayload(this.#size))
			throw new RuvllmError("STORAGE_RECORD", `the record has ${payload.length} bytes; ${mostPayload(this.#size)} fit a sector`);
		if (this.#table.get(type, key) < 0 && this.#table.count === this.#table.capacity)
			throw new RuvllmError("STORAGE_KEYS", `there are ${this.#table.count} keys and no room for more; delete some, or raise capacity`);
		const at = this.#write(encodeRecord(type, key, payload, this.#crc32));
		this.#replace(type, key, at, payload.length);
		return at + RECORD_HEADER;
	}
	/** @returns whether there was such a record */
	delete(type: number, key: number): boolean {
		this.#checkKey(type, key);
		if (this.#table.get(type, key) < 0)
			return false;
		this.#write(encodeRecord(TOMBSTONE, key, Uint8Array.of(type), this.#crc32));
		this.#forget(type, key);
		return true;
	}
	/** Where a record's payload lies, and its size; undefined when there is none. */
	find(type: number, key: number): { offset: number; size: number } | undefined {
		const at = this.#table.get(type, key);
		return at < 0 ? undefined : { offset: at + RECORD_HEADER, size: this.#view.getUint16(at + 4, true) };
	}
	/** A copy of a record's payload; undefined when there is none. */
	read(type: number, key: number): Uint8Array | undefined {
		const found = this.find(type, key);
		return found && this.#bytes.slice(found.offset, found.offset + found.size);
	}
	/** Calls when records of a type were moved; one listener for each type. */
	watch(type: number, moved: Moved): void {
		this.#watchers.set(type, moved);
	}
	/** All records of a type, in the order in which sectors hold them. */
	forEach(type: number, visit: (key: number, offset: number, size: number) => void): void {
		for (const sector of this.#sectors.inOrder())
			this.#records(sector, (at, header) => {
				if (header.type === type && this.#table.get(type, header.key) === at)
					visit(header.key, at + RECORD_HEADER, header.size);
			});
	}

	#checkKey(type: number, key: number): void {
		if (!Number.isInteger(type) || type < 0 || type >= TOMBSTONE || !Number.isInteger(key) || key < 0 || key > 0xffffffff)
			throw new RuvllmError("STORAGE_RECORD", `type ${type} and key ${key} must be integers, from 0 to 254 and from 0 to 4294967295`);
	}
	#replace(type: number, key: number, at: number, size: number): void {
		const before = this.find(type, key);
		if (before) {
			this.#live -= RECORD_HEADER + padded(before.size);
			this.#refused = Infinity;
		}
		if (!this.#table.set(type, key, at))
			throw new RuvllmError("STORAGE_KEYS", `the flash has more than ${this.#table.capacity} keys; raise capacity`);
		this.#live += RECORD_HEADER + padded(size);
	}
	#forget(type: number, key: number): void {
		const before = this.find(type, key);
		if (before) {
			this.#live -= RECORD_HEADER + padded(before.size);
			this.#refused = Infinity;
		}
		this.#table.delete(type, key);
	}

	/** Visits whole records of a sector; gives where the next one goes, or the sector's end when nothing can follow. */
	#records(sector: number, visit: (at: number, header: { type: number; key: number; size: number }) => void): number {
		const end = (sector + 1) * this.#size;
		let at = sector * this.#size + SECTOR_HEADER;
		for (;;) {
			const header = decodeRecord(this.#view, this.#bytes, at, end, this.#crc32);
			if (!header)
				break;
			// What was torn is passed over: its size is known.
			if (header.whole)
				visit(at, header);
			at += RECORD_HEADER + padded(header.size);
		}
		for (let i = at; i < end; i++)
			if (this.#bytes[i] !== 0xff)
				return end;
		return at;
	}
	#scan(sector: number): number {
		return this.#records(sector, (at, { type, key, size }) => {
			if (type === TOMBSTONE)
				this.#forget(this.#bytes[at + RECORD_HEADER]!, key);
			else
				this.#replace(type, key, at, size);
		});
	}
	/** Programs a record where there is room, which is made when there is none. */
	#write(record: Uint8Array): number {
		if (record[6] !== TOMBSTONE && (record.length > this.free || record.length >= this.#refused))
			throw this.#full(record.length);
		for (let tries = 0; !this.#fits(record.length); tries++) {
			if (this.#sectors.canOpen)
				this.#tail = this.#sectors.open();
			else if (tries > this.#sectors.count) {
				this.#refused = record.length;
				throw this.#full(record.length);
			}
			else
				this.#compact();
		}
		const at = this.#tail;
		// Moved first: when programming fails the bytes there are used up.
		this.#tail += record.length;
		this.#sectors.flash.program(at, record);
		return at;
	}
	#fits(bytes: number): boolean {
		return this.#tail > 0 && this.#tail % this.#size !== 0 && this.#size - this.#tail % this.#size >= bytes;
	}
	/** Moves what counts of the oldest sector to a fresh one, and frees it. */
	#compact(): void {
		const oldest = this.#sectors.oldest;
		this.#tail = this.#sectors.open();
		this.#records(oldest, (at, { type, key, size }) => {
			// Tombstones of the oldest sector have nothing older to hide.
			if (type === TOMBSTONE || this.#table.get(type, key) !== at)
				return;
			const to = this.#tail, bytes = RECORD_HEADER + padded(size);
			this.#sectors.flash.program(to, this.#bytes.slice(at, at + bytes));
			this.#tail += bytes;
			this.#table.set(type, key, to);
			this.#watchers.get(type)?.(key, to + RECORD_HEADER);
		});
		this.#sectors.release(oldest);
	}
	#full(bytes: number): RuvllmError {
		return new RuvllmError("STORAGE_FULL", `a record of ${bytes} bytes does not fit what ${this.#sectors.count} sectors leave; delete records, or make the partition larger`);
	}
}
