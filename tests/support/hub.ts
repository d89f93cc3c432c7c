/** Boards in one process on a network that never loses anything, in simulated time: what sessions and services need of Node, to test them alone. */

import type { Clock, Member, MemberEvent, MessageHandler, Network, NetworkStatistics, Service } from "ruvllm-esp32/espnow-federation/network";

interface Event {
	at: number;
	order: number;
	run: (() => void) | undefined;
}

/** The wire and the time of all boards. */
export class Hub {
	now = 0;
	readonly boards: HubBoard[] = [];
	#events: Event[] = [];
	#order = 0;
	readonly latency: number;
	/** Messages that went over it. */
	messages = 0;
	bytes = 0;

	constructor(latencyMicroseconds = 400) {
		this.latency = latencyMicroseconds;
	}

	at(microseconds: number, run: () => void): Event {
		const event = { at: microseconds, order: this.#order++, run };
		this.#events.push(event);
		return event;
	}

	/** Runs until the condition holds. @returns false: time is over, or nothing happens any more */
	until(condition: () => boolean, microseconds: number): boolean {
		while (!condition()) {
			const next = this.#events.reduce<Event | undefined>((first, event) => !first || event.at < first.at || event.at === first.at && event.order < first.order ? event : first, undefined);
			if (!next || next.at > microseconds)
				return false;
			this.#events.splice(this.#events.indexOf(next), 1);
			this.now = Math.max(this.now, next.at);
			next.run?.();
		}
		return true;
	}

	add(address: number, capabilities: Partial<Member> = {}): HubBoard {
		const board = new HubBoard(this, address, capabilities);
		for (const other of this.boards) {
			other.meet(board);
			board.meet(other);
		}
		this.boards.push(board);
		return board;
	}

	/** The board is silent from now on; the others hear of it after a second. */
	kill(board: HubBoard): void {
		board.dead = true;
		for (const other of this.boards)
			this.at(this.now + 1_000_000, () => other.miss(board.address));
	}
}

export class HubBoard implements Network {
	readonly address: number;
	readonly clock: Clock;
	readonly self: Member;
	readonly frameBytes = 222;
	readonly messageBytes = 16384;
	readonly statistics = {} as NetworkStatistics;
	dead = false;
	readonly #hub: Hub;
	readonly #members = new Map<number, Member>();
	readonly #handlers = new Map<number, MessageHandler>();
	readonly #watchers = new Set<(event: MemberEvent, member: Member) => void>();

	constructor(hub: Hub, address: number, capabilities: Partial<Member>) {
		this.#hub = hub;
		this.address = address;
		this.self = { address, boot: 1, load: 0, roundTrip: 0, alive: true, model: 0, memory: 1 << 20, fastMemory: 1 << 18, fastSpeed: 100_000, slowSpeed: 20_000, services: 0, tags: 0, ...capabilities };
		this.#members.set(address, this.self);
		this.clock = {
			microseconds: () => hub.now,
			after: (milliseconds, callback) => hub.at(hub.now + 1000 * milliseconds, () => this.dead || callback()),
			cancel: (handle) => {
				if (handle)
					(handle as Event).run = undefined;
			},
		};
	}

	get members(): readonly Member[] {
		return [...this.#members.values()].sort((a, b) => a.address - b.address);
	}
	alive(): readonly Member[] {
		return this.members.filter(({ alive }) => alive);
	}
	member(address: number): Member | undefined {
		return this.#members.get(address);
	}
	announce(): void {}
	meet(board: HubBoard): void {
		const member = { ...board.self, alive: true };
		this.#members.set(board.address, member);
		for (const watcher of this.#watchers)
			watcher("joined", member);
	}
	miss(address: number): void {
		const member = this.#members.get(address);
		if (!member?.alive || this.dead)
			return;
		member.alive = false;
		for (const watcher of [...this.#watchers])
			watcher("left", member);
	}
	send(to: number, service: Service, bytes: Uint8Array, count = bytes.length): boolean {
		const board = this.#hub.boards.find(({ address }) => address === to), copy = bytes.slice(0, count);
		if (this.dead || !this.#members.get(to)?.alive)
			return false;
		this.#hub.messages++;
		this.#hub.bytes += count;
		this.#hub.at(this.#hub.now + this.#hub.latency, () => board && !board.dead && board.#handlers.get(service)?.(this.address, copy, count));
		return true;
	}
	broadcast(service: Service, bytes: Uint8Array, count = bytes.length): boolean {
		for (const { address } of this.#hub.boards)
			if (address !== this.address)
				this.send(address, service, bytes, count);
		return true;
	}
	handle(service: Service, handler: MessageHandler | undefined): void {
		if (handler)
			this.#handlers.set(service, handler);
		else
			this.#handlers.delete(service);
	}
	watch(callback: (event: MemberEvent, member: Member) => void): () => void {
		this.#watchers.add(callback);
		return () => this.#watchers.delete(callback);
	}
	onDrain(): () => void {
		return () => {};
	}
}
