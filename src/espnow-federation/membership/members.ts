/** Boards by address, those that are or were members, and who wants to know. */

import { Board, newMember } from "ruvllm-esp32/espnow-federation/membership/board";
import type { Capabilities, Member, MemberEvent } from "ruvllm-esp32/espnow-federation/network";
import type { Frames } from "ruvllm-esp32/platform/frames";

export type Watcher = (event: MemberEvent, member: Member) => void;

export class Members {
	readonly #self: ReturnType<typeof newMember>;
	readonly #frames: Frames;
	readonly boards = new Map<number, Board>();
	/** Boards in the order of admission: loops over them allocate nothing. */
	readonly list: Board[] = [];
	/** By address, oneself included; `living` those that are alive. */
	readonly members: Member[];
	living: Member[];
	readonly #limit: number;
	readonly #watchers: Watcher[] = [];
	readonly thrown: unknown[] = [];
	/** A board left. */
	onLeave: (board: Board) => void = () => {};
	/** Its link begins. */
	onJoin: (board: Board) => void = () => {};

	constructor(address: number, own: Capabilities, limit: number, frames: Frames) {
		this.#frames = frames;
		const self = newMember(address, own);
		self.alive = true;
		this.#self = self;
		this.members = [self];
		this.living = [self];
		this.#limit = limit;
	}

	get self(): Member {
		return this.#self;
	}
	/** One's own, after a start. */
	setBoot(boot: number): void {
		this.#self.boot = boot;
	}
	/** Whether a board of that address could be obtained. */
	hasRoom(address: number): boolean {
		return this.list.length < this.#limit || this.boards.has(address) || this.list.some((board) => !board.admitted);
	}
	/** The board of that address, a new one if need be. @returns undefined: there are too many living ones */
	obtain(address: number): Board | undefined {
		const known = this.boards.get(address);
		if (known)
			return known;
		if (this.list.length >= this.#limit && !this.#forgetDead())
			return undefined;
		const place = this.#frames.add(address);
		if (place < 0)
			return undefined;
		const board = new Board(address, place, this.#frames);
		this.boards.set(address, board);
		this.list.push(board);
		return board;
	}
	/** Both have admitted each other. */
	join(board: Board): void {
		board.member.alive = true;
		if (!this.members.includes(board.member)) {
			let at = this.members.length;
			while (at > 0 && this.members[at - 1]!.address > board.address)
				at--;
			this.members.splice(at, 0, board.member);
		}
		this.living = this.members.filter((member) => member.alive);
		this.onJoin(board);
		this.tell("joined", board.member);
	}
	/** It is dead, or has lost what it knew of us: it must be admitted again. */
	leave(board: Board): void {
		const was = board.joined;
		board.inTag = board.outTag = -1;
		this.#frames.leave(board.place);
		board.member.alive = false;
		board.member.roundTrip = 0;
		board.askedSince = 0;
		if (!was)
			return;
		this.living = this.members.filter((member) => member.alive);
		this.onLeave(board);
		this.tell("left", board.member);
	}
	watch(callback: Watcher): () => void {
		this.#watchers.push(callback);
		return () => {
			const at = this.#watchers.indexOf(callback);
			if (at >= 0)
				this.#watchers.splice(at, 1);
		};
	}
	tell(event: MemberEvent, member: Member): void {
		// A copy: who is called may stop watching.
		for (const watcher of this.#watchers.slice())
			this.guard(() => watcher(event, member));
	}
	/** What a program's callback throws stops nothing here; the node throws it when its work is done. */
	guard(callback: () => void): void {
		try {
			callback();
		}
		catch (error) {
			this.thrown.push(error);
		}
	}

	#forgetDead(): boolean {
		let oldest = -1;
		for (let i = 0; i < this.list.length; i++)
			if (!this.list[i]!.admitted && (oldest < 0 || this.list[i]!.heard < this.list[oldest]!.heard))
				oldest = i;
		if (oldest < 0)
			return false;
		const board = this.list[oldest]!, at = this.members.indexOf(board.member);
		board.key?.close();
		this.#frames.remove(board.place);
		this.list.splice(oldest, 1);
		this.boards.delete(board.address);
		if (at >= 0)
			this.members.splice(at, 1);
		return true;
	}
}
