/** Messages of search and memory (docs/federated-search.md): kind u8, digest of the settings u16, then what stands here. */

import type { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";

export const Kind = {
	/** flags u8 (1: answer with yours), held, ready, lost u32, clock u32; for each held shard live u16, digest u32. */
	Summary: 1,
	/** query u16, shards u32, k u8, flags u8 (1: exact), ef u16; vector. */
	Query: 2,
	/** query u16, shards, ready, lost u32, count u8; for each key u32, id u32, and with payloads age u32, length u16, payload. */
	Answer: 3,
	/** write u16, id u32, flags u8 (1: delete, 2: only if there is none of that id), age u32, length u16; vector unless deleted, payload. */
	Write: 4,
	/** write u16, status u8, copies u8. */
	Written: 5,
	/** write u16; an entry. */
	Replicate: 6,
	/** write u16, status u8. */
	Stored: 7,
	/** shard u8, cursor u16. */
	List: 8,
	/** shard u8, cursor u16, next u16 (65,535: that is all), digest u32; for each id u32, counter u32, writer u48, gone u8. */
	Items: 9,
	/** shard u8, cursor u16; ids u32. */
	Fetch: 10,
	/** shard u8, cursor u16, last u8; entries. */
	Entries: 11,
	/** For each shard u8, digest u32. */
	Release: 12,
	Keep: 13,
	/** shards u32: what was lost there is given up. */
	Accept: 14,
} as const;

export const HEAD_BYTES = 3;
export const SUMMARY_BYTES = HEAD_BYTES + 17;
export const SUMMARY_SHARD_BYTES = 6;
export const QUERY_BYTES = HEAD_BYTES + 10;
export const ANSWER_BYTES = HEAD_BYTES + 15;
export const ITEM_BYTES = 15;
export const WRITE_BYTES = HEAD_BYTES + 13;
/** Of an entry, without vector and payload. */
export const ENTRY_BYTES = 21;
export const END = 0xffff;

export const Status = { Stored: 0, Full: 1, Elsewhere: 2, Vector: 3, Taken: 4 } as const;

/** An entry as it travels: id u32, counter u32, writer u48, gone u8, age u32, length u16; vector unless gone, payload. */
export class Entry {
	id = 0;
	counter = 0;
	writer = 0;
	gone = false;
	/** Seconds since it was written. */
	age = 0;
	readonly vector: Uint8Array;
	payload: Uint8Array = NOTHING;

	constructor(vectorBytes: number) {
		this.vector = new Uint8Array(vectorBytes);
	}
	get bytes(): number {
		return ENTRY_BYTES + (this.gone ? 0 : this.vector.length + this.payload.length);
	}

	write(out: ByteWriter): void {
		out.u32(this.id).u32(this.counter).u48(this.writer).u8(this.gone ? 1 : 0).u32(this.age).u16(this.gone ? 0 : this.payload.length);
		if (!this.gone)
			out.append(this.vector).append(this.payload);
	}
	/** @returns false for what is no entry */
	read(reader: ByteReader, payloadBytes: number): boolean {
		this.id = reader.u32();
		this.counter = reader.u32();
		this.writer = reader.u48();
		const gone = reader.u8();
		this.age = reader.u32();
		return this.readRest(reader, gone, reader.u16(), payloadBytes);
	}
	readRest(reader: ByteReader, gone: number, length: number, payloadBytes: number): boolean {
		this.gone = gone === 1;
		if (gone > 1 || this.id === 0xffffffff || length > (this.gone ? 0 : payloadBytes) || reader.left < (this.gone ? 0 : this.vector.length + length))
			return false;
		if (this.gone)
			this.payload = NOTHING;
		else {
			this.vector.set(reader.bytes.subarray(reader.at, reader.at + this.vector.length));
			reader.at += this.vector.length;
			this.payload = length ? reader.take(length) : NOTHING;
		}
		return reader.ok;
	}
}

const NOTHING = new Uint8Array(0);
