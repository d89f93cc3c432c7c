/**
 * What sessions and services see of the boards around them: members, and messages that arrive once and in order, from
 * senders who were proved to know the secret. Node (node.ts) implements it on a radio.
 */

/** Time, as a board knows it: ruvllm-esp32/platform/clock, or a virtual board's own. */
export interface Clock {
	/** Monotonic. */
	microseconds(): number;
	/** Milliseconds; not negative. */
	after(milliseconds: number, callback: () => void): unknown;
	cancel(handle: unknown): void;
}

/** Numbers of services: who a message is for. */
export const Service = { Session: 0, Request: 1, Router: 2, Learning: 3, Search: 4, Memory: 5, Distribution: 6, Test: 15 } as const;
export type Service = (typeof Service)[keyof typeof Service];

/** What a board says of itself in its heartbeats. */
export interface Capabilities {
	/** Model in its flash: CRC-32 of the file; 0: none. */
	model: number;
	/** Bytes of RAM that a session can have. */
	memory: number;
	/** Bytes of weights that it can keep in fast memory. */
	fastMemory: number;
	/** Thousand multiply-accumulates a second, from fast memory and from slow (PSRAM, flash). */
	fastSpeed: number;
	slowSpeed: number;
	/** Services it offers, a bit each (1 << Service), for example which experts or shards; see `tags`. */
	services: number;
	/** Free for programs: an expert's number, a shard's number. */
	tags: number;
}

export interface Member extends Capabilities {
	readonly address: number;
	/** Of its present start: another number after a reboot. */
	readonly boot: number;
	/** 0 (idle) to 255, from its last heartbeat. */
	load: number;
	/** Smoothed round trip to it in microseconds, 0 while unknown. */
	roundTrip: number;
	/** Heard of in time. */
	alive: boolean;
}

/** Why a callback of `watch` is called. A board that reboots leaves, then joins. */
export type MemberEvent = "joined" | "left" | "changed";

export type MessageHandler = (from: number, bytes: Uint8Array, count: number) => void;

export interface Network {
	readonly address: number;
	readonly clock: Clock;
	/** All known boards, oneself included, by address; the same order on all boards that know the same. */
	readonly members: readonly Member[];
	/** Alive ones, oneself included, by address. */
	alive(): readonly Member[];
	member(address: number): Member | undefined;
	/** What oneself announces; change it, then call `announce`. */
	readonly self: Member;
	announce(): void;
	/** Bytes of a message that travel in one frame, and the longest message (fragmented). */
	readonly frameBytes: number;
	readonly messageBytes: number;
	/**
	 * Queues a message; the bytes are copied. Delivered once, in order for each receiver, until the receiver is found dead or
	 * has rebooted: then what was queued for it is dropped, and `watch` says "left".
	 * @returns false: the queue to that member is full, or it is no living member; try again at `onDrain`
	 */
	send(to: number, service: Service, bytes: Uint8Array, count?: number): boolean;
	/** One frame to every member that hears it: may be lost, arrives at most once. @returns false: the radio's queue is full */
	broadcast(service: Service, bytes: Uint8Array, count?: number): boolean;
	/** One handler for each service; `bytes` are the network's own and change after the call. */
	handle(service: Service, handler: MessageHandler | undefined): void;
	/** @returns stops watching */
	watch(callback: (event: MemberEvent, member: Member) => void): () => void;
	/** Called when there is room again after `send` returned false. @returns stops it */
	onDrain(callback: () => void): () => void;
	/** Counters since the start. */
	readonly statistics: NetworkStatistics;
}

export interface NetworkStatistics {
	readonly framesSent: number;
	readonly bytesSent: number;
	readonly framesReceived: number;
	readonly bytesReceived: number;
	/** Frames sent again. */
	readonly retries: number;
	readonly acknowledgements: number;
	readonly duplicates: number;
	/** Dropped frames by reason. */
	readonly malformed: number;
	readonly unknownVersion: number;
	readonly unknownSender: number;
	readonly forged: number;
	readonly replayed: number;
}
