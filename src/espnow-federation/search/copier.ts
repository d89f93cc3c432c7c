/**
 * Copies what other boards have and this one lacks: a shard from a board at a time, and a few entries at a time, so that the
 * channel stays free for others (anti-entropy: Demers et al. 1987). Copying again changes nothing.
 */

import type { ByteReader } from "ruvllm-esp32/core/byte-stream";
import { later } from "ruvllm-esp32/espnow-federation/search/entry-table";
import { shardOf } from "ruvllm-esp32/espnow-federation/search/hash";
import { END, ENTRY_BYTES, ITEM_BYTES, Kind } from "ruvllm-esp32/espnow-federation/search/messages";
import { Applied } from "ruvllm-esp32/espnow-federation/search/shelf";
import type { SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";
import type { Peer } from "ruvllm-esp32/espnow-federation/search/view";

const Stage = { Idle: 0, Pause: 1, Listing: 2, Fetching: 3 } as const;
/** A step that is not answered is asked for again; a shard that did not fit is tried again. Microseconds. */
const PATIENCE = 1_000_000, REST = 5_000_000;

export class Copier {
	readonly #store: SwarmStore;
	readonly #blockedUntil: Float64Array;
	#stage: number = Stage.Idle;
	#peer: Peer | undefined;
	#shard = 0;
	#cursor = 0;
	#next = 0;
	#digest = 0;
	#at = 0;

	constructor(store: SwarmStore) {
		this.#store = store;
		this.#blockedUntil = new Float64Array(store.shards);
	}

	get idle(): boolean {
		return this.#stage === Stage.Idle;
	}
	/** @returns when it is to be called again */
	work(now: number): number {
		if (this.#stage === Stage.Idle)
			this.#choose(now);
		else if (this.#at <= now)
			this.#list(now);
		return this.#stage === Stage.Idle ? Infinity : this.#at;
	}
	left(address: number): void {
		if (this.#peer?.address === address)
			this.#stage = Stage.Idle;
	}

	/** Another board asks what is in a shard, from a place on. */
	answerList(from: number, reader: ByteReader): boolean {
		const shard = reader.u8(), cursor = reader.u16(), store = this.#store, { shelf: { table }, frameBytes } = store;
		if (!reader.ok || reader.left || shard >= table.shards)
			return false;
		const out = store.message(Kind.Items).u8(shard).u16(cursor), end = Math.min(table.ids.length, END - 1), at = out.at;
		out.u16(0).u32(table.digests[shard]!);
		let place = cursor;
		for (; place < end && out.at + ITEM_BYTES <= frameBytes; place++)
			if (table.has(place) && shardOf(table.ids[place]!, table.shards) === shard)
				out.u32(table.ids[place]!).u32(table.counters[place]!).u48(table.writers[place]!).u8(table.isGone(place) ? 1 : 0);
		const next = place < end ? place : END;
		out.bytes[at] = next;
		out.bytes[at + 1] = next >> 8;
		store.post(from, out);
		return true;
	}
	items(from: number, reader: ByteReader, now: number): boolean {
		const shard = reader.u8(), cursor = reader.u16(), next = reader.u16(), digest = reader.u32(), store = this.#store, { shelf: { table } } = store;
		if (!reader.ok || reader.left % ITEM_BYTES)
			return false;
		if (this.#stage !== Stage.Listing || from !== this.#peer!.address || shard !== this.#shard || cursor !== this.#cursor || next <= cursor)
			return true;
		const out = store.message(Kind.Fetch).u8(shard).u16(cursor), head = out.at;
		while (reader.left) {
			const id = reader.u32(), counter = reader.u32(), writer = reader.u48(), place = table.find(id);
			reader.u8();
			if (shardOf(id, table.shards) === shard && (place < 0 || later(counter, writer, table.counters[place]!, table.writers[place]!)))
				out.u32(id);
		}
		this.#next = next;
		this.#digest = digest;
		if (out.at === head)
			this.#advance(now);
		else {
			this.#stage = Stage.Fetching;
			this.#at = now + PATIENCE;
			store.post(from, out);
		}
		return true;
	}
	/** Another board asks for entries. */
	answerFetch(from: number, reader: ByteReader): boolean {
		const shard = reader.u8(), cursor = reader.u16(), store = this.#store, { shelf, scratch: entry, frameBytes } = store;
		if (!reader.ok || reader.left % 4 || shard >= store.shards)
			return false;
		let out = store.message(Kind.Entries).u8(shard).u16(cursor).u8(0);
		const head = out.at;
		while (reader.left) {
			const place = shelf.table.find(reader.u32());
			if (place < 0)
				continue;
			shelf.read(place, entry);
			if (out.at > head && out.at + entry.bytes > frameBytes) {
				store.post(from, out);
				out = store.message(Kind.Entries).u8(shard).u16(cursor).u8(0);
			}
			entry.write(out);
		}
		out.bytes[head - 1] = 1;
		store.post(from, out);
		return true;
	}
	entries(from: number, reader: ByteReader, now: number): boolean {
		const shard = reader.u8(), cursor = reader.u16(), last = reader.u8(), store = this.#store, { scratch: entry } = store;
		if (!reader.ok || reader.left && reader.left < ENTRY_BYTES)
			return false;
		if (this.#stage !== Stage.Fetching || from !== this.#peer!.address || shard !== this.#shard || cursor !== this.#cursor)
			return true;
		while (reader.left) {
			if (!entry.read(reader, store.payloadBytes) || !store.inTime(entry.counter))
				return false;
			if (shardOf(entry.id, store.shards) !== shard)
				return false;
			const applied = store.shelf.apply(entry);
			if (applied === Applied.Taken)
				store.statistics.copied++;
			else if (applied === Applied.Full) {
				store.statistics.full++;
				this.#blockedUntil[shard] = now + REST;
				this.#stage = Stage.Idle;
				store.wake();
				return true;
			}
		}
		this.#at = now + PATIENCE;
		if (last === 1)
			this.#advance(now);
		return true;
	}

	/** Shards that do not count yet come first. */
	#choose(now: number): void {
		const { view, settings } = this.#store;
		for (const unsettled of [true, false])
			for (let s = 0; s < this.#store.shards; s++)
				if ((view.role >>> s & 1) === 1 && (view.settled >>> s & 1) === 0 === unsettled && this.#blockedUntil[s]! <= now)
					for (const peer of view.peers.values())
						if ((unsettled || (peer.differs >>> s & 1) === 1) && !view.compared(peer, s)) {
							this.#peer = peer;
							this.#shard = s;
							this.#cursor = 0;
							this.#stage = Stage.Pause;
							this.#at = now + 1000 * settings.paceMilliseconds;
							return;
						}
	}
	#list(now: number): void {
		this.#stage = Stage.Listing;
		this.#at = now + PATIENCE;
		this.#store.post(this.#peer!.address, this.#store.message(Kind.List).u8(this.#shard).u16(this.#cursor));
	}
	#advance(now: number): void {
		const { view } = this.#store, peer = this.#peer!, shard = this.#shard, bit = 1 << shard;
		if (this.#next !== END) {
			this.#cursor = this.#next;
			this.#stage = Stage.Pause;
			this.#at = now + 1000 * this.#store.settings.paceMilliseconds;
		}
		else {
			peer.digests[shard] = peer.taken[shard] = this.#digest;
			peer.takenShards |= bit;
			peer.fresh |= bit;
			peer.differs &= ~bit;
			this.#stage = Stage.Idle;
			if (view.check()) {
				view.find();
				this.#store.tell();
			}
		}
		this.#store.wake();
	}
}
