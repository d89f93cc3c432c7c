/** All links of a board: whose turn it is to send, what the MAC reports, when something is due. */

import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { CHUNK_AT, FrameType, get16, HEADER, SEQUENCE_AT } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import { Link } from "ruvllm-esp32/espnow-federation/link/link";
import { MacReports } from "ruvllm-esp32/espnow-federation/link/mac-reports";
import { PeerTable } from "ruvllm-esp32/espnow-federation/link/peer-table";
import { SegmentPool } from "ruvllm-esp32/espnow-federation/link/segment-pool";
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

export class Messenger {
	readonly pool: SegmentPool;
	readonly #wire: Wire;
	readonly #options: MessengerOptions;
	readonly #peers: PeerTable;
	readonly #reports = new MacReports();
	readonly #links: Link[] = [];
	readonly #boards: Board[] = [];
	readonly #ready: Link[] = [];
	readonly #chunks: Uint8Array;
	readonly #payload: Uint8Array;
	#starved = false;
	#pumping = false;

	constructor(wire: Wire, options: MessengerOptions) {
		const bytes = wire.longest - CHUNK_AT - wire.sealer.trailerBytes;
		this.#wire = wire;
		this.#options = options;
		this.pool = new SegmentPool(bytes, options.segments);
		this.#peers = new PeerTable(wire.radio, options.rate);
		this.#chunks = new Uint8Array(wire.in.buffer as ArrayBuffer, CHUNK_AT, bytes);
		this.#payload = new Uint8Array(wire.in.buffer as ArrayBuffer, CHUNK_AT + 1, bytes - 1);
	}

	/** How long the channel makes a frame wait now, in microseconds. */
	get delay(): number {
		return this.#reports.delay;
	}
	/** Nothing waits for an acknowledgement. */
	get idle(): boolean {
		for (const link of this.#links)
			if (!link.sender.idle)
				return false;
		return true;
	}
	/** @returns false: no room */
	send(board: Board, service: number, bytes: Uint8Array, count: number, now: number): boolean {
		if (!board.joined || !board.link || !board.link.sender.push(service, bytes, count)) {
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
			const address = board.address, deliver = this.#options.deliver;
			board.link = new Link(address, this.pool, this.#options.messageBytes, (service, bytes, count) => deliver(address, service, bytes, count));
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
		const frame = this.#wire.in, statistics = this.#wire.statistics, link = board.link, end = count - this.#wire.sealer.trailerBytes;
		if (type === FrameType.Data ? end <= CHUNK_AT || end - CHUNK_AT > this.pool.bytes : end !== SEQUENCE_AT) {
			statistics.malformed++;
			return;
		}
		const news = link ? link.readAcknowledgement(frame, now) : -1;
		if (!link || news < 0) {
			statistics.unknownSender++;
			return;
		}
		if (news)
			board.member.roundTrip = link.sender.roundTrip.smoothed;
		if (type === FrameType.Data) {
			const taken = link.receiver.take(get16(frame, SEQUENCE_AT), this.#chunks, this.#payload, end - CHUNK_AT, now, link.deliver);
			if (taken === 0)
				statistics.duplicates++;
			else if (taken === -2)
				statistics.malformed++;
		}
		if (link.wants(now))
			this.#enqueue(link);
		this.pump(now);
		this.#options.alarm(link.deadline());
		if (news && this.#starved)
			this.#drain();
	}
	/** The MAC is done with the oldest frame to that address. */
	reported(to: number, delivered: boolean, now: number): void {
		const link = this.#reports.take(to, delivered, now);
		if (link?.wants(now))
			this.#enqueue(link);
		this.pump(now);
	}
	/** Time has passed. */
	work(now: number): void {
		this.#reports.expire(now);
		let next = Infinity;
		for (let i = 0; i < this.#links.length; i++) {
			const link = this.#links[i]!;
			if (link.deadline() <= now) {
				link.sender.expire(now);
				if (link.wants(now))
					this.#enqueue(link);
			}
			else
				next = Math.min(next, link.deadline());
		}
		if (next !== Infinity)
			this.#options.alarm(next);
		this.pump(now);
		if (this.#starved && this.pool.free > this.pool.limit >> 1)
			this.#drain();
	}
	/** Gives the radio what it takes. */
	pump(now: number): void {
		if (this.#pumping)
			return;
		this.#pumping = true;
		try {
			this.#pump(now);
		}
		finally {
			this.#pumping = false;
		}
	}

	#pump(now: number): void {
		for (let left = this.#ready.length; left > 0 && !this.#wire.blocked && !this.#reports.full && !this.#options.away(); left--) {
			const link = this.#ready.shift()!;
			link.queued = false;
			if (!link.wants(now))
				continue;
			if (!this.#transmit(link, now)) {
				this.#enqueue(link);
				continue;
			}
			this.#options.alarm(link.deadline());
			if (link.wants(now)) {
				this.#enqueue(link);
				left++;
			}
		}
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
		const sequence = link.sender.next(), statistics = this.#wire.statistics, end = link.write(this.#wire.out, sequence);
		if (!this.#wire.send(link.address, link.version, sequence < 0 ? FrameType.Acknowledge : FrameType.Data, HEADER, end))
			return false;
		link.receiver.acknowledged();
		let before = 0;
		if (sequence < 0)
			statistics.acknowledgements++;
		else {
			before = link.sender.sent(sequence, now);
			if (before > 0)
				statistics.retries++;
		}
		this.#reports.add(peer, link, sequence, before + 1, now);
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
