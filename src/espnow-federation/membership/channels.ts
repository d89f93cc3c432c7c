/**
 * Which Wi-Fi channel a board lives on. A new board visits all channels and stays where it is admitted; when nobody is found, on the
 * first of its list. Boards that live on one channel are an island; its lowest address is its anchor. Anchors, and boards that are
 * alone, visit another channel now and then; where two islands meet, the one with the higher anchor moves, each board telling the
 * others on the old channel before it goes.
 */

import type { RadioPort } from "ruvllm-esp32/platform/radio";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";
import type { Members } from "ruvllm-esp32/espnow-federation/membership/members";

const Mode = { Settled: 0, Scanning: 1, Visiting: 2, Moving: 3 } as const;
type Mode = (typeof Mode)[keyof typeof Mode];

/** Microseconds. A visit has time for two introductions; members miss a board for no longer. */
const VISIT = 120_000;
const ALONE = 400_000;
const TOGETHER = 5_000_000;
const MOVE = 15_000;
const ROUNDS = 2;
/** For so long a board that moved speaks for the anchor that it followed, as it does not know it yet. */
const FOLLOWS = 2_000_000;

export interface ChannelOptions {
	random: () => number;
	/** Says Hello soon. */
	hello: () => void;
	/** Nothing is under way to members. */
	idle: () => boolean;
}

export class Channels {
	readonly #radio: RadioPort;
	readonly #members: Members;
	readonly #list: readonly number[];
	readonly #options: ChannelOptions;
	/** Where members find this board, unless it pays a visit. */
	home: number;
	deadline = Infinity;
	#mode: Mode = Mode.Settled;
	/** Index in the list, and visits since the scan began; steps of a move. */
	#at = 0;
	#steps = 0;
	#followed = Infinity;
	#followedUntil = 0;

	constructor(radio: RadioPort, members: Members, list: readonly number[], options: ChannelOptions) {
		this.#radio = radio;
		this.#members = members;
		this.#list = list;
		this.#options = options;
		this.home = list[0] ?? radio.channel;
		if (list.length > 1) {
			this.#mode = Mode.Scanning;
			this.#at = options.random() % list.length;
			this.deadline = 0;
		}
		else if (radio.channel !== this.home)
			radio.channel = this.home;
	}

	/** Where it is now, members can't hear it. */
	get away(): boolean {
		return this.#mode === Mode.Visiting;
	}
	/** Lowest address that lives on the home channel. */
	anchor(now: number): number {
		let lowest = now < this.#followedUntil ? Math.min(this.#followed, this.#radio.address) : this.#radio.address;
		for (const board of this.#members.list)
			if (board.joined && board.channel === this.home)
				lowest = Math.min(lowest, board.address);
		return lowest;
	}
	/** A joined board said where it lives. */
	heard(board: Board, now: number): void {
		if (this.#list.length < 2 || !this.#list.includes(board.channel))
			return;
		if (this.#mode === Mode.Scanning)
			this.#settle(board.channel, now);
		else if (board.channel !== this.home && this.#mode !== Mode.Moving && board.anchor < this.anchor(now)) {
			this.#tune(this.home);
			this.home = board.channel;
			this.#followed = board.anchor;
			this.#followedUntil = now + FOLLOWS;
			this.#mode = Mode.Moving;
			this.#steps = 0;
			this.#options.hello();
			this.deadline = now + MOVE;
		}
	}
	work(now: number): void {
		if (this.deadline > now)
			return;
		if (this.#mode === Mode.Scanning) {
			if (this.#steps++ >= ROUNDS * this.#list.length)
				this.#settle(this.#list[0]!, now);
			else
				this.#visit(now);
		}
		else if (this.#mode === Mode.Visiting)
			this.#settle(this.home, now);
		else if (this.#mode === Mode.Moving) {
			if (this.#steps++ > 0)
				this.#settle(this.home, now);
			else {
				this.#options.hello();
				this.deadline = now + MOVE;
			}
		}
		else if (this.#members.living.length > 1 && (this.anchor(now) !== this.#radio.address || !this.#options.idle()))
			this.deadline = now + TOGETHER;
		else {
			this.#mode = Mode.Visiting;
			this.#visit(now);
		}
	}

	#visit(now: number): void {
		do
			this.#at = (this.#at + 1) % this.#list.length;
		while (this.#mode === Mode.Visiting && this.#list[this.#at] === this.home);
		this.#tune(this.#list[this.#at]!);
		this.#options.hello();
		// Boards that scan in step would never meet.
		this.deadline = now + VISIT + this.#options.random() % (VISIT >> 1);
	}
	#settle(channel: number, now: number): void {
		this.home = channel;
		this.#mode = Mode.Settled;
		this.#tune(channel);
		this.#options.hello();
		this.deadline = now + (this.#members.living.length > 1 ? TOGETHER : ALONE) + this.#options.random() % ALONE;
	}
	#tune(channel: number): void {
		if (this.#radio.channel !== channel)
			this.#radio.channel = channel;
	}
}
