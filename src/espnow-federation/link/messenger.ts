/**
 * Reliable messages between boards: both directions of a link are numbered from 0 at each admission; a tag, 16 bits of the challenge
 * by which the receiver admitted the sender, says which admission a frame belongs to. What each frame costs is in C (platform/frames);
 * this is what the radio and the alarm have to do with it.
 */

import type { Frames } from "ruvllm-esp32/platform/frames";
import { Memory } from "ruvllm-esp32/platform/kernels";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { CHUNK_AT, HEADER } from "ruvllm-esp32/espnow-federation/frames/layout";
import { viewOf, type Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import { PeerTable } from "ruvllm-esp32/espnow-federation/link/peer-table";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";

export interface MessengerOptions {
	segments: number;
	rate: PhyRate | undefined;
	/** Asks for a call of `work` at that time, or before. */
	alarm: (at: number) => void;
	deliver: (from: number, service: number, bytes: Uint8Array, count: number) => void;
	/** The radio is where members are not. */
	away: () => boolean;
	/** There is room again. */
	drain: () => void;
}

/** What Frames found in a frame, and wrote. */
const Found = { Send: 1, Look: 2, Message: 4, More: 8, News: 16 } as const;
const SERVICE = 8, LENGTH = 12, ROOM = -2;
const Written = { Place: 12, More: 1 << 25, Look: 1 << 26, StrangePeer: 1 << 27 } as const;
const BYTES = 0xfff;
/** What `send` answers when it queued nothing. */
const NO_ROOM = -1, NO_LENGTH = -3;

export class Messenger {
	/** Bytes of a segment: what one frame carries. */
	readonly segmentBytes: number;
	readonly #wire: Wire;
	readonly #frames: Frames;
	readonly #open: boolean;
	readonly #options: MessengerOptions;
	readonly #peers: PeerTable;
	/** Of boards by their places. */
	readonly #addresses: number[] = [];
	/** The array that was sent last: asking one for its buffer costs a chip as much as sending it. */
	#bytes: Uint8Array | undefined;
	#buffer: ArrayBufferLike | undefined;
	#offset = 0;
	#length = 0;
	#starved = false;
	#pumping = false;
	/** When a frame of no link was given to the MAC, which has it still: one at a time, so that its report tells how long the channel makes a frame wait. */
	#looseAt = -1;
	/** That time, smoothed. */
	#delay = 0;

	constructor(wire: Wire, options: MessengerOptions) {
		this.segmentBytes = wire.longest - CHUNK_AT - wire.sealer.trailerBytes;
		this.#wire = wire;
		this.#frames = wire.frames;
		this.#open = wire.sealer.open;
		this.#options = options;
		this.#peers = new PeerTable(wire.radio, wire.frames, options.rate);
	}

	/** How long the channel makes a frame wait now, in microseconds. */
	get delay(): number {
		return this.#delay;
	}
	/** Nothing waits for an acknowledgement. */
	get idle(): boolean {
		return this.#frames.idle();
	}
	/** @returns not negative: queued; else why not, as Frames.send says */
	send(to: number, service: number, bytes: Uint8Array, count: number, now: number): number {
		if (bytes !== this.#bytes)
			this.#bind(bytes);
		if (count > this.#length)
			return NO_LENGTH;
		const written = this.#frames.send(to, service, this.#buffer!, this.#offset, count, now, !(this.#wire.blocked || this.#pumping || this.#options.away()));
		if (written > 0) {
			if (this.#give(written, now) && written & Written.More)
				this.pump(now);
		}
		else if (written === NO_ROOM)
			this.#starved = true;
		return written;
	}
	/** Both have admitted each other: the link begins. */
	join({ address, place, version, outTag, inTag }: Board): void {
		this.#addresses[place] = address;
		this.#frames.join(place, version, outTag, inTag);
	}
	/** What Frames found in a frame of type Data or Acknowledge. */
	received(from: number, found: number, now: number): void {
		const { message } = this.#wire;
		if (found & Found.Message)
			this.#options.deliver(from, found >> SERVICE & 15, message, found >> LENGTH);
		if (found & Found.More)
			this.#take(from);
		if (found & Found.Send)
			this.pump(now);
		if (found & Found.Look)
			this.#options.alarm(now + this.#frames.look(now));
		if (found & Found.News && this.#starved)
			this.#drain();
	}
	/** Hands out what else came, in order. Handlers may send, and end the link. */
	#take(from: number): void {
		for (let taken = Found.More as number; taken & Found.More;) {
			taken = this.#frames.take(from);
			if (taken > 0)
				this.#options.deliver(from, taken >> SERVICE & 15, this.#wire.message, taken >> LENGTH);
			else if (taken < 0) {
				const memory = new Memory(ROOM - taken);
				this.#frames.message(memory);
				this.#wire.message = viewOf(memory);
				taken = Found.More;
			}
		}
	}
	/** The MAC is done with the oldest frame to that address. */
	reported(to: number, delivered: boolean, now: number): void {
		if (this.#frames.reported(to, delivered, now))
			this.pump(now);
		this.#settle(now);
	}
	/** Whether the frame of no link is out of the MAC. */
	#settle(now: number): void {
		if (this.#looseAt < 0 || this.#frames.loose())
			return;
		this.#delay += now - this.#looseAt - this.#delay >> 2;
		this.#looseAt = -1;
	}
	/** Time has passed. */
	work(now: number): void {
		this.#settle(now);
		const next = this.#frames.work(now);
		if (next >= 0)
			this.#options.alarm(now + (next >> 1));
		if (next & 1)
			this.pump(now);
		if (this.#starved && this.#frames.free() > this.#options.segments >> 1)
			this.#drain();
	}
	/** Gives the radio what it takes. */
	pump(now: number): void {
		for (let refused = 0; !this.#pumping && !this.#wire.blocked && !this.#options.away();) {
			const written = this.#frames.next(now);
			if (written === 0 || !this.#give(written, now) && ++refused > this.#frames.waiting() || !(written & Written.More))
				return;
		}
	}

	/**
	 * Sends a frame that lies in wire.out, of no link, to one board.
	 * @returns false: now there is no room
	 */
	unicast(to: number, version: number, type: number, plainOffset: number, end: number, now: number): boolean {
		if (this.#looseAt >= 0 || this.#wire.blocked || this.#frames.full() || !this.#peers.use(to) || !this.#wire.send(to, version, type, plainOffset, end))
			return false;
		this.#frames.handed(to, now);
		this.#looseAt = now;
		return true;
	}

	/** Gives the radio a frame that was written. @returns false: it can't now, the board waits */
	#give(written: number, now: number): boolean {
		const place = written >> Written.Place & BYTES, to = this.#addresses[place]!, wire = this.#wire;
		if (written & Written.StrangePeer) {
			if (!this.#peers.use(to)) {
				this.#frames.enqueue(place);
				return false;
			}
			written = this.#frames.write(place, now);
		}
		const bytes = written & BYTES;
		this.#pumping = true;
		const taken = wire.radio.send(to, wire.out, this.#open ? bytes : wire.seal(HEADER, bytes));
		this.#pumping = false;
		if (!taken)
			wire.refused();
		else if (written & Written.Look)
			this.#options.alarm(now + this.#frames.look(now));
		return taken;
	}
	#bind(bytes: Uint8Array): void {
		this.#bytes = undefined;
		this.#buffer = bytes.buffer;
		this.#offset = bytes.byteOffset;
		this.#length = bytes.length;
		this.#bytes = bytes;
	}
	#drain(): void {
		this.#starved = false;
		this.#options.drain();
	}
}
