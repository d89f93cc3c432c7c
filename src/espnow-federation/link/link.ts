/**
 * Reliable messages between two boards. Both directions are numbered from 0 at each admission; a tag, 16 bits of the challenge by
 * which the receiver admitted the sender, says which admission a frame belongs to. One side never admits anew without the other, so
 * that it is enough for acknowledgements, too.
 */

import { ACK_AT, BITMAP_AT, CHUNK_AT, get16, get32, put16, put32, SEQUENCE_AT, TAG_AT } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { SegmentPool } from "ruvllm-esp32/espnow-federation/link/segment-pool";
import { type Deliver, Receiver } from "ruvllm-esp32/espnow-federation/link/receiver";
import { Sender } from "ruvllm-esp32/espnow-federation/link/sender";

export class Link {
	readonly address: number;
	readonly sender: Sender;
	readonly receiver: Receiver;
	readonly #pool: SegmentPool;
	/** By which the peer admitted us, and we the peer. */
	#outTag = 0;
	#inTag = 0;
	/** Set by the node: waits for its turn; called with (service, bytes, count). */
	queued = false;
	deliver: Deliver;
	/** Of the protocol. */
	version = 0;
	/** Counts restarts: reports on frames from before mean nothing. */
	generation = 0;

	constructor(address: number, pool: SegmentPool, longestMessage: number, deliver: Deliver) {
		this.address = address;
		this.#pool = pool;
		this.sender = new Sender(pool);
		this.receiver = new Receiver(pool, longestMessage);
		this.deliver = deliver;
	}

	/** Drops all; both directions begin again. */
	restart(outTag: number, inTag: number): void {
		this.#outTag = outTag;
		this.#inTag = inTag;
		this.generation = this.generation + 1 & 0xff;
		this.sender.reset();
		this.receiver.reset();
	}
	/** Something is to be sent now. */
	wants(now: number): boolean {
		return this.sender.next() >= 0 || this.receiver.deadline <= now;
	}
	/** When the link wants to be looked at. */
	deadline(): number {
		return Math.min(this.sender.deadline(), this.receiver.deadline);
	}
	/**
	 * Writes the body of a frame that carries a segment (`sequence` from sender.next) or, with -1, an acknowledgement alone.
	 * @returns where it ends
	 */
	write(frame: Uint8Array, sequence: number): number {
		put16(frame, TAG_AT, this.#outTag);
		put16(frame, ACK_AT, this.receiver.next);
		put32(frame, BITMAP_AT, this.receiver.bitmap);
		if (sequence < 0)
			return SEQUENCE_AT;
		const segment = this.sender.segment(sequence);
		put16(frame, SEQUENCE_AT, sequence);
		frame.set(this.#pool.segments[segment]!, CHUNK_AT);
		return CHUNK_AT + this.#pool.lengths[segment]!;
	}
	/** @returns -1: the frame belongs to another admission; 1: it acknowledges something new; 0: nothing new */
	readAcknowledgement(frame: Uint8Array, now: number): number {
		if (get16(frame, TAG_AT) !== this.#inTag)
			return -1;
		return Number(this.sender.acknowledged(get16(frame, ACK_AT), get32(frame, BITMAP_AT), now));
	}
}
