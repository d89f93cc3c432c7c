/** The bytes of an append-only log; docs/storage.md has every field. */

/** Of a sector: magic, sequence, erasures, CRC-32 of those. */
export const SECTOR_HEADER = 16;
export const SECTOR_MAGIC = 0x474c5652; // "RVLG"
/** Of a record: key u32, size u16, type u8, check of these seven bytes, CRC-32 of header and payload. */
export const RECORD_HEADER = 12;
/** The largest payload: a sector has one of them at least. */
export const mostPayload = (sectorSize: number): number => Math.min(0xfffe, sectorSize - SECTOR_HEADER - RECORD_HEADER);
/** Type of a record that says that the key of the record type in its payload's first byte is gone. */
export const TOMBSTONE = 0xff;
export const TOMBSTONE_BYTES = 16;
export const padded = (bytes: number): number => bytes + 3 & ~3;

export type Crc32 = (bytes: ArrayBufferLike, offset: number, count: number, seed: number) => number;

/** CRC-8 (0x07) of a record's first seven bytes: whether its size can be trusted. */
export function headerCheck(bytes: Uint8Array, at: number): number {
	let crc = 0;
	for (let i = 0; i < 7; i++) {
		crc ^= bytes[at + i]!;
		for (let bit = 0; bit < 8; bit++)
			crc = crc & 0x80 ? crc << 1 & 0xff ^ 7 : crc << 1;
	}
	return crc;
}

/** A record as it is programmed, padded with ones. */
export function encodeRecord(type: number, key: number, payload: Uint8Array, crc32: Crc32): Uint8Array {
	const bytes = new Uint8Array(RECORD_HEADER + padded(payload.length)).fill(0xff), view = new DataView(bytes.buffer);
	view.setUint32(0, key, true);
	view.setUint16(4, payload.length, true);
	bytes[6] = type;
	bytes[7] = headerCheck(bytes, 0);
	bytes.set(payload, RECORD_HEADER);
	view.setUint32(8, crc32(bytes.buffer, RECORD_HEADER, payload.length, crc32(bytes.buffer, 0, 8, 0)), true);
	return bytes;
}

export interface RecordHeader {
	type: number;
	key: number;
	/** Of the payload. */
	size: number;
	/** Whether all of it is as it was programmed. */
	whole: boolean;
}

/** The record at an offset; undefined when there is none, or its size can't be trusted. `end`: of its sector. */
export function decodeRecord(view: DataView, bytes: Uint8Array, at: number, end: number, crc32: Crc32): RecordHeader | undefined {
	if (end - at < RECORD_HEADER || bytes[at + 7] !== headerCheck(bytes, at))
		return undefined;
	const size = view.getUint16(at + 4, true);
	if (size > end - at - RECORD_HEADER)
		return undefined;
	const crc = crc32(bytes.buffer, at + RECORD_HEADER, size, crc32(bytes.buffer, at, 8, 0));
	return { key: view.getUint32(at, true), type: bytes[at + 6]!, size, whole: crc === view.getUint32(at + 8, true) };
}
