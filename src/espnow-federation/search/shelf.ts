/** What one board keeps of the swarm's entries: their vectors in an index, their versions, and what belongs to them. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { EntryTable, later } from "ruvllm-esp32/espnow-federation/search/entry-table";
import { shardOf } from "ruvllm-esp32/espnow-federation/search/hash";
import type { Entry } from "ruvllm-esp32/espnow-federation/search/messages";
import { TopList } from "ruvllm-esp32/espnow-federation/search/top-list";
import type { HnswOptions } from "ruvllm-esp32/ruvector/hnsw-config";
import type { Vector } from "ruvllm-esp32/ruvector/metrics";
import { MicroHNSW } from "ruvllm-esp32/ruvector/micro-hnsw";

/** Results of a search, at most. */
export const MOST_K = 64;
/** Measured on SIFT (see MicroHNSW): below so many vectors for each candidate a search is exact anyway. */
const EXACT_OF_EF = 8;

export const Applied = { Taken: 0, Old: 1, Full: 2, Vector: 3 } as const;
export type Applied = (typeof Applied)[keyof typeof Applied];

export interface ShelfClock {
	microseconds(): number;
}

export class Shelf {
	readonly table: EntryTable;
	readonly index: MicroHNSW;
	/** By place. */
	readonly payloads: (Uint8Array | undefined)[] = [];
	/** Makes room for an entry when there is none; asked once for each. @returns whether something went */
	onFull: () => boolean = () => false;
	/** Distances that were computed, and for how many searches. */
	distances = 0;
	searches = 0;
	readonly #clock: ShelfClock;
	readonly #vector: Vector;
	readonly #vectorBytes: Uint8Array;
	readonly #excluded: Uint8Array;

	/** @throws RuvllmError HNSW_CONFIG */
	constructor(options: HnswOptions, shards: number, graves: number, clock: ShelfClock) {
		this.index = new MicroHNSW({ ...options, maxResults: Math.min(MOST_K + 1, options.capacity) });
		const { element, bytes } = this.index.config;
		this.table = new EntryTable(options.capacity, graves, shards);
		this.#clock = clock;
		this.#vectorBytes = new Uint8Array(bytes);
		const { buffer } = this.#vectorBytes;
		this.#vector = element === "int8" ? new Int8Array(buffer) : element === "int16" ? new Int16Array(buffer) : this.#vectorBytes;
		this.#excluded = new Uint8Array(options.capacity);
	}

	get vectorBytes(): number {
		return this.#vectorBytes.length;
	}
	/** Candidates of a search, at most. */
	get mostEf(): number {
		return Math.max(this.index.config.ef, this.index.config.maxResults);
	}
	get seconds(): number {
		return Math.floor(this.#clock.microseconds() / 1e6);
	}
	/** The bytes of a vector, as they travel. @throws RuvllmError VECTOR_SIZE */
	bytesOf(vector: Vector): Uint8Array {
		const { bytes, element } = this.index.config;
		if (vector?.byteLength !== bytes || (element === "int16") !== (vector.BYTES_PER_ELEMENT === 2))
			throw new RuvllmError("VECTOR_SIZE", `the vector has ${vector?.byteLength} bytes of ${8 * vector?.BYTES_PER_ELEMENT} bits, not ${bytes} of ${element}`);
		return new Uint8Array(vector.buffer, vector.byteOffset, bytes);
	}

	/**
	 * Takes an entry if its version is later than what is here. The same entry again changes nothing.
	 * @param makeRoom whether others may go for it
	 */
	apply(entry: Entry, makeRoom = false): Applied {
		const { table } = this, { id, counter, writer } = entry, before = table.find(id);
		if (before >= 0 && !later(counter, writer, table.counters[before]!, table.writers[before]!))
			return Applied.Old;
		const now = this.#clock.microseconds(), born = this.seconds - entry.age;
		if (entry.gone) {
			if (before >= 0)
				this.#clear(before, now);
			if (table.graves > 0)
				table.set(table.grave(), id, counter, writer, born, now);
			table.clock = Math.max(table.clock, counter);
			return Applied.Taken;
		}
		const replaces = before >= 0 && !table.isGone(before), { payload } = entry;
		// Making room may use the entry for something else.
		this.#vectorBytes.set(entry.vector);
		if (!replaces && this.index.size >= this.index.capacity && !(makeRoom && this.onFull() && this.index.size < this.index.capacity))
			return Applied.Full;
		let place = before;
		try {
			if (replaces)
				this.index.update(before, this.#vector);
			else
				place = this.index.insert(this.#vector);
		}
		catch {
			return Applied.Vector;
		}
		// Making room may have touched the place of the one that is gone.
		const old = table.find(id);
		if (old >= 0)
			table.clear(old, now);
		table.set(place, id, counter, writer, born, now);
		this.payloads[place] = payload.length ? payload : undefined;
		return Applied.Taken;
	}
	/** Copies the entry of a place. */
	read(place: number, entry: Entry): void {
		const { table } = this;
		entry.id = table.ids[place]!;
		entry.counter = table.counters[place]!;
		entry.writer = table.writers[place]!;
		entry.gone = table.isGone(place);
		entry.age = this.age(place);
		entry.payload = NOTHING;
		if (!entry.gone) {
			const vector = this.index.read(place);
			entry.vector.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
			entry.payload = this.payloads[place] ?? NOTHING;
		}
	}
	/** Seconds since an entry was written. */
	age(place: number): number {
		return Math.min(0xffffffff, Math.max(0, this.seconds - this.table.born[place]!));
	}
	/** Lets go of a shard: other boards have it. */
	drop(shard: number): void {
		const { table } = this, now = this.#clock.microseconds();
		for (let place = 0; place < table.ids.length; place++)
			if (table.has(place) && shardOf(table.ids[place]!, table.shards) === shard)
				this.#clear(place, now);
	}
	/**
	 * The nearest entries of some shards into `out` as (key, id, place), equals by id: what the same search over all entries
	 * in one index gives, as far as these shards go.
	 * @param vector bytes of the index's elements
	 */
	search(vector: Uint8Array, shards: number, exact: boolean, ef: number, out: TopList<number>): void {
		const { index, table, table: { ids } } = this, excluded = this.#excluded, k = Math.min(out.k, index.size), wanted = Math.min(ef || index.config.ef, this.mostEf);
		this.#vectorBytes.set(vector);
		this.searches++;
		if (k === 0 || (table.held & shards) === 0)
			return;
		const here = (table.held & ~shards) === 0 ? undefined : (place: number) => (shards >>> shardOf(ids[place]!, table.shards) & 1) === 1;
		const certain = exact || index.size <= EXACT_OF_EF * wanted || index.config.numbers.m === 0, most = index.config.maxResults;
		const ask = (count: number, filter: ((place: number) => boolean) | undefined): number => {
			const found = index.query(this.#vector, count, { exact: certain, ef: wanted, filter });
			this.distances += index.distances;
			for (let i = 0; i < found; i++)
				out.offer(index.key(i), ids[index.id(i)]!, index.id(i));
			return found;
		};
		let found = ask(Math.min(k + 1, most), here);
		// The index orders equals by place. When equals stand across the border, all of them are looked at, some at a time.
		if (!certain || found <= k || index.key(k - 1) !== index.key(k))
			return;
		const border = index.key(k - 1);
		excluded.fill(0);
		do {
			for (let i = 0; i < found; i++)
				excluded[index.id(i)] = 1;
			found = ask(most, (place) => excluded[place] === 0 && (here === undefined || here(place)));
		} while (found === most && index.key(found - 1) <= border);
	}

	#clear(place: number, now: number): void {
		if (!this.table.isGone(place)) {
			this.index.delete(place);
			this.payloads[place] = undefined;
		}
		this.table.clear(place, now);
	}
}

const NOTHING = new Uint8Array(0);
