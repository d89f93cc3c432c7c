/**
 * What a board knows of the others' shards, and what follows: which shards it is to hold, which of them are complete, and
 * what the swarm has lost.
 */

import type { EntryTable } from "ruvllm-esp32/espnow-federation/search/entry-table";
import { holdersOf } from "ruvllm-esp32/espnow-federation/search/hash";

/** A board of which a summary came since it joined. */
export class Peer {
	/** Shards of which it knows something; for which it answers; whose entries it says were lost. A bit each. */
	held = 0;
	ready = 0;
	lost = 0;
	readonly live: Uint16Array;
	readonly digests: Uint32Array;
	/** Shards whose difference was seen twice, so that it is no entry on its way. */
	differs = 0;
	/** Its digests when all that it had was taken over. */
	readonly taken: Uint32Array;
	takenShards = 0;
	/** Shards of which its digest is newer than this board's duty to hold them. */
	fresh = -1;
	/** Own digests that it promised to keep. */
	readonly kept: Uint32Array;
	keptShards = 0;
	/** Own queries that it is about to answer. */
	queries = 0;
	/** When it answered last, in microseconds. */
	answeredAt = -Infinity;

	constructor(readonly address: number, shards: number) {
		this.live = new Uint16Array(shards);
		this.digests = new Uint32Array(shards);
		this.taken = new Uint32Array(shards);
		this.kept = new Uint32Array(shards);
	}
}

export class View {
	readonly peers = new Map<number, Peer>();
	/** Boards that left a short time ago, and until when they keep their place (microseconds): most are back soon, with all that they had. */
	readonly absent = new Map<number, number>();
	/** By shard: who is to hold it, by rank. */
	readonly holders: (readonly number[])[];
	/** Shards that this board is to hold. */
	role = 0;
	/** Shards that were found to have all that boards around have; shards of which entries were lost. */
	settled = 0;
	lost = 0;
	readonly #address: number;
	readonly #table: EntryTable;
	readonly #copies: number;

	constructor(address: number, table: EntryTable, copies: number) {
		this.#address = address;
		this.#table = table;
		this.#copies = copies;
		this.holders = new Array<readonly number[]>(table.shards).fill([]);
		this.place();
		this.settled = table.all;
	}

	/** Shards for which this board answers. */
	get ready(): number {
		return this.settled & (this.role | this.#table.held);
	}
	/** Shards that some board answers for. */
	get covered(): number {
		let mask = this.ready;
		for (const peer of this.peers.values())
			mask |= peer.ready;
		return mask;
	}

	/** A board's first summary was read: it counts from now on. */
	join(peer: Peer): void {
		const good = this.ready & this.#table.held & ~this.lost;
		this.absent.delete(peer.address);
		this.peers.set(peer.address, peer);
		for (let s = 0; s < this.#table.shards; s++)
			if (!this.compared(peer, s))
				this.settled &= ~(1 << s);
		// What this board has had all the time is not lost, whatever others missed.
		this.lost |= peer.lost & ~good;
		this.place();
		this.find();
	}
	/** @param until when its place is given to others @returns whether it counted */
	leave(address: number, until: number): boolean {
		const peer = this.peers.get(address);
		if (!peer || !this.peers.delete(address))
			return false;
		let lost = peer.held & ~peer.lost & ~(this.ready & ~this.lost);
		for (const other of this.peers.values())
			lost &= ~(other.ready & ~other.lost);
		for (let s = 0; s < this.#table.shards; s++)
			if (((this.role | this.#table.held) >>> s & 1) === 1 && this.compared(peer, s))
				lost &= ~(1 << s);
		// What only it had is lost, until it is back.
		this.lost |= lost;
		this.absent.set(address, until);
		this.place();
		return true;
	}
	/** Gives the places of those that did not come back to others. @returns whether there were any */
	expire(now: number): boolean {
		const before = this.absent.size;
		for (const [address, until] of this.absent)
			if (until <= now)
				this.absent.delete(address);
		if (this.absent.size === before)
			return false;
		this.place();
		return true;
	}
	/** When `expire` has something to do. */
	get deadline(): number {
		let next = Infinity;
		for (const until of this.absent.values())
			next = Math.min(next, until);
		return next;
	}
	/** What was lost and is there again. */
	find(): void {
		let found = this.ready & this.#table.held;
		// What came after the loss does not make up for it.
		found &= ~this.lost;
		for (const peer of this.peers.values())
			found |= peer.ready & peer.held & ~peer.lost;
		this.lost &= ~found;
	}
	/** Sets `settled` for the shards of which nobody has anything that is not here. @returns whether something changed */
	check(): boolean {
		const before = this.settled;
		for (let s = 0; s < this.#table.shards; s++)
			if ((this.settled >>> s & 1) === 0 && this.#agrees(s))
				this.settled |= 1 << s;
		return this.settled !== before;
	}
	/** Whether nothing is to be had of a board for a shard. */
	compared(peer: Peer, shard: number): boolean {
		const bit = 1 << shard, digest = peer.digests[shard];
		return (peer.held & bit) === 0 || (peer.fresh & bit) !== 0 && (digest === this.#table.digests[shard] || (peer.takenShards & bit) !== 0 && digest === peer.taken[shard]);
	}
	/** This board let go of a shard: what it took over before counts no more. */
	dropped(shard: number): void {
		for (const peer of this.peers.values())
			peer.takenShards &= ~(1 << shard);
	}
	/** Who gets what is written to a shard: its holders, and who has not yet let go of it. */
	targets(shard: number): number[] {
		const out = this.holders[shard]!.filter((address) => this.peers.has(address));
		for (const { address, held } of this.peers.values())
			if ((held >>> shard & 1) === 1 && !out.includes(address))
				out.push(address);
		return out;
	}

	#agrees(shard: number): boolean {
		for (const peer of this.peers.values())
			if (!this.compared(peer, shard))
				return false;
		return true;
	}
	/** Holders anew. A shard that is new here must be compared before it counts. */
	place(): void {
		const boards = [this.#address, ...this.peers.keys(), ...this.absent.keys()], { shards } = this.#table;
		let role = 0;
		for (let s = 0; s < shards; s++) {
			this.holders[s] = holdersOf(s, boards, this.#copies);
			if (this.holders[s]!.includes(this.#address))
				role |= 1 << s;
		}
		const more = role & ~this.role;
		this.settled &= ~(more & ~this.#table.held);
		this.role = role;
		for (const peer of this.peers.values()) {
			peer.keptShards = 0;
			peer.fresh &= ~more;
		}
		this.check();
	}
}
