/** The receiving half of a link: order, duplicates, and what to acknowledge. */

import { NONE, type SegmentPool } from "ruvllm-esp32/espnow-federation/link/segment-pool";
import { Assembly } from "ruvllm-esp32/espnow-federation/link/chunks";

const WINDOW = 32;
/** Messages after which an acknowledgement goes at once, and microseconds for which it may wait for company. */
const EVERY = 4;
const DELAY = 5_000;

export type Deliver = (service: number, bytes: Uint8Array, count: number) => void;

export class Receiver {
	readonly #pool: SegmentPool;
	readonly #assembly: Assembly;
	/** Numbers of segments that came before their turn, by sequence & 31. */
	readonly #early = new Uint16Array(WINDOW).fill(NONE);
	/** The sequence that is waited for; bit i of `bitmap`: next + 1 + i is here. */
	next = 0;
	bitmap = 0;
	#unacknowledged = 0;
	/** When an acknowledgement must go; Infinity: nothing to acknowledge. */
	deadline = Infinity;
	#generation = 0;

	constructor(pool: SegmentPool, longestMessage: number) {
		this.#pool = pool;
		this.#assembly = new Assembly(longestMessage);
	}

	/**
	 * Takes a segment: the first `count` bytes of `chunks` (overwritten); `payload` views the same memory from its second byte on.
	 * @returns 1: taken; 0: a duplicate; -1: no room; -2: taken, but malformed
	 */
	take(sequence: number, chunks: Uint8Array, payload: Uint8Array, count: number, now: number, deliver: Deliver): number {
		const ahead = sequence - this.next & 0xffff, generation = this.#generation;
		if (ahead > WINDOW) {
			if (ahead >= 0x8000) {
				this.deadline = now;
				return 0;
			}
			return -1;
		}
		if (ahead > 0)
			return this.#keep(ahead, sequence, chunks, count, now);
		let good = true;
		if (++this.#unacknowledged >= EVERY || this.bitmap !== 0)
			this.deadline = now;
		else if (this.deadline > now + DELAY)
			this.deadline = now + DELAY;
		// First the state, then the handlers: they may send, and so acknowledge.
		let held = this.#advance();
		if (!this.#assembly.take(chunks, payload, count, deliver))
			good = false;
		while (held !== NONE && generation === this.#generation) {
			const segment = held;
			held = this.#advance();
			if (!this.#assembly.take(this.#pool.segments[segment]!, this.#pool.payloads[segment]!, this.#pool.lengths[segment]!, deliver))
				good = false;
			this.#pool.release(segment);
		}
		if (held !== NONE)
			this.#pool.release(held);
		return good ? 1 : -2;
	}
	/** An acknowledgement is on its way. */
	acknowledged(): void {
		this.#unacknowledged = 0;
		this.deadline = Infinity;
	}
	reset(): void {
		this.#generation++;
		for (let i = 0; i < WINDOW; i++)
			if (this.#early[i] !== NONE) {
				this.#pool.release(this.#early[i]!);
				this.#early[i] = NONE;
			}
		this.next = this.bitmap = this.#unacknowledged = 0;
		this.deadline = Infinity;
		this.#assembly.drop();
	}

	#keep(ahead: number, sequence: number, chunks: Uint8Array, count: number, now: number): number {
		this.deadline = now;
		if (this.bitmap >>> ahead - 1 & 1)
			return 0;
		const segment = this.#pool.take();
		if (segment === NONE)
			return -1;
		this.#pool.segments[segment]!.set(chunks);
		this.#pool.lengths[segment] = count;
		this.#early[sequence & WINDOW - 1] = segment;
		this.bitmap |= 1 << ahead - 1;
		return 1;
	}
	/** One on. @returns the segment that has its turn now, or NONE */
	#advance(): number {
		const present = this.bitmap & 1;
		this.next = this.next + 1 & 0xffff;
		this.bitmap >>>= 1;
		if (!present)
			return NONE;
		const i = this.next & WINDOW - 1, segment = this.#early[i]!;
		this.#early[i] = NONE;
		return segment;
	}
}
