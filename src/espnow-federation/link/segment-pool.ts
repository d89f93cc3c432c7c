/**
 * Buffers for what waits to be acknowledged, and for what came before its turn; shared by all links of a board. A segment is what
 * one frame carries: chunks, from CHUNK_AT of a frame on. Buffers are made when they are first needed, and kept.
 */

export const NONE = 0xffff;

export class SegmentPool {
	/** Bytes of a segment. */
	readonly bytes: number;
	readonly limit: number;
	/** By number of the segment. `payloads` view the same memory from its second byte on. */
	readonly segments: Uint8Array[] = [];
	readonly payloads: Uint8Array[] = [];
	readonly lengths: Uint16Array;
	/** Where its last chunk begins, if another may follow in it; else NONE. */
	readonly lastChunks: Uint16Array;
	/** Stack of free numbers. */
	readonly #free: Uint16Array;
	#freeCount = 0;

	/** @param limit segments, at most 65534 */
	constructor(bytes: number, limit: number) {
		this.bytes = bytes;
		this.limit = limit;
		this.lengths = new Uint16Array(limit);
		this.lastChunks = new Uint16Array(limit);
		this.#free = new Uint16Array(limit);
	}

	get free(): number {
		return this.limit - this.segments.length + this.#freeCount;
	}
	/** @returns its number, or NONE */
	take(): number {
		if (this.#freeCount > 0)
			return this.#free[--this.#freeCount]!;
		const made = this.segments.length;
		if (made === this.limit)
			return NONE;
		const segment = new Uint8Array(this.bytes);
		this.segments.push(segment);
		this.payloads.push(new Uint8Array(segment.buffer, 1));
		return made;
	}
	release(segment: number): void {
		this.#free[this.#freeCount++] = segment;
	}
}
