/**
 * Writing: a board that holds the shard gives the write its version, brings it to all others that hold it, and says when it
 * is there. Whoever waits asks the next holder when that board dies; the same write again changes nothing but its version.
 */

import type { ByteReader } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { shardOf } from "ruvllm-esp32/espnow-federation/search/hash";
import { Kind, Status } from "ruvllm-esp32/espnow-federation/search/messages";
import { Applied } from "ruvllm-esp32/espnow-federation/search/shelf";
import type { SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";

/** @param copies boards that have it now */
export type WriteDone = (error: RuvllmError | undefined, copies: number) => void;

interface Waiting {
	id: number;
	gone: boolean;
	fresh: boolean;
	age: number;
	vector: Uint8Array;
	payload: Uint8Array;
	/** Who coordinates; 0: nobody at present. */
	at: number;
	tries: number;
	retryAt: number;
	deadline: number;
	done: WriteDone | undefined;
}
/** A write that this board coordinates. */
interface Spreading {
	from: number;
	write: number;
	shard: number;
	waits: Set<number>;
	copies: number;
}

const RETRY = 60_000;
const MOST = 256;
/** No number of a write. */
const NOBODY = -1;
const NOTHING = new Uint8Array(0);

export class Writes {
	readonly #store: SwarmStore;
	readonly #waiting = new Map<number, Waiting>();
	readonly #spreading = new Map<number, Spreading>();
	#numbers = 0;
	#spreads = 0;

	constructor(store: SwarmStore) {
		this.#store = store;
	}

	/** Writes under way from here. */
	get waiting(): number {
		return this.#waiting.size;
	}
	/**
	 * @param fresh refused as taken when there is something of that id
	 * @throws RuvllmError SEARCH_BUSY
	 */
	write(id: number, gone: boolean, fresh: boolean, vector: Uint8Array, payload: Uint8Array, done: WriteDone | undefined): void {
		const store = this.#store, now = store.now, most = store.settings.maxPending;
		if (this.#waiting.size >= most)
			throw new RuvllmError("SEARCH_BUSY", `${most} writes are under way; wait for one to end`);
		do
			this.#numbers = this.#numbers + 1 & 0xffff;
		while (this.#waiting.has(this.#numbers));
		const one: Waiting = { id, gone, fresh, age: 0, vector: vector.slice(), payload, at: 0, tries: 0, retryAt: 0, deadline: now + 1000 * store.settings.timeoutMilliseconds, done };
		this.#waiting.set(this.#numbers, one);
		this.#submit(this.#numbers, one, now);
	}

	/** Takes an entry out of a shard for which this board answers; nobody waits for it. */
	remove(id: number): void {
		const entry = this.#store.scratch;
		entry.id = id;
		entry.gone = true;
		entry.age = 0;
		entry.payload = NOTHING;
		this.#coordinate(this.#store.network.address, NOBODY, false);
	}

	/** Another board asks this one to coordinate. */
	request(from: number, reader: ByteReader): boolean {
		const store = this.#store, entry = store.scratch, write = reader.u16();
		entry.id = reader.u32();
		const flags = reader.u8();
		entry.age = reader.u32();
		if (!entry.readRest(reader, flags & 1, reader.u16(), store.payloadBytes) || flags > 3 || reader.left)
			return false;
		this.#coordinate(from, write, (flags & 2) !== 0);
		return true;
	}
	replicate(from: number, reader: ByteReader): boolean {
		const store = this.#store, entry = store.scratch, write = reader.u16();
		if (!entry.read(reader, store.payloadBytes) || reader.left || !store.inTime(entry.counter))
			return false;
		const { held } = store.shelf.table, shard = shardOf(entry.id, store.shards), applied = store.shelf.apply(entry, true);
		if (applied === Applied.Full) {
			// What is missing here is copied when there is room; until then others answer for the shard.
			store.view.settled &= ~(1 << shard);
			store.statistics.full++;
			store.tell();
		}
		store.noteHeld(held);
		store.post(from, store.message(Kind.Stored).u16(write).u8(STATUS[applied]!));
		return true;
	}
	stored(from: number, reader: ByteReader): boolean {
		const write = reader.u16(), status = reader.u8(), one = this.#spreading.get(write);
		if (!reader.ok || reader.left)
			return false;
		if (one?.waits.delete(from)) {
			if (status === Status.Stored)
				one.copies++;
			this.#over(write, one);
		}
		return true;
	}
	written(from: number, reader: ByteReader): boolean {
		const write = reader.u16(), status = reader.u8(), copies = reader.u8(), one = this.#waiting.get(write);
		if (!reader.ok || reader.left)
			return false;
		if (one?.at === from)
			this.#answered(write, one, status, copies);
		return true;
	}
	left(address: number, now: number): void {
		for (const [write, one] of [...this.#spreading])
			if (one.from === address)
				this.#spreading.delete(write);
			else if (one.waits.delete(address))
				this.#over(write, one);
		for (const [write, one] of [...this.#waiting])
			if (one.at === address)
				this.#submit(write, one, now);
	}
	work(now: number): number {
		let next = Infinity;
		for (const [write, one] of [...this.#waiting]) {
			if (one.deadline <= now) {
				this.#end(write, one, new RuvllmError("SEARCH_TIMEOUT", "no board confirmed the write in time; it may be there or not: write it again"), 0);
				continue;
			}
			if (one.at === 0 && one.retryAt <= now)
				this.#submit(write, one, now);
			if (this.#waiting.has(write))
				next = Math.min(next, one.deadline, one.at === 0 ? one.retryAt : Infinity);
		}
		return next;
	}

	/** To this board, if it holds the shard, or to the first that does; others follow. */
	#submit(write: number, one: Waiting, now: number): void {
		const store = this.#store, { view, network } = store, shard = shardOf(one.id, store.shards), entry = store.scratch;
		const able = (view.ready >>> shard & 1) === 1 ? [network.address] : view.holders[shard]!.filter((address) => (view.peers.get(address)?.ready! >>> shard & 1) === 1);
		if (!able.length)
			for (const { address, ready } of view.peers.values())
				if ((ready >>> shard & 1) === 1)
					able.push(address);
		if (!able.length) {
			one.at = 0;
			one.retryAt = now + RETRY;
			store.wake();
			return;
		}
		const to = one.at = able[one.tries++ % able.length]!;
		if (to === network.address) {
			entry.id = one.id;
			entry.gone = one.gone;
			entry.age = one.age;
			entry.vector.set(one.vector);
			entry.payload = one.payload;
			this.#coordinate(to, write, one.fresh);
		}
		else {
			const out = store.message(Kind.Write).u16(write).u32(one.id).u8((one.gone ? 1 : 0) | (one.fresh ? 2 : 0)).u32(one.age).u16(one.gone ? 0 : one.payload.length);
			if (!one.gone)
				out.append(one.vector).append(one.payload);
			store.post(to, out);
		}
		store.wake();
	}
	/** The entry is in the store's scratch. */
	#coordinate(from: number, write: number, fresh: boolean): void {
		const store = this.#store, { view, shelf, network, scratch: entry } = store, { table } = shelf, shard = shardOf(entry.id, store.shards);
		if ((view.ready >>> shard & 1) === 0 || this.#spreading.size >= MOST)
			return this.#reply(from, write, Status.Elsewhere, 0);
		const there = table.find(entry.id);
		if (fresh && there >= 0 && !table.isGone(there) && !store.same(there, entry))
			return this.#reply(from, write, Status.Taken, 0);
		const { held } = table, { id, gone, age, payload } = entry, vector = entry.vector.slice();
		entry.counter = table.clock + 1;
		entry.writer = network.address;
		const applied = shelf.apply(entry, true);
		store.noteHeld(held);
		if (applied !== Applied.Taken)
			return this.#reply(from, write, STATUS[applied]!, 0);
		// Making room may have written other entries through the same scratch.
		const place = table.find(id);
		entry.id = id;
		entry.gone = gone;
		entry.age = age;
		entry.payload = payload;
		entry.vector.set(vector);
		entry.writer = network.address;
		if (place >= 0)
			entry.counter = table.counters[place]!;
		do
			this.#spreads = this.#spreads + 1 & 0xffff;
		while (this.#spreading.has(this.#spreads));
		const one: Spreading = { from, write, shard, waits: new Set(), copies: 1 }, number = this.#spreads;
		this.#spreading.set(number, one);
		const out = store.message(Kind.Replicate).u16(number), targets = view.targets(shard);
		entry.write(out);
		for (const to of targets) {
			one.waits.add(to);
			store.post(to, out);
		}
		this.#over(number, one);
	}
	#over(number: number, one: Spreading): void {
		if (one.waits.size)
			return;
		this.#spreading.delete(number);
		this.#reply(one.from, one.write, Status.Stored, one.copies);
	}
	#reply(to: number, write: number, status: number, copies: number): void {
		const store = this.#store;
		if (to !== store.network.address)
			store.post(to, store.message(Kind.Written).u16(write).u8(status).u8(copies));
		else {
			const one = this.#waiting.get(write);
			if (one)
				this.#answered(write, one, status, copies);
		}
	}
	#answered(write: number, one: Waiting, status: number, copies: number): void {
		if (status === Status.Elsewhere) {
			one.at = 0;
			one.retryAt = this.#store.now + RETRY;
			this.#store.wake();
		}
		else
			this.#end(write, one, ERRORS[status]?.(), copies);
	}
	#end(write: number, one: Waiting, error: RuvllmError | undefined, copies: number): void {
		this.#waiting.delete(write);
		one.done?.(error, copies);
	}
}

/** By Applied: an old one is there already. */
const STATUS = [Status.Stored, Status.Stored, Status.Full, Status.Vector];
const ERRORS: Record<number, () => RuvllmError> = {
	[Status.Full]: () => new RuvllmError("SEARCH_FULL", "the boards that hold this shard have no room; delete something, or add boards"),
	[Status.Vector]: () => new RuvllmError("VECTOR_VALUE", "the metric does not take this vector"),
	[Status.Taken]: () => new RuvllmError("SEARCH_ID", "there is something of that id"),
};
