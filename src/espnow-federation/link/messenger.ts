/** All links of a board: whose turn it is to send, what the MAC reports, when something is due. */

import { LinkPool } from "ruvllm-esp32/platform/link";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { CHUNK_AT, FrameType, HEADER, TAG_AT } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import { Link } from "ruvllm-esp32/espnow-federation/link/link";
import { MacReports } from "ruvllm-esp32/espnow-federation/link/mac-reports";
import { PeerTable } from "ruvllm-esp32/espnow-federation/link/peer-table";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";

export interface MessengerOptions {
	segments: number;
	messageBytes: number;
	rate: PhyRate | undefined;
	/** Asks for a call of `work` at that time, or before. */
	alarm: (at: number) => void;
	deliver: (from: number, service: number, bytes: Uint8Array, count: number) => void;
	/** The radio is where members are not. */
	away: () => boolean;
	/** There is room again. */
	drain: () => void;
}

/** What LinkState.read found, and what LinkState.take gives in place of a message. */
const Found = { Strange: 1, News: 2, Duplicate: 4, Malformed: 8, Messages: 16 } as const;
const NOTHING = -1, BAD = -2;
/** Bytes of a body without a segment. */
const ACKNOWLEDGEMENT = 8;

export class Messenger {
	readonly #pool: LinkPool;
	/** Bytes of a segment: what one frame carries. */
	readonly segmentBytes: number;
	readonly #wire: Wire;
	readonly #options: MessengerOptions;
	readonly #peers: PeerTable;
	readonly #reports = new MacReports();
	readonly #links: Link[] = [];
	readonly #boards: Board[] = [];
	readonly #ready: Link[] = [];
	/** The message that is being delivered; grows to the longest that came. */
	#message: Uint8Array;
	/** Bytes of a frame's body, at most. */
	readonly #room: number;
	#starved = false;
	#pumping = false;

	constructor(wire: Wire, options: MessengerOptions) {
		const bytes = this.segmentBytes = wire.longest - CHUNK_AT - wire.sealer.trailerBytes;
		this.#wire = wire;
		this.#options = options;
		this.#pool = new LinkPool(bytes, options.segments);
		this.#peers = new PeerTable(wire.radio, options.rate);
		this.#message = new Uint8Array(bytes);
		this.#room = wire.longest - TAG_AT - wire.sealer.trailerBytes;
	}

	/** How long the channel makes a frame wait now, in microseconds. */
	get delay(): number {
		return this.#reports.delay;
	}
	/** Nothing waits for an acknowledgement. */
	get idle(): boolean {
		for (const link of this.#links)
			if (!link.state.idle())
				return false;
		return true;
	}
	/** @returns false: no room */
	send(board: Board, service: number, bytes: Uint8Array, count: number, now: number): boolean {
		if (!board.joined || !board.link || !board.link.state.push(service, bytes.buffer, bytes.byteOffset, count)) {
			this.#starved = true;
			return false;
		}
		this.#enqueue(board.link);
		this.pump(now);
		return true;
	}
	/** Both have admitted each other: the link begins. */
	join(board: Board): void {
		if (!board.link) {
			board.link = new Link(board.address, this.#pool, this.#options.messageBytes);
			this.#links.push(board.link);
			this.#boards.push(board);
		}
		board.link.version = board.version;
		board.link.restart(board.outTag, board.inTag);
	}
	/** Drops what is queued for it. */
	leave(board: Board): void {
		board.link?.restart(-1, -1);
	}
	/** The board is no longer known. */
	forget(board: Board): void {
		const at = board.link ? this.#links.indexOf(board.link) : -1;
		if (at < 0)
			return;
		this.leave(board);
		this.#links.splice(at, 1);
		this.#boards.splice(at, 1);
	}
	/** Takes an authentic frame of type Data or Acknowledge, `count` bytes with its trailer. */
	receive(board: Board, type: number, count: number, now: number): void {
		const { in: frame, statistics, sealer } = this.#wire, { link } = board;
		if (!link) {
			statistics.unknownSender++;
			return;
		}
		const { state } = link, found = state.read(frame.buffer, frame.byteOffset + TAG_AT, Math.max(0, count - sealer.trailerBytes - TAG_AT), type === FrameType.Data, now);
		if (found & Found.Malformed)
			statistics.malformed++;
		else if (found & Found.Strange)
			statistics.unknownSender++;
		else if (found & Found.Duplicate)
			statistics.duplicates++;
		if (found & Found.News)
			board.member.roundTrip = state.roundTrip();
		if (found & Found.Messages)
			this.#take(link);
		if (state.wants(now))
			this.#enqueue(link);
		this.pump(now);
		this.#options.alarm(link.schedule(now));
		if (found & Found.News && this.#starved)
			this.#drain();
	}
	/** Hands out what came, in order. Handlers may send, and end the link. */
	#take({ state, address }: Link): void {
		for (;;) {
			const message = this.#message, taken = state.take(message.buffer, 0, message.length);
			if (taken >= 0)
				this.#options.deliver(address, taken & 15, message, taken >> 4);
			else if (taken === NOTHING)
				return;
			else if (taken === BAD)
				this.#wire.statistics.malformed++;
			else
				this.#message = new Uint8Array(BAD - taken);
		}
	}
	/** The MAC is done with the oldest frame to that address. */
	reported(to: number, delivered: boolean, now: number): void {
		const link = this.#reports.take(to, delivered, now);
		if (link?.state.wants(now))
			this.#enqueue(link);
		this.pump(now);
	}
	/** Time has passed. */
	work(now: number): void {
		this.#reports.expire(now);
		let next = Infinity;
		for (let i = 0; i < this.#links.length; i++) {
			const link = this.#links[i]!;
			if (link.deadline <= now) {
				link.state.expire(now);
				if (link.state.wants(now))
					this.#enqueue(link);
				link.schedule(now);
			}
			// What is due now and can't be sent waits for the radio, not for time.
			if (link.deadline > now)
				next = Math.min(next, link.deadline);
		}
		if (next !== Infinity)
			this.#options.alarm(next);
		this.pump(now);
		if (this.#starved && this.#pool.free() > this.#options.segments >> 1)
			this.#drain();
	}
	/** Gives the radio what it takes. */
	pump(now: number): void {
		if (this.#pumping)
			return;
		this.#pumping = true;
		for (let left = this.#ready.length; left > 0 && !this.#wire.blocked && !this.#reports.full && !this.#options.away(); left--) {
			const link = this.#ready.shift()!;
			link.queued = false;
			if (!link.state.wants(now))
				continue;
			if (!this.#transmit(link, now)) {
				this.#enqueue(link);
				continue;
			}
			this.#options.alarm(link.schedule(now));
			if (link.state.wants(now)) {
				this.#enqueue(link);
				left++;
			}
		}
		this.#pumping = false;
	}

	/**
	 * Sends a frame that lies in wire.out, of no link, to one board.
	 * @returns false: now there is no room
	 */
	unicast(to: number, version: number, type: number, plainOffset: number, end: number, now: number): boolean {
		const peer = this.#reports.full || this.#reports.loose || this.#wire.blocked ? undefined : this.#peers.use(to);
		if (!peer || !this.#wire.send(to, version, type, plainOffset, end))
			return false;
		this.#reports.add(peer, undefined, -1, 0, now);
		return true;
	}

	#transmit(link: Link, now: number): boolean {
		const peer = this.#peers.use(link.address);
		if (!peer)
			return false;
		const { out, statistics } = this.#wire, bytes = link.state.write(out.buffer, out.byteOffset + TAG_AT, this.#room), data = bytes > ACKNOWLEDGEMENT;
		if (!this.#wire.send(link.address, link.version, data ? FrameType.Data : FrameType.Acknowledge, HEADER, TAG_AT + bytes))
			return false;
		const sent = link.state.sent(now), before = sent >> 16;
		if (sent < 0)
			statistics.acknowledgements++;
		else if (before > 0)
			statistics.retries++;
		this.#reports.add(peer, link, sent < 0 ? -1 : sent & 0xffff, before + 1, now);
		return true;
	}
	#enqueue(link: Link): void {
		if (link.queued)
			return;
		link.queued = true;
		this.#ready.push(link);
	}
	#drain(): void {
		this.#starved = false;
		this.#options.drain();
	}
}
