/**
 * The sending half of a link: which segments wait, are under way, are acknowledged. Selective repeat with a window of 32; what is
 * lost shows by the MAC's report, by later frames that arrived (RFC 8985's idea), or by time.
 */

import type { SegmentPool } from "ruvllm-esp32/espnow-federation/link/segment-pool";
import { append, fill, segmentsOf } from "ruvllm-esp32/espnow-federation/link/chunks";
import { RoundTrip } from "ruvllm-esp32/espnow-federation/link/round-trip";

const WINDOW = 32;
/** Queue of a link; a power of two. */
const QUEUE = 128;
/** Segments that links leave to what arrives before its turn. */
const RESERVE = 8;
/** Failures that the MAC reports one after another, before the link waits. */
const HASTY = 3;

const State = { UnderWay: 1, Lost: 2, Arrived: 3 } as const;

export class Sender {
	readonly roundTrip = new RoundTrip();
	readonly #pool: SegmentPool;
	readonly #queue = new Uint16Array(QUEUE);
	/** By sequence & 31. */
	readonly #states = new Uint8Array(WINDOW);
	readonly #tries = new Uint8Array(WINDOW);
	readonly #sentAt = new Float64Array(WINDOW);
	/** Sequence of the oldest that is not acknowledged. */
	#base = 0;
	#count = 0;
	/** Of those, how many were sent at least once. */
	#sent = 0;
	#lost = 0;
	#hasty = 0;
	/** When something was last acknowledged, or first sent after nothing was under way. */
	#progressAt = 0;

	constructor(pool: SegmentPool) {
		this.#pool = pool;
	}

	get idle(): boolean {
		return this.#count === 0;
	}
	/** Microseconds for which nothing under way was acknowledged; 0 when nothing is. */
	stalled(now: number): number {
		return this.#sent ? now - this.#progressAt : 0;
	}
	/** @returns false: no room */
	push(service: number, bytes: Uint8Array, count: number): boolean {
		const pool = this.#pool, needed = segmentsOf(count, pool.bytes);
		if (needed === 1 && this.#count > this.#sent && append(pool, this.#queue[this.#base + this.#count - 1 & QUEUE - 1]!, service, bytes, count))
			return true;
		if (this.#count + needed > QUEUE || pool.free < needed + RESERVE)
			return false;
		let at = 0;
		for (let i = 0; i < needed; i++) {
			const segment = pool.take();
			at = fill(pool, segment, service, bytes, at, count);
			this.#queue[this.#base + this.#count++ & QUEUE - 1] = segment;
		}
		return true;
	}
	/** Sequence of what is to be sent now, or -1. */
	next(): number {
		if (this.#lost > 0)
			for (let i = 0; i < this.#sent; i++)
				if (this.#states[this.#base + i & WINDOW - 1] === State.Lost)
					return this.#base + i & 0xffff;
		return this.#sent < this.#count && this.#sent < WINDOW ? this.#base + this.#sent & 0xffff : -1;
	}
	segment(sequence: number): number {
		return this.#queue[sequence & QUEUE - 1]!;
	}
	/** The frame with what `next` named is with the radio. @returns how often it was sent before */
	sent(sequence: number, now: number): number {
		const i = sequence & WINDOW - 1;
		if ((sequence - this.#base & 0xffff) === this.#sent) {
			if (this.#sent++ === 0)
				this.#progressAt = now;
			this.#tries[i] = 0;
		}
		else
			this.#lost--;
		this.#states[i] = State.UnderWay;
		this.#sentAt[i] = now;
		const before = this.#tries[i]!;
		if (before < 255)
			this.#tries[i] = before + 1;
		return before;
	}
	/** The MAC says what became of the `tries`-th sending. */
	reported(sequence: number, tries: number, delivered: boolean): void {
		const i = sequence & WINDOW - 1;
		if (delivered)
			this.#hasty = 0;
		else if ((sequence - this.#base & 0xffff) < this.#sent && this.#states[i] === State.UnderWay && this.#tries[i] === tries && this.#hasty < HASTY) {
			this.#hasty++;
			this.#lose(i);
		}
	}
	/**
	 * @param next the sequence that the peer waits for; bit i of `bitmap`: next + 1 + i arrived
	 * @returns whether anything new was acknowledged
	 */
	acknowledged(next: number, bitmap: number, now: number): boolean {
		const through = next - this.#base & 0xffff;
		// Late ones say nothing new; nobody sends others.
		if (through > this.#sent)
			return false;
		let news = through > 0, latest = 0, beyond = -1;
		for (let n = 0; n < through; n++) {
			const i = this.#base + n & WINDOW - 1;
			latest = Math.max(latest, this.#arrived(this.#base + n, i, now));
			this.#states[i] = 0;
		}
		this.#base = next;
		this.#count -= through;
		this.#sent -= through;
		for (let n = 1; bitmap !== 0 && n < this.#sent; n++, bitmap >>>= 1)
			if (bitmap & 1) {
				const at = this.#arrived(next + n, next + n & WINDOW - 1, now);
				news ||= at > 0;
				latest = Math.max(latest, at);
				beyond = n;
			}
		const slack = this.roundTrip.smoothed >> 2;
		for (let n = 0; n < beyond; n++) {
			const i = next + n & WINDOW - 1, at = this.#sentAt[i]!;
			if (this.#states[i] === State.UnderWay && at < latest && (beyond - n >= 3 || at + slack < latest))
				this.#lose(i);
		}
		if (news) {
			this.#hasty = 0;
			this.#progressAt = now;
		}
		return news;
	}
	/** When the oldest under way counts as lost; Infinity: nothing is. */
	deadline(): number {
		let oldest = Infinity;
		for (let n = 0; n < this.#sent; n++) {
			const i = this.#base + n & WINDOW - 1;
			if (this.#states[i] === State.UnderWay)
				oldest = Math.min(oldest, this.#sentAt[i]!);
		}
		return oldest + this.roundTrip.timeout;
	}
	/** What was sent too long ago is lost. */
	expire(now: number): void {
		const before = now - this.roundTrip.timeout;
		let any = false;
		for (let n = 0; n < this.#sent; n++) {
			const i = this.#base + n & WINDOW - 1;
			if (this.#states[i] === State.UnderWay && this.#sentAt[i]! <= before) {
				this.#lose(i);
				any = true;
			}
		}
		if (any) {
			this.roundTrip.backOff();
			this.#hasty = 0;
		}
	}
	/** Drops all, and begins at sequence 0. */
	reset(): void {
		for (let n = 0; n < this.#count; n++)
			if (n >= this.#sent || this.#states[this.#base + n & WINDOW - 1] !== State.Arrived)
				this.#pool.release(this.#queue[this.#base + n & QUEUE - 1]!);
		this.#states.fill(0);
		this.#base = this.#count = this.#sent = this.#lost = this.#hasty = 0;
		this.roundTrip.reset();
	}

	#lose(i: number): void {
		this.#states[i] = State.Lost;
		this.#lost++;
	}
	/** @returns when it was sent, if that is news; else 0 */
	#arrived(sequence: number, i: number, now: number): number {
		const state = this.#states[i];
		if (state === State.Arrived)
			return 0;
		if (state === State.Lost)
			this.#lost--;
		if (this.#tries[i] === 1)
			this.roundTrip.sample(now - this.#sentAt[i]!);
		else
			this.roundTrip.repeated(now - this.#sentAt[i]!);
		this.#states[i] = State.Arrived;
		this.#pool.release(this.#queue[sequence & QUEUE - 1]!);
		return this.#sentAt[i]! || 1;
	}
}
