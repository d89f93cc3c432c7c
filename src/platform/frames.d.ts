/**
 * Port: what each frame costs a board, in C (native/frames.h): header and counter, checksum, counters that were seen, windows, queues,
 * acknowledgements, the MAC's reports. Boards have places, small integers. Times are microseconds, modulo 2^32.
 */

import type { Memory } from "ruvllm-esp32/platform/kernels";

/** All throw RangeError or TypeError for bad arguments. Nothing is allocated for a frame. */
export class Frames {
	/**
	 * @param address one's own
	 * @param out where frames are written, `longest` bytes at least
	 * @param into where frames that came lie
	 * @param message where messages are delivered: a frame's at least, more by `message`
	 * @param open checksums are made and checked here; else the caller seals and opens
	 * @param trailer bytes behind the body: 4 when open
	 * @param segments buffers of one frame each, for all that waits @param boards known at one time @param peers that the radio knows
	 */
	constructor(address: number, out: Memory, into: Memory, message: Memory, open: boolean, trailer: number, longest: number, lowest: number, highest: number,
		segments: number, longestMessage: number, boards: number, peers: number);
	/** The place of an address, a new one if need be; -1: there is none. */
	add(address: number): number;
	remove(place: number): void;
	/** Its frames are taken from now on, above this counter. @param seed of its checksums, 0 where frames are sealed */
	admit(place: number, seed: number, counter: number, now: number): void;
	/** Messages go both ways: the link begins. */
	join(place: number, version: number, outTag: number, inTag: number): void;
	/** Neither: what was queued is dropped. */
	leave(place: number): void;
	/** Whether a frame with this counter may be taken (RFC 4303, section 3.4.3); and that it was, when it proved authentic. */
	fresh(place: number, counter: number): boolean;
	took(place: number, counter: number, now: number): void;

	/**
	 * Looks at the frame in `into`. @returns -1: dropped and counted; -2: a Hello or Auth; -3: another type, authentic; -4: sealed: open it, and
	 * call `opened`. Else bits: 1 something is to be sent, 2 call `look`, 4 a message (service << 8 | bytes << 12), 8 call `take`, 16 news of the round trip
	 */
	receive(from: number, count: number, now: number): number;
	/** Counter of the frame in `into`. */
	incoming(): number;
	opened(authentic: boolean, count: number, now: number): number;
	/** The next message of a board, as bits; 0: none; below -1: `message` must have -2 - this many bytes. */
	take(from: number): number;
	/** More room for messages. */
	message(memory: Memory): void;

	/**
	 * Queues a message. @param may whether a frame may be written now
	 * @returns -1: no room, or no member; -2: no service; -3: no length; else as `next`
	 */
	send(to: number, service: number, buffer: ArrayBufferLike, offset: number, count: number, now: number, may: boolean): number;
	/**
	 * Writes the next frame. @returns its bytes (without trailer, unless open) | place << 12 | bits: 25 others wait, 26 call `look`, 27 no frame:
	 * the radio does not know that board; 0: nothing is to be sent, or the MAC is full
	 */
	next(now: number): number;
	/** That of one board, which the radio knows. */
	write(place: number, now: number): number;
	/** Its turn comes again. */
	enqueue(place: number): void;
	/** How many boards wait for their turn. */
	waiting(): number;
	/** The radio did not take the frame written last. */
	unsent(): void;
	/** Counters begin again. */
	restart(seed: number): void;
	counter(): number;
	/** Header and seal of a frame that is no link's. @returns its bytes; 0: it is to be sealed */
	stamp(version: number, type: number, end: number): number;

	/** The radio is to know an address. @returns 0: it does; 1: new; -1: no place; 2 + the address that goes for it */
	usePeer(address: number): number;
	forgetPeer(address: number): void;
	/** A frame of no link is inside the MAC. */
	handed(address: number, now: number): void;
	/** A frame of no link is inside the MAC. */
	loose(): boolean;
	/** No more frames may be inside the MAC. */
	full(): boolean;
	/** What the MAC says of the oldest one to that address. @returns whether something is to be sent */
	reported(to: number, delivered: boolean, now: number): boolean;

	/** Time has passed. @returns microseconds until it wants to be called again, or -1: not before something happens; times 2, + 1 if something is to be sent */
	work(now: number): number;
	/** Microseconds until `work` is to be called, when a bit said so. */
	look(now: number): number;
	/** Segments that can be taken. */
	free(): number;
	/** Nothing waits for an acknowledgement. */
	idle(): boolean;
	/** Microseconds since a frame of it came; for which nothing under way was acknowledged, 0: nothing is; smoothed round trip, 0: unknown. */
	heard(place: number, now: number): number;
	stalled(place: number, now: number): number;
	roundTrip(place: number): number;
	/** Counters in the order of NetworkStatistics, and one more of one. */
	statistic(number: number): number;
	count(number: number): void;
}
