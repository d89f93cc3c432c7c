/**
 * Searching all boards: a query goes to boards that together answer for all shards, few of them (greedy set cover: Chvatal
 * 1979); each answers with its nearest. What a board does not answer is asked of another that holds it.
 */

import type { ByteReader } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { bits, shardOf } from "ruvllm-esp32/espnow-federation/search/hash";
import { Kind } from "ruvllm-esp32/espnow-federation/search/messages";
import { MOST_K } from "ruvllm-esp32/espnow-federation/search/shelf";
import type { SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";
import { TopList } from "ruvllm-esp32/espnow-federation/search/top-list";

/** What belongs to a result, where entries have payloads. */
export interface Found {
	payload: Uint8Array;
	/** Seconds. */
	age: number;
}
export interface Outcome {
	/** By key and id. */
	top: TopList<Found>;
	/** Shards that were searched, and of which nothing is lost. */
	coverage: number;
	/** Boards that answered, oneself included. */
	boards: number;
	/** Boards that were asked in place of others. */
	retries: number;
	microseconds: number;
}
export type QueryDone = (error: RuvllmError | undefined, outcome: Outcome) => void;

interface Asked {
	address: number;
	shards: number;
	retryAt: number;
	/** Its shards were asked of another board, too. */
	late: boolean;
}
interface Query {
	vector: Uint8Array;
	exact: boolean;
	ef: number;
	top: TopList<Found>;
	/** Shards without an answer; those of them that nobody was asked for. */
	open: number;
	todo: number;
	lost: number;
	asked: Asked[];
	boards: Set<number>;
	retries: number;
	retryAt: number;
	start: number;
	deadline: number;
	done: QueryDone;
}

/** What each query that waits for the same board adds to its time: two frames at 1 Mbps with their acknowledgements, and some. */
const QUEUED = 20_000;
/** While nobody answers for a shard it is looked again; microseconds. */
const WAIT = 40_000;
const NOTHING = new Uint8Array(0);

export class Queries {
	readonly #store: SwarmStore;
	readonly #queries = new Map<number, Query>();
	readonly #places = new TopList<number>(MOST_K);
	#numbers = 0;

	constructor(store: SwarmStore) {
		this.#store = store;
	}

	get waiting(): number {
		return this.#queries.size;
	}
	/**
	 * `done` may be called before this returns, when this board has all.
	 * @throws RuvllmError SEARCH_BUSY
	 */
	search(vector: Uint8Array, k: number, exact: boolean, ef: number, timeoutMilliseconds: number, done: QueryDone): void {
		const { view, settings, now } = this.#store, { all } = this.#store.shelf.table;
		if (this.#queries.size >= settings.maxPending)
			throw new RuvllmError("SEARCH_BUSY", `${settings.maxPending} searches are under way; wait for one to end`);
		do
			this.#numbers = this.#numbers + 1 & 0xffff;
		while (this.#queries.has(this.#numbers));
		const query: Query = {
			vector: vector.slice(), exact, ef, top: new TopList<Found>(k), open: all, todo: all, lost: view.lost, asked: [], boards: new Set(), retries: 0,
			retryAt: Infinity, start: now, deadline: now + 1000 * timeoutMilliseconds, done,
		}, number = this.#numbers;
		this.#queries.set(number, query);
		const own = view.ready;
		if (own !== 0)
			this.#look(query, own);
		this.#ask(number, query);
	}

	/** Another board's query. */
	answer(from: number, reader: ByteReader): boolean {
		const store = this.#store, { shelf, view, withPayloads } = store, { table } = shelf;
		const number = reader.u16(), wanted = reader.u32() | 0, k = reader.u8(), flags = reader.u8(), ef = reader.u16();
		if (!reader.ok || reader.left !== shelf.vectorBytes || k < 1 || k > store.mostK || flags > 1 || (wanted & ~table.all) !== 0 || ef > 1024)
			return false;
		const shards = wanted & view.ready, places = this.#places;
		places.clear();
		const top = k === places.k ? places : new TopList<number>(k);
		const vector = reader.bytes.subarray(reader.at, reader.at + shelf.vectorBytes);
		if (shards !== 0)
			store.look(vector, shards, flags === 1, ef, top);
		const out = store.message(Kind.Answer).u16(number).u32(shards >>> 0).u32(view.ready >>> 0).u32((view.lost & shards) >>> 0).u8(top.length);
		for (let i = 0; i < top.length; i++) {
			out.u32(top.keys[i]!).u32(top.ids[i]!);
			if (withPayloads) {
				const payload = shelf.payloads[top.items[i]!] ?? NOTHING;
				out.u32(shelf.age(top.items[i]!)).u16(payload.length).append(payload);
			}
		}
		store.post(from, out);
		return true;
	}
	answered(from: number, reader: ByteReader): boolean {
		const store = this.#store, number = reader.u16(), shards = reader.u32() | 0, ready = reader.u32() | 0, lost = reader.u32() | 0, count = reader.u8();
		const query = this.#queries.get(number), asked = query?.asked.find(({ address }) => address === from), peer = store.view.peers.get(from);
		if (!reader.ok || ((shards | ready | lost) & ~store.shelf.table.all) !== 0)
			return false;
		const found: [number, number, Found][] = [];
		for (let i = 0; i < count && reader.ok; i++) {
			const key = reader.u32(), id = reader.u32(), age = store.withPayloads ? reader.u32() : 0, payload = store.withPayloads ? reader.take(reader.u16()) : NOTHING;
			if ((shards >>> shardOf(id, store.shards) & 1) === 0)
				return false;
			found.push([key, id, { payload, age }]);
		}
		if (!reader.ok || reader.left)
			return false;
		if (!query || !asked || (shards & ~asked.shards) !== 0)
			return true;
		for (const [key, id, item] of found)
			query.top.offer(key, id, item);
		query.asked.splice(query.asked.indexOf(asked), 1);
		if (peer) {
			peer.ready = ready & ~(asked.shards & ~shards);
			peer.queries--;
			peer.answeredAt = store.now;
		}
		query.open &= ~shards;
		query.todo = (query.todo | asked.shards) & query.open & ~this.#underWay(query);
		query.lost |= lost;
		if (shards !== 0)
			query.boards.add(from);
		this.#ask(number, query);
		return true;
	}
	left(address: number): void {
		for (const [number, query] of [...this.#queries]) {
			const asked = query.asked.find((one) => one.address === address);
			if (!asked)
				continue;
			query.asked.splice(query.asked.indexOf(asked), 1);
			query.retries++;
			query.todo |= asked.shards & query.open & ~this.#underWay(query);
			this.#ask(number, query);
		}
	}
	work(now: number): number {
		let next = Infinity;
		for (const [number, query] of [...this.#queries]) {
			if (query.deadline <= now) {
				this.#end(number, query);
				continue;
			}
			let again = query.retryAt <= now;
			for (const asked of query.asked)
				if (!asked.late && asked.retryAt <= now && !this.#answers(asked, now)) {
					asked.late = again = true;
					query.retries++;
					query.todo |= asked.shards & query.open;
				}
			if (again)
				this.#ask(number, query);
			if (!this.#queries.has(number))
				continue;
			next = Math.min(next, query.deadline, query.retryAt);
			for (const asked of query.asked)
				if (!asked.late)
					next = Math.min(next, asked.retryAt);
		}
		return next;
	}

	/** A board that answered another query meanwhile is given time: it works through a queue. */
	#answers(asked: Asked, now: number): boolean {
		const { view, settings } = this.#store, until = (view.peers.get(asked.address)?.answeredAt ?? -Infinity) + 1000 * settings.retryMilliseconds;
		asked.retryAt = Math.max(asked.retryAt, until);
		return until > now;
	}
	/** This board's own part. */
	#look(query: Query, shards: number): void {
		const store = this.#store, { shelf, network } = store, top = new TopList<number>(query.top.k);
		store.look(query.vector, shards, query.exact, query.ef, top);
		for (let i = 0; i < top.length; i++)
			query.top.offer(top.keys[i]!, top.ids[i]!, store.withPayloads ? { payload: shelf.payloads[top.items[i]!] ?? NOTHING, age: shelf.age(top.items[i]!) } : NO_PAYLOAD);
		query.open &= ~shards;
		query.todo &= ~shards;
		query.boards.add(network.address);
	}
	#underWay(query: Query): number {
		let mask = 0;
		for (const asked of query.asked)
			if (!asked.late)
				mask |= asked.shards;
		return mask;
	}
	/** Asks for what nobody was asked for; ends the query when nothing is open. */
	#ask(number: number, query: Query): void {
		const store = this.#store, { view, settings, now } = store;
		query.retryAt = Infinity;
		if (query.todo !== 0 && (view.ready & query.todo) !== 0)
			this.#look(query, view.ready & query.todo);
		while (query.todo !== 0) {
			let best, most = 0, load = 0;
			for (const peer of view.peers.values()) {
				const count = bits(peer.ready & query.todo);
				if (count > 0 && (count > most || count === most && peer.queries < load) && !query.asked.some(({ address }) => address === peer.address)) {
					best = peer;
					most = count;
					load = peer.queries;
				}
			}
			if (!best) {
				query.retryAt = now + WAIT;
				break;
			}
			const shards = best.ready & query.todo;
			query.todo &= ~shards;
			best.queries++;
			query.asked.push({ address: best.address, shards, retryAt: now + 1000 * settings.retryMilliseconds + QUEUED * best.queries, late: false });
			const out = store.message(Kind.Query).u16(number).u32(shards >>> 0).u8(query.top.k).u8(query.exact ? 1 : 0).u16(query.ef);
			store.post(best.address, out.append(query.vector));
		}
		// Nobody will answer for what is lost.
		if ((query.open & ~(view.lost & ~view.covered)) === 0)
			this.#end(number, query);
		else
			store.wake();
	}
	#end(number: number, query: Query): void {
		const store = this.#store, { shards } = store;
		this.#queries.delete(number);
		for (const { address } of query.asked) {
			const peer = store.view.peers.get(address);
			if (peer)
				peer.queries--;
		}
		const missing = query.open | query.lost & store.shelf.table.all, coverage = shards - bits(missing);
		const error = missing === 0 ? undefined : new RuvllmError("SEARCH_PARTIAL", (query.open & ~store.view.lost) !== 0
			? `${coverage} of ${shards} shards were searched; nobody answered for the others in time: search again when the boards are back`
			: `entries of ${shards - coverage} of ${shards} shards are lost with the boards that had them; switch those on, or write the entries again and call acceptLoss`);
		query.done(error, { top: query.top, coverage, boards: query.boards.size, retries: query.retries, microseconds: store.now - query.start });
	}
}

const NO_PAYLOAD: Found = { payload: NOTHING, age: 0 };
