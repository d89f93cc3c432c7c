/**
 * Messages in segments. A chunk: head u8 (service in bits 0 to 3; first 16, last 32, more chunks follow 64), its length u16 if
 * more follow, the length of the whole message u16 if it is the first of several, bytes. The last chunk of a segment ends with it.
 */

import { NONE, type SegmentPool } from "ruvllm-esp32/espnow-federation/link/segment-pool";
import { get16, put16 } from "ruvllm-esp32/espnow-federation/frames/layout";

export const FIRST = 16;
export const LAST = 32;
export const MORE = 64;

/** Segments that a message of `count` bytes takes. */
export function segmentsOf(count: number, segmentBytes: number): number {
	return count < segmentBytes ? 1 : 1 + Math.ceil((count - (segmentBytes - 3)) / (segmentBytes - 1));
}

/** Puts a whole message behind what a waiting segment holds. @returns false: there is no room */
export function append(pool: SegmentPool, segment: number, service: number, bytes: Uint8Array, count: number): boolean {
	const last = pool.lastChunks[segment]!, end = pool.lengths[segment]!;
	if (last === NONE || end + 3 + count > pool.bytes)
		return false;
	const into = pool.segments[segment]!;
	into.copyWithin(last + 3, last + 1, end);
	into[last]! |= MORE;
	put16(into, last + 1, end - last - 1);
	into[end + 2] = service | FIRST | LAST;
	into.set(bytes.length === count ? bytes : bytes.subarray(0, count), end + 3);
	pool.lastChunks[segment] = end + 2;
	pool.lengths[segment] = end + 3 + count;
	return true;
}

/** Fills an empty segment from bytes[start] on. @returns where the rest of the message begins */
export function fill(pool: SegmentPool, segment: number, service: number, bytes: Uint8Array, start: number, count: number): number {
	const into = pool.segments[segment]!, whole = start === 0 && count < pool.bytes, at = start === 0 && !whole ? 3 : 1;
	const end = Math.min(count, start + pool.bytes - at);
	into[0] = service | (start === 0 ? FIRST : 0) | (end === count ? LAST : 0);
	if (at === 3)
		put16(into, 1, count);
	into.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
	pool.lengths[segment] = at + end - start;
	pool.lastChunks[segment] = whole ? 0 : NONE;
	return end;
}

/** Puts messages together again, for one sender. */
export class Assembly {
	readonly #longest: number;
	#bytes: Uint8Array | undefined;
	#total = 0;
	/** -1: no message is under way. */
	#filled = -1;

	constructor(longest: number) {
		this.#longest = longest;
	}

	drop(): void {
		this.#filled = -1;
		this.#bytes = undefined;
	}
	/**
	 * Takes a segment: the first `count` bytes of `chunks`, which is overwritten. `payload` views the same memory from its second byte on.
	 * @returns false: no sender makes such a segment
	 */
	take(chunks: Uint8Array, payload: Uint8Array, count: number, deliver: (service: number, bytes: Uint8Array, count: number) => void): boolean {
		for (let at = 0; at < count;) {
			const head = chunks[at++]!, service = head & 15, more = head & MORE, whole = (head & (FIRST | LAST)) === (FIRST | LAST);
			let end = count, total = 0;
			if (head & 128 || more && at + 2 > count)
				return false;
			if (more) {
				end = at + 2 + get16(chunks, at);
				at += 2;
			}
			if (head & FIRST && !whole) {
				total = get16(chunks, at);
				at += 2;
			}
			if (end > count || at > end)
				return false;
			if (whole) {
				if (at !== 1)
					chunks.copyWithin(1, at, end);
				deliver(service, payload, end - at);
			}
			else if (!this.#part(head, total, chunks, at, end, service, deliver))
				return false;
			at = end;
		}
		return true;
	}

	#part(head: number, total: number, chunks: Uint8Array, at: number, end: number, service: number, deliver: (service: number, bytes: Uint8Array, count: number) => void): boolean {
		if (head & FIRST) {
			if (total > this.#longest)
				return false;
			if (!this.#bytes || this.#bytes.length < total)
				this.#bytes = new Uint8Array(total);
			this.#total = total;
			this.#filled = 0;
		}
		const bytes = this.#bytes;
		if (this.#filled < 0 || !bytes || this.#filled + end - at > this.#total)
			return false;
		bytes.set(chunks.subarray(at, end), this.#filled);
		this.#filled += end - at;
		if (!(head & LAST))
			return true;
		const good = this.#filled === this.#total;
		this.#filled = -1;
		if (good)
			deliver(service, bytes, this.#total);
		return good;
	}
}
