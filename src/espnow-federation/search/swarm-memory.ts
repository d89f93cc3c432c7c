/**
 * What one board was told, all boards know: texts with embeddings, each on several boards, recalled from any. Versions are
 * Lamport's (1978), so that updates and forgetting come to the same everywhere, whatever is lost on the way.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8, encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { type Network, Service } from "ruvllm-esp32/espnow-federation/network";
import { mix, shardOf } from "ruvllm-esp32/espnow-federation/search/hash";
import type { StoreOptions } from "ruvllm-esp32/espnow-federation/search/settings";
import { type StoreStatistics, SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";
import { stem } from "ruvllm-esp32/ruvector/text/stem";
import { words } from "ruvllm-esp32/ruvector/text/words";
import { decay, KINDS, type MemoryKind, retention } from "ruvllm-esp32/ruvector/memory/retention";

export interface SwarmMemoryOptions extends StoreOptions {
	network: Network;
	/** A text's embedding, the same on all boards: TextEmbedder.embedInPlace, for example. */
	embed: (text: string) => Int8Array;
	/** Of an embedding: 1 to 4096. */
	dimensions: number;
	/** Memories on this board at most. */
	capacity: number;
	/** Bytes of a text in UTF-8, at most: 16 to 1024; the same on all boards. @default 160 */
	textBytes?: number;
	/** Seconds in which an episode fades to a half. @default a week */
	episodeHalfLife?: number;
}
export interface SwarmRememberOptions {
	/** @default "fact" */
	kind?: MemoryKind;
	/** 0 (may go first) to 255 (never goes by itself). @default 128 */
	importance?: number;
	/** Hours until it is forgotten, 1 to 65,535; never by default. */
	hours?: number;
	/** Replaces this memory. */
	id?: number;
	/** In place of embed(text). */
	embedding?: Int8Array;
}
export interface SwarmRecalled {
	id: number;
	text: string;
	kind: MemoryKind;
	importance: number;
	/** Seconds since it was remembered. */
	age: number;
	/** (1 - cosine) 2^30 of question and text. */
	key: number;
	/** Similarity, shared words, importance and age together; higher is better. */
	score: number;
}
export interface SwarmRecallResult {
	/** Best first. */
	memories: SwarmRecalled[];
	/** Shards that were searched, of `shards`. */
	coverage: number;
	shards: number;
	complete: boolean;
	boards: number;
	retries: number;
	microseconds: number;
}
/** @param error SEARCH_PARTIAL, with what was found, when shards are missing */
export type RecallDone = (error: RuvllmError | undefined, result: SwarmRecallResult) => void;
/** @param id under which it can be replaced and forgotten; @param copies boards that have it */
export type RememberDone = (error: RuvllmError | undefined, id: number, copies: number) => void;

export const MOST_RECALLED = 16;
/** The nearest that words, importance and age may reorder. */
const CANDIDATES = 4;
/** In front of a text: kind u8, importance u8, hours u16. */
const META = 4;
const TRIES = 8;

export class SwarmMemory {
	readonly store: SwarmStore;
	readonly #embed: (text: string) => Int8Array;
	readonly #textBytes: number;
	readonly #halfLife: number;

	/** @throws RuvllmError SEARCH_CONFIG, HNSW_CONFIG */
	constructor(options: SwarmMemoryOptions) {
		const { textBytes = 160, episodeHalfLife = 7 * 86400, dimensions, capacity } = options;
		this.#textBytes = integer("SEARCH_CONFIG", "textBytes", textBytes, 16, 1024);
		this.#halfLife = integer("SEARCH_CONFIG", "episodeHalfLife", episodeHalfLife, 1, 2 ** 31 - 1);
		this.#embed = options.embed;
		if (typeof options.embed !== "function")
			throw new RuvllmError("SEARCH_CONFIG", "embed must be a function that gives a text's embedding");
		const store = this.store = new SwarmStore(options.network, Service.Memory, { dimensions, capacity, metric: "cosine", element: "int8", m: 0 }, META + textBytes, MOST_RECALLED, options);
		store.same = (place, entry) => sameText(store.shelf.payloads[place], entry.payload);
		store.shelf.onFull = () => this.#evict();
		store.onGossip = () => this.#expire();
	}

	/** Memories on this board. */
	get size(): number {
		return this.store.shelf.table.size;
	}
	get statistics(): StoreStatistics {
		return this.store.statistics;
	}

	/**
	 * Tells the swarm. The same text again renews it. When a board has no room the least worth keeping is forgotten everywhere:
	 * what has expired, then what is least important and oldest; importance 255 never goes by itself.
	 * @param done when all boards that are to have it have it; SEARCH_FULL, SEARCH_TIMEOUT
	 * @throws RuvllmError MEMORY_TEXT, MEMORY_CONFIG, SEARCH_ID, VECTOR_SIZE, SEARCH_BUSY
	 */
	remember(text: string, { kind = "fact", importance = 128, hours = 0, id, embedding }: SwarmRememberOptions = {}, done?: RememberDone): void {
		const number = KINDS.indexOf(kind), { store } = this;
		if (number < 0)
			throw new RuvllmError("MEMORY_CONFIG", `there is no kind "${String(kind)}"; choose one of ${KINDS.join(", ")}`);
		integer("MEMORY_CONFIG", "importance", importance, 0, 255);
		integer("MEMORY_CONFIG", "hours", hours, 0, 65_535);
		if (id !== undefined)
			integer("SEARCH_ID", "id", id, 0, 0xfffffffe);
		if (typeof text !== "string" || !text.trim())
			throw new RuvllmError("MEMORY_TEXT", "the text is empty; give it at least a word");
		const bytes = encodeUtf8(text), payload = new Uint8Array(META + bytes.length);
		if (bytes.length > this.#textBytes)
			throw new RuvllmError("MEMORY_TEXT", `the text has ${bytes.length} bytes, and ${this.#textBytes} are kept: cut it, or raise textBytes`);
		payload.set([number, importance, hours & 255, hours >> 8]);
		payload.set(bytes, META);
		const vector = store.shelf.bytesOf(embedding ?? this.#embed(text)).slice();
		if (vector.every((x) => x === 0))
			throw new RuvllmError("MEMORY_TEXT", "the embedding of the text is all zeros, so nothing would be near it; give it words");
		if (id !== undefined) {
			store.writes.write(id, false, false, vector, payload, (error, copies) => done?.(error, id, copies));
			return;
		}
		const hash = bytes.reduce((h, byte) => mix(h ^ byte), 0x811c9dc5), attempt = (tries: number): void => {
			// Two texts may have one hash: then the later one gets the next.
			const own = mix(hash + tries) % 0xffffffff;
			store.writes.write(own, false, true, vector, payload, (error, copies) => {
				if (error?.code === "SEARCH_ID" && tries < TRIES)
					attempt(tries + 1);
				else
					done?.(error, own, copies);
			});
		};
		attempt(0);
	}
	/** @throws RuvllmError SEARCH_ID, SEARCH_BUSY */
	forget(id: number, done?: (error: RuvllmError | undefined) => void): void {
		this.store.writes.write(integer("SEARCH_ID", "id", id, 0, 0xfffffffe), true, false, NOTHING, NOTHING, done && ((error) => done(error)));
	}
	/**
	 * What the swarm knows that is like a question. The nearest by embedding, four at least, are ordered by similarity,
	 * words that they share with the question, importance and age.
	 * @param query a text, or an embedding
	 * @param k 1 to 16
	 * @throws RuvllmError SEARCH_K, MEMORY_TEXT, VECTOR_SIZE, SEARCH_CONFIG, SEARCH_BUSY
	 */
	recall(query: string | Int8Array, k: number, done: RecallDone, { timeoutMilliseconds = this.store.settings.timeoutMilliseconds }: { timeoutMilliseconds?: number } = {}): void {
		const { store } = this;
		integer("SEARCH_K", "k", k, 1, MOST_RECALLED);
		if (!(timeoutMilliseconds >= 1 && timeoutMilliseconds <= 600_000))
			throw new RuvllmError("SEARCH_CONFIG", "timeoutMilliseconds must be 1 to 600000");
		if (typeof query === "string" && !query.trim())
			throw new RuvllmError("MEMORY_TEXT", "the question is empty; give it at least a word");
		const stems = typeof query === "string" ? words(query).map(stem) : [];
		const vector = store.shelf.bytesOf(typeof query === "string" ? this.#embed(query) : query);
		store.queries.search(vector, Math.max(k, CANDIDATES), true, 0, timeoutMilliseconds, (error, { top, coverage, boards, retries, microseconds }) => {
			const memories: SwarmRecalled[] = [];
			for (let i = 0; i < top.length; i++) {
				const { payload, age } = top.items[i]!, key = top.keys[i]!, kind = kindOf(payload), importance = payload[1] ?? 0;
				if (payload.length <= META || expired(payload, age))
					continue;
				const fresh = decay(age, this.#halfLifeOf(kind)), similarity = Math.max(0, 2 ** 30 - key) >> 10;
				const text = decodeUtf8(payload, META), alike = Math.floor(similarity * (256 + share(stems, text)) / 512);
				const score = Math.floor(Math.floor(alike * (256 + importance) / 512) * (65_536 + fresh) / 131_072);
				memories.push({ id: top.ids[i]!, text, kind, importance, age, key, score });
			}
			memories.sort((a, b) => b.score - a.score || a.id - b.id);
			done(error, { memories: memories.slice(0, k), coverage, shards: store.shards, complete: coverage === store.shards, boards, retries, microseconds });
		});
	}
	/** What was lost with boards that won't come back is given up. */
	acceptLoss(): void {
		this.store.acceptLoss();
	}
	close(): void {
		this.store.close();
	}

	#halfLifeOf(kind: MemoryKind): number {
		return kind === "episode" ? this.#halfLife : 0;
	}
	/** Forgets the least worth keeping of what this board may decide about. @returns whether there was something */
	#evict(): boolean {
		const { store } = this, { table, payloads } = store.shelf;
		let least = -1, worth = Infinity;
		for (let place = 0; place < table.capacity; place++) {
			const payload = payloads[place];
			if (!table.has(place) || !payload || (store.view.ready >>> shardOf(table.ids[place]!, table.shards) & 1) === 0)
				continue;
			const age = store.shelf.age(place), importance = payload[1]!, over = expired(payload, age);
			if (importance === 255 && !over)
				continue;
			const one = over ? -1 : retention(importance, age, this.#halfLifeOf(kindOf(payload)), 0);
			// Of equals the oldest, by version: all boards see the same.
			if (one < worth || one === worth && table.counters[place]! < table.counters[least]!) {
				worth = one;
				least = place;
			}
		}
		if (least < 0)
			return false;
		store.writes.remove(table.ids[least]!);
		return true;
	}
	/** The first holder of a memory forgets it when its time is over. */
	#expire(): void {
		const { store } = this, { table, payloads } = store.shelf;
		for (let place = 0; place < table.capacity; place++) {
			const payload = payloads[place], id = table.ids[place]!;
			if (table.has(place) && payload && expired(payload, store.shelf.age(place)) && store.view.holders[shardOf(id, table.shards)]![0] === store.network.address)
				store.writes.remove(id);
		}
	}
}

const NOTHING = new Uint8Array(0);
const kindOf = (payload: Uint8Array): MemoryKind => KINDS[payload[0]!] ?? "fact";

/** How much of a question's words a text has, 0 to 256: longer words tell more. */
function share(stems: readonly string[], text: string): number {
	const others = new Set(stems.length ? words(text).map(stem) : []);
	let all = 0, shared = 0;
	for (const one of stems) {
		const weight = Math.max(0, one.length - 2);
		all += weight;
		shared += others.has(one) ? weight : 0;
	}
	return all ? Math.floor(256 * shared / all) : 0;
}
function expired(payload: Uint8Array, age: number): boolean {
	const hours = payload[2]! | payload[3]! << 8;
	return hours > 0 && age >= 3600 * hours;
}
function sameText(a: Uint8Array | undefined, b: Uint8Array): boolean {
	if (a?.length !== b.length)
		return false;
	for (let i = META; i < b.length; i++)
		if (a[i] !== b[i])
			return false;
	return true;
}
function integer(code: string, name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError(code, `${name} is ${value}, and must be an integer from ${low} to ${high}`);
	return value;
}
