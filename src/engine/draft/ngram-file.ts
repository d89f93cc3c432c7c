/** Files of draft tables (RVNG, native/ngram-draft.h): what tools write, and what a bad one is refused with. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Pinned } from "ruvllm-esp32/platform/kernels";

export const NGRAM_HEADER = 32, NGRAM_ORDER = 16, NGRAM_ENTRIES = 65535;
/** Most that a draft can be sure of a token, in sixteenths. */
export const DRAFT_SURE = 15;

const MAGIC = 0x474e5652; // "RVNG"
const CRC_AT = 28;

export interface NgramHeader {
	/** Tokens of the longest context. */
	order: number;
	vocabSize: number;
	/** CRC-32 of the vocabulary's section: tables are for all models that have it. */
	vocabularyCrc: number;
	/** CRC-32 of the model's file that the table was distilled from. */
	modelCrc: number;
	entries: number;
}

/** A context and what follows it. */
export interface NgramEntry {
	/** The newest token first. */
	context: readonly number[];
	token: number;
	/** 0 to DRAFT_SURE. */
	confidence: number;
}

export interface NgramTable extends Omit<NgramHeader, "entries"> {
	entries: readonly NgramEntry[];
	fallback: { token: number; confidence: number };
}

/** As crc32 of platform/kernels: given, since tools have their own. */
export type Crc = (bytes: ArrayBufferLike, offset: number, count: number, seed: number) => number;

/** One more token of a context's hash, from the newest to the oldest; 0 at the start. */
export function ngramHash(hash: number, token: number): number {
	const mixed = Math.imul(hash ^ token, 0x9e3779b1);
	return (mixed ^ mixed >>> 15) >>> 0;
}

/**
 * The file of a table: entries of 3 bytes for vocabularies of up to 512 tokens, else of 4.
 * @throws RuvllmError DRAFT_ENTRIES for too many, DRAFT_VOCABULARY for tokens that there are not
 */
export function writeNgrams(table: NgramTable, crc: Crc): Uint8Array {
	const { entries, order, vocabSize, fallback } = table;
	if (entries.length > NGRAM_ENTRIES)
		throw new RuvllmError("DRAFT_ENTRIES", `${entries.length} entries are more than ${NGRAM_ENTRIES}; keep fewer`);
	if (vocabSize < 1 || vocabSize > 65535 || [...entries, fallback].some(({ token, confidence }) => !(token >= 0 && token < vocabSize && confidence >= 0 && confidence <= DRAFT_SURE)))
		throw new RuvllmError("DRAFT_VOCABULARY", `a token or a confidence is none; the vocabulary has ${vocabSize} tokens`);
	let tokenBits = 1, log2 = 1;
	while (1 << tokenBits < vocabSize)
		tokenBits++;
	while (log2 < 16 && 4 << log2 < entries.length)
		log2++;
	const entryBytes = tokenBits <= 9 ? 3 : 4, low = 8 * entryBytes - tokenBits - 4, buckets = 1 << log2, places = 2 * (buckets + 1) + 3 & ~3;
	const lists: NgramEntry[][] = Array.from({ length: buckets }, () => []), hashes = new Map<NgramEntry, number>();
	for (const entry of entries) {
		const hash = entry.context.reduce(ngramHash, 0);
		hashes.set(entry, hash);
		lists[hash >>> 32 - log2]!.push(entry);
	}
	const bytes = new Uint8Array(NGRAM_HEADER + places + entryBytes * entries.length), view = new DataView(bytes.buffer);
	view.setUint32(0, MAGIC, true);
	bytes.set([1, order], 4);
	view.setUint16(6, vocabSize, true);
	[table.vocabularyCrc, table.modelCrc, entries.length].forEach((word, i) => view.setUint32(8 + 4 * i, word, true));
	bytes.set([log2, entryBytes, tokenBits], 20);
	view.setUint16(24, fallback.token, true);
	bytes[26] = fallback.confidence;
	let count = 0, at = NGRAM_HEADER + places;
	for (let b = 0; b < buckets; b++) {
		view.setUint16(NGRAM_HEADER + 2 * b, count, true);
		for (const entry of lists[b]!) {
			const value = ((hashes.get(entry)! & (1 << low) - 1) << tokenBits + 4 | entry.confidence << tokenBits | entry.token) >>> 0;
			for (let i = 0; i < entryBytes; i++)
				bytes[at++] = value >>> 8 * i;
			count++;
		}
	}
	view.setUint16(NGRAM_HEADER + 2 * buckets, count, true);
	view.setUint32(CRC_AT, crc(bytes.buffer, 0, bytes.length, 0), true);
	return bytes;
}

/**
 * Reads and checks the header, the size and the checksum; the kernel checks what is inside.
 * @throws RuvllmError DRAFT_TRUNCATED, DRAFT_MAGIC, DRAFT_VERSION, DRAFT_SIZE, DRAFT_CRC
 */
export function readNgramHeader(file: Pinned, crc: Crc): NgramHeader {
	const bytes = new Uint8Array(file as ArrayBuffer), size = bytes.length;
	if (size < NGRAM_HEADER)
		throw new RuvllmError("DRAFT_TRUNCATED", `a draft table has ${NGRAM_HEADER} bytes and more, this one ${size}; copy it again`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, size);
	if (view.getUint32(0, true) !== MAGIC)
		throw new RuvllmError("DRAFT_MAGIC", "this is no draft table; make one: ruvllm-esp32 draft");
	if (bytes[4] !== 1)
		throw new RuvllmError("DRAFT_VERSION", `the draft table has version ${bytes[4]}, this program reads 1`);
	const entries = view.getUint32(16, true), log2 = bytes[20]!, expected = log2 > 16 ? 0 : NGRAM_HEADER + (2 * ((1 << log2) + 1) + 3 & ~3) + entries * bytes[21]!;
	if (size !== expected)
		throw new RuvllmError("DRAFT_SIZE", `the draft table has ${size} bytes, its header says ${expected}; copy it again`);
	const sum = crc(file as ArrayBuffer, CRC_AT + 4, size - CRC_AT - 4, crc(new ArrayBuffer(4), 0, 4, crc(file as ArrayBuffer, 0, CRC_AT, 0)));
	if (sum !== view.getUint32(CRC_AT, true))
		throw new RuvllmError("DRAFT_CRC", "the draft table's checksum is wrong: it is damaged, copy it again");
	return { order: bytes[5]!, vocabSize: view.getUint16(6, true), vocabularyCrc: view.getUint32(8, true), modelCrc: view.getUint32(12, true), entries };
}
