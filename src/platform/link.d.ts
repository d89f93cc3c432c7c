/** Port: what each frame of a link costs, in C (native/link.h): windows, queues, acknowledgements, messages in segments. Times in microseconds. */

/** Segments that all links of a board share; their memory is taken when they are first needed. */
export class LinkPool {
	/** @param bytes of a segment, 16 to 4096 @param segments at most, 1 to 4096 @throws RangeError */
	constructor(bytes: number, segments: number);
	/** Segments that can still be taken. */
	free(): number;
}

/** Both directions of a link with one board. Buffers are ArrayBuffers with an offset in bytes. @throws RangeError, TypeError for bad arguments */
export class LinkState {
	/** @param longest bytes of a message, at most 65535 */
	constructor(pool: LinkPool, longest: number);
	/** Drops all; both directions begin again. Tags: of the admission, or -1: no frame belongs to it. */
	reset(outTag: number, inTag: number): void;
	/** Queues a message. @returns false: no room */
	push(service: number, buffer: ArrayBufferLike, offset: number, count: number): boolean;
	/** Something is to be sent now. */
	wants(now: number): boolean;
	/** Writes the next frame's body. @returns its bytes, 8 for an acknowledgement alone; 0: the room is too small */
	write(buffer: ArrayBufferLike, offset: number, room: number): number;
	/** That frame is with the radio. @returns how often its segment was sent before << 16 | its sequence; -1: an acknowledgement */
	sent(now: number): number;
	/** The MAC's report on a sending: `tries` counts that one too. */
	reported(sequence: number, tries: number, delivered: boolean): void;
	/** Takes a frame's body. @returns bits: 1 of another admission, 2 something new was acknowledged, 4 duplicate, 8 malformed, 16 messages wait */
	read(buffer: ArrayBufferLike, offset: number, count: number, data: boolean, now: number): number;
	/** Copies the next message. @returns count << 4 | service; -1: none; -2: a segment that no sender makes; less: -2 - the room that it needs */
	take(buffer: ArrayBufferLike, offset: number, room: number): number;
	/** Time until it wants to be looked at, 0: now; -1: not before something happens. */
	deadline(now: number): number;
	/** What was sent too long ago is lost. */
	expire(now: number): void;
	/** For how long nothing under way was acknowledged; 0: nothing is. */
	stalled(now: number): number;
	/** Smoothed; 0: unknown. */
	roundTrip(): number;
	/** Nothing waits for an acknowledgement. */
	idle(): boolean;
}
