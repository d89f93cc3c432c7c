/**
 * Lets go of shards that other boards are to hold now: only when each of them promised to keep what is here. A board promises
 * only for shards that it is to hold itself, so two can't let go of the same.
 */

import type { ByteReader } from "ruvllm-esp32/core/byte-stream";
import { Kind } from "ruvllm-esp32/espnow-federation/search/messages";
import type { SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";

export class Releaser {
	readonly #store: SwarmStore;

	constructor(store: SwarmStore) {
		this.#store = store;
	}

	/** Asks the holders of what is left over here. */
	work(): void {
		const store = this.#store, { view, shelf: { table } } = store, left = table.held & ~view.role;
		if (left === 0)
			return;
		for (const peer of view.peers.values()) {
			const out = store.message(Kind.Release), head = out.at;
			for (let s = 0; s < store.shards; s++)
				if ((left >>> s & 1) === 1 && view.holders[s]!.includes(peer.address))
					out.u8(s).u32(table.digests[s]!);
			if (out.at > head)
				store.post(peer.address, out);
		}
	}
	release(from: number, reader: ByteReader): boolean {
		const store = this.#store, { view } = store, peer = view.peers.get(from), out = store.message(Kind.Keep), head = out.at;
		if (reader.left === 0 || reader.left % 5 || reader.left > 5 * 32)
			return false;
		while (reader.left) {
			const shard = reader.u8(), digest = reader.u32();
			if (shard >= store.shards)
				return false;
			if (!peer)
				continue;
			peer.digests[shard] = digest;
			if ((view.role & view.ready & 1 << shard) === 0)
				continue;
			if (view.compared(peer, shard))
				out.u8(shard).u32(digest);
			else
				peer.differs |= 1 << shard;
		}
		if (out.at > head)
			store.post(from, out);
		store.wake();
		return true;
	}
	keep(from: number, reader: ByteReader): boolean {
		const store = this.#store, { view, shelf, shelf: { table } } = store, peer = view.peers.get(from);
		if (reader.left === 0 || reader.left % 5 || reader.left > 5 * 32)
			return false;
		while (reader.left) {
			const shard = reader.u8(), digest = reader.u32(), bit = 1 << shard;
			if (shard >= store.shards)
				return false;
			if (!peer || (view.role & bit) !== 0 || (table.held & bit) === 0 || digest !== table.digests[shard])
				continue;
			peer.kept[shard] = digest;
			peer.keptShards |= bit;
			if (view.holders[shard]!.every((address) => this.#keeps(address, shard))) {
				shelf.drop(shard);
				view.dropped(shard);
				store.statistics.released++;
				store.tell();
			}
		}
		return true;
	}

	#keeps(address: number, shard: number): boolean {
		const peer = this.#store.view.peers.get(address);
		return peer !== undefined && (peer.keptShards >>> shard & 1) === 1 && peer.kept[shard] === this.#store.shelf.table.digests[shard];
	}
}
