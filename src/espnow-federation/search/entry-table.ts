/** Ids and versions of what a board keeps, a place for each: living entries first, then those of which only is known that they are gone. */

import { allShards, mix, shardOf, stampHash } from "ruvllm-esp32/espnow-federation/search/hash";

const FREE = 0xffffffff;

/** Whether version (counter, writer) comes after another: Lamport's order (1978). */
export const later = (counter: number, writer: number, otherCounter: number, otherWriter: number): boolean =>
	counter > otherCounter || counter === otherCounter && writer > otherWriter;

export class EntryTable {
	/** By place; ids are 0 to 2^32 - 2. */
	readonly ids: Uint32Array;
	readonly counters: Uint32Array;
	readonly writers: Float64Array;
	/** Seconds of this board's clock at which it was written. */
	readonly born: Float64Array;
	/** By shard: living entries, those that are gone, exclusive or of the living ones' stamps, when that last changed (microseconds). */
	readonly live: Uint16Array;
	readonly gone: Uint16Array;
	readonly digests: Uint32Array;
	readonly changedAt: Float64Array;
	/** Shards of which something is known, a bit each. */
	held = 0;
	/** The highest counter that was seen. */
	clock = 0;
	/** Open addressing with linear probing: place + 1. */
	readonly #hash: Uint16Array;

	/** @param capacity living entries; @param graves entries that are gone; 65,534 together at most */
	constructor(readonly capacity: number, readonly graves: number, readonly shards: number) {
		const places = capacity + graves;
		this.ids = new Uint32Array(places).fill(FREE);
		this.counters = new Uint32Array(places);
		this.writers = new Float64Array(places);
		this.born = new Float64Array(places);
		this.live = new Uint16Array(shards);
		this.gone = new Uint16Array(shards);
		this.digests = new Uint32Array(shards);
		this.changedAt = new Float64Array(shards).fill(-Infinity);
		let size = 16;
		while (size < 2 * places)
			size *= 2;
		this.#hash = new Uint16Array(size);
	}

	/** Bytes of RAM. */
	get bytes(): number {
		return 24 * this.ids.length + 2 * this.#hash.length + 16 * this.shards;
	}
	/** Living entries. */
	get size(): number {
		return this.live.reduce((sum, count) => sum + count, 0);
	}
	has(place: number): boolean {
		return this.ids[place] !== FREE;
	}
	isGone(place: number): boolean {
		return place >= this.capacity;
	}
	/** @returns -1: nothing is known of it */
	find(id: number): number {
		const mask = this.#hash.length - 1;
		for (let at = mix(id) & mask; this.#hash[at]; at = at + 1 & mask)
			if (this.ids[this.#hash[at]! - 1] === id)
				return this.#hash[at]! - 1;
		return -1;
	}
	/** A place for an entry that is gone: a free one, or that of the oldest of them, which is then forgotten. */
	grave(): number {
		let oldest = this.capacity;
		for (let place = this.capacity; place < this.ids.length; place++) {
			if (!this.has(place))
				return place;
			if (later(this.counters[oldest]!, this.writers[oldest]!, this.counters[place]!, this.writers[place]!))
				oldest = place;
		}
		this.clear(oldest);
		return oldest;
	}
	/** Writes a free place. */
	set(place: number, id: number, counter: number, writer: number, born: number, now: number): void {
		this.ids[place] = id;
		this.counters[place] = counter;
		this.writers[place] = writer;
		this.born[place] = born;
		this.clock = Math.max(this.clock, counter);
		this.#count(place, 1, now);
		const mask = this.#hash.length - 1;
		let at = mix(id) & mask;
		while (this.#hash[at])
			at = at + 1 & mask;
		this.#hash[at] = place + 1;
	}
	clear(place: number, now = 0): void {
		const { ids } = this, hash = this.#hash, mask = hash.length - 1;
		this.#count(place, -1, now);
		let hole = mix(ids[place]!) & mask;
		while (hash[hole] !== place + 1)
			hole = hole + 1 & mask;
		// What stands behind moves into the hole, unless it would leave its way (Knuth 6.4, algorithm R).
		for (let at = hole + 1 & mask; hash[at]; at = at + 1 & mask)
			if ((at - (mix(ids[hash[at]! - 1]!) & mask) & mask) >= (at - hole & mask)) {
				hash[hole] = hash[at]!;
				hole = at;
			}
		hash[hole] = 0;
		ids[place] = FREE;
	}

	#count(place: number, by: number, now: number): void {
		const id = this.ids[place]!, shard = shardOf(id, this.shards);
		if (this.isGone(place))
			this.gone[shard]! += by;
		else {
			this.live[shard]! += by;
			this.digests[shard]! ^= stampHash(id, this.counters[place]!, this.writers[place]!);
			this.changedAt[shard] = now;
		}
		const some = this.live[shard]! + this.gone[shard]! > 0;
		this.held = some ? this.held | 1 << shard : this.held & ~(1 << shard);
	}

	/** All shards, a bit each. */
	get all(): number {
		return allShards(this.shards);
	}
}
