/** Port: records of texts, and their ranking for a question, in C (native/text-rank.h). */

import type { Memory, Pinned } from "ruvllm-esp32/platform/kernels";

/**
 * Writes a text's record (header, sorted words, embedding, text) to the beginning of `record`.
 * @returns its bytes, a multiple of 4; 0 when the text has 1024 words or more, or the record does not fit: it needs 4 bytes for each word
 * @throws TypeError for wrong kinds of buffer; RangeError for an embedding of more than 65535 elements
 */
export function textRecord(record: Memory, text: string, vector?: Int8Array): number;

export class TextRanker {
	/**
	 * @param store where the records lie
	 * @param offsets 32-bit integers, a place in the store for each number; 2^32 - 1: none. Read anew by every ranking.
	 * @param found three 32-bit integers for each result: number, score, coverage (of 256)
	 * @param candidates texts looked at closely, 4 to 16
	 * @param grams character n-grams of a question that are looked at, 16 to 1024
	 * @param gramWeight what character n-grams add, of 256
	 * @param vectorWeight what 16 bits of cosine add, of 256
	 */
	constructor(store: Pinned, offsets: Memory, found: Memory, candidates: number, grams: number, gramWeight: number, vectorWeight: number);
	/** @returns how many of `k` (1 to the candidates) there are, best first */
	rank(text: string, vector: Int8Array | undefined, k: number): number;
	/** The text of the record at an offset. @throws RangeError when there is none */
	text(offset: number): string;
	/** How much of the last question's information a text has, of 256. */
	coverage(text: string): number;
	readonly scratchBytes: number;
}
