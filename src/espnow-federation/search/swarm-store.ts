/**
 * Entries of a swarm: sharded over its boards, each shard on several, found from all. FederatedSearch and SwarmMemory are
 * what programs use; design and messages: docs/federated-search.md.
 */

import { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Alarm } from "ruvllm-esp32/espnow-federation/alarm";
import type { Network, Service } from "ruvllm-esp32/espnow-federation/network";
import { Copier } from "ruvllm-esp32/espnow-federation/search/copier";
import { mix } from "ruvllm-esp32/espnow-federation/search/hash";
import { ENTRY_BYTES, Entry, HEAD_BYTES, Kind, SUMMARY_BYTES, SUMMARY_SHARD_BYTES } from "ruvllm-esp32/espnow-federation/search/messages";
import { Queries } from "ruvllm-esp32/espnow-federation/search/queries";
import { Releaser } from "ruvllm-esp32/espnow-federation/search/releaser";
import { type StoreOptions, type StoreSettings, completeStore } from "ruvllm-esp32/espnow-federation/search/settings";
import { Shelf } from "ruvllm-esp32/espnow-federation/search/shelf";
import type { TopList } from "ruvllm-esp32/espnow-federation/search/top-list";
import { Peer, View } from "ruvllm-esp32/espnow-federation/search/view";
import { Writes } from "ruvllm-esp32/espnow-federation/search/writes";
import { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import type { HnswOptions } from "ruvllm-esp32/ruvector/hnsw-config";
import { ELEMENTS } from "ruvllm-esp32/ruvector/metrics";

/** A summary follows what it tells about soon; entries on their way are no difference. Microseconds. */
const SOON = 20_000, ON_THE_WAY = 300_000;
/** Counters further ahead than this are no clock of a swarm. */
const AHEAD = 2 ** 30;

export class StoreStatistics {
	/** Messages of other settings; messages that make no sense. */
	foreign = 0;
	malformed = 0;
	/** Entries copied from other boards; those that did not fit; shards let go of. */
	copied = 0;
	full = 0;
	released = 0;
}

export class SwarmStore {
	readonly network: Network;
	readonly settings: StoreSettings;
	readonly shelf: Shelf;
	readonly view: View;
	readonly queries: Queries;
	readonly writes: Writes;
	readonly statistics = new StoreStatistics();
	/** For whoever reads or writes an entry, until the next does. */
	readonly scratch: Entry;
	readonly payloadBytes: number;
	readonly mostK: number;
	/** Whether an entry is what is at a place: then it may be written again, though only new ones are asked for. */
	same: (place: number, entry: Entry) => boolean = () => false;
	/** Called with each summary. */
	onGossip: () => void = () => {};
	readonly #service: Service;
	readonly #outbox: Outbox;
	readonly #copier: Copier;
	readonly #releaser: Releaser;
	readonly #alarm: Alarm;
	readonly #unwatch: () => void;
	readonly #out: ByteWriter;
	readonly #reader = new ByteReader();
	readonly #digest: number;
	readonly #searched: ((distances: number) => void) | undefined;
	#tellAt = 0;
	/** What changed must not be missed. */
	#urgent = false;
	#closed = false;

	/**
	 * @param payloadBytes what belongs to an entry, at most; 0: vectors alone
	 * @param mostK results of a search, at most
	 * @throws RuvllmError SEARCH_CONFIG, HNSW_CONFIG, METRIC_UNKNOWN
	 */
	constructor(network: Network, service: Service, index: HnswOptions, payloadBytes: number, mostK: number, options: StoreOptions) {
		const settings = this.settings = completeStore(options);
		if (index.product)
			throw new RuvllmError("SEARCH_CONFIG", "product quantisation has a codebook of its own on each board; give whole vectors");
		if (!(index.capacity + settings.graves <= 65_534))
			throw new RuvllmError("SEARCH_CONFIG", `capacity and graves are ${index.capacity} and ${settings.graves}; together at most 65534`);
		this.network = network;
		this.#service = service;
		this.payloadBytes = payloadBytes;
		this.mostK = mostK;
		this.shelf = new Shelf(index, settings.shards, settings.graves, network.clock);
		const { vectorBytes, index: { config: { numbers } } } = this.shelf, longest = Math.max(network.frameBytes, SUMMARY_BYTES + SUMMARY_SHARD_BYTES * settings.shards,
			HEAD_BYTES + ENTRY_BYTES + 4 + vectorBytes + payloadBytes, 18 + mostK * (payloadBytes ? 14 + payloadBytes : 8));
		if (longest > network.messageBytes)
			throw new RuvllmError("SEARCH_CONFIG", `an answer may have ${longest} bytes, and a message ${network.messageBytes}; lower the dimensions or textBytes`);
		this.#out = new ByteWriter(longest);
		this.scratch = new Entry(vectorBytes);
		this.view = new View(network.address, this.shelf.table, settings.redundancy + 1);
		this.#digest = [numbers.metric, ELEMENTS.indexOf(this.shelf.index.config.element), numbers.dimensions, settings.shards, settings.redundancy, payloadBytes, settings.collection]
			.reduce((hash, number) => mix(hash ^ number), 1) & 0xffff;
		this.#searched = options.searched;
		this.#outbox = new Outbox(network, service);
		this.queries = new Queries(this);
		this.writes = new Writes(this);
		this.#copier = new Copier(this);
		this.#releaser = new Releaser(this);
		this.#alarm = new Alarm(network.clock, () => this.#work());
		network.handle(service, (from, bytes, count) => this.#receive(from, bytes, count));
		this.#unwatch = network.watch((event, { address }) => {
			if (address === network.address)
				return;
			if (event === "joined")
				this.#introduce(address, 1);
			else if (event === "left")
				this.#left(address);
		});
		network.self.services |= 1 << service;
		network.announce();
		for (const { address } of network.alive())
			if (address !== network.address)
				this.#introduce(address, 1);
		this.#tellAt = this.now + 1000 * settings.gossipMilliseconds;
		this.wake();
	}

	get now(): number {
		return this.network.clock.microseconds();
	}
	get shards(): number {
		return this.settings.shards;
	}
	get withPayloads(): boolean {
		return this.payloadBytes > 0;
	}
	/** Bytes that a message should not exceed, so that one frame carries it. */
	get frameBytes(): number {
		return this.network.frameBytes;
	}
	/** Nothing is under way, and all that is held here is complete. */
	get idle(): boolean {
		return this.#copier.idle && this.view.absent.size === 0 && this.writes.waiting === 0 && this.queries.waiting === 0 && (this.view.role & ~this.view.settled) === 0 && this.#outbox.waiting === 0;
	}

	/** For the parts of the store: a message to be written; the next call begins another. */
	message(kind: number): ByteWriter {
		return this.#out.reset().u8(kind).u16(this.#digest);
	}
	post(to: number, out: ByteWriter): void {
		this.#outbox.post(to, out.bytes, out.at);
	}
	/** Work is due: now, or sooner than was thought. */
	wake(): void {
		if (!this.#closed)
			this.#alarm.by(this.now);
	}
	/** The others should know soon what changed here. */
	tell(): void {
		this.#urgent = true;
		this.#tellAt = Math.min(this.#tellAt, this.now + SOON);
		this.wake();
	}
	/** Others know that a shard is no longer empty, so that they notice when it is lost. */
	noteHeld(before: number): void {
		if (this.shelf.table.held & ~before)
			this.tell();
	}
	/** Whether a counter can be one of this swarm. */
	inTime(counter: number): boolean {
		return counter < this.shelf.table.clock + AHEAD && counter < 0xffffff00;
	}
	/** Searches what is here. */
	look(vector: Uint8Array, shards: number, exact: boolean, ef: number, top: TopList<number>): void {
		const { distances } = this.shelf;
		this.shelf.search(vector, shards, exact, ef, top);
		this.#searched?.(this.shelf.distances - distances);
	}
	/** Entries that were lost with their boards are given up, on all boards. */
	acceptLoss(): void {
		const mask = this.view.lost;
		this.view.lost = 0;
		for (const address of this.view.peers.keys())
			this.post(address, this.message(Kind.Accept).u32(mask >>> 0));
	}
	close(): void {
		this.#closed = true;
		this.#alarm.close();
		this.#unwatch();
		this.#outbox.close();
		this.network.handle(this.#service, undefined);
		this.network.self.services &= ~(1 << this.#service);
	}

	#work(): void {
		const { now } = this;
		if (this.view.expire(now))
			this.tell();
		let next = Math.min(this.queries.work(now), this.writes.work(now), this.#copier.work(now));
		if (this.#tellAt <= now) {
			this.#tellAt = now + 1000 * this.settings.gossipMilliseconds;
			this.#gossip();
			this.#releaser.work();
			this.onGossip();
		}
		next = Math.min(next, this.#tellAt, this.view.deadline);
		if (!this.#closed)
			this.#alarm.by(Math.max(next, now + 1000));
	}
	#left(address: number): void {
		this.#outbox.drop(address);
		this.#copier.left(address);
		if (this.view.leave(address, this.now + 1000 * this.settings.graceMilliseconds))
			this.tell();
		this.writes.left(address, this.now);
		this.queries.left(address);
	}

	#summary(flags: number): ByteWriter {
		const { view, shelf: { table } } = this, out = this.message(Kind.Summary).u8(flags).u32(table.held >>> 0).u32(view.ready >>> 0).u32(view.lost >>> 0).u32(table.clock);
		for (let s = 0; s < table.shards; s++)
			if ((table.held >>> s & 1) === 1)
				out.u16(table.live[s]!).u32(table.digests[s]!);
		return out;
	}
	#introduce(address: number, flags: number): void {
		this.post(address, this.#summary(flags));
	}
	#gossip(): void {
		const out = this.#summary(0);
		if (this.view.peers.size === 0)
			return;
		// A broadcast may be lost: it serves for what is told again and again.
		if (this.#urgent || out.at > this.frameBytes || !this.network.broadcast(this.#service, out.bytes, out.at))
			for (const address of this.view.peers.keys())
				this.post(address, out);
		this.#urgent = false;
	}
	#readSummary(from: number, reader: ByteReader): boolean {
		const { view, shelf: { table }, now } = this, known = view.peers.get(from);
		const flags = reader.u8(), held = reader.u32() | 0, ready = reader.u32() | 0, lost = reader.u32() | 0, clock = reader.u32(), at = reader.at;
		let count = 0;
		for (let s = 0; s < table.shards; s++)
			count += held >>> s & 1;
		if (!reader.ok || flags > 1 || ((held | ready | lost) & ~table.all) !== 0 || reader.left !== SUMMARY_SHARD_BYTES * count || !this.inTime(clock))
			return false;
		const peer = known && flags === 0 ? known : new Peer(from, table.shards);
		reader.at = at;
		peer.held = held;
		peer.ready = ready;
		peer.lost = lost;
		peer.fresh = -1;
		for (let s = 0; s < table.shards; s++) {
			const here = (held >>> s & 1) === 1;
			peer.live[s] = here ? reader.u16() : 0;
			peer.digests[s] = here ? reader.u32() : 0;
			if (view.compared(peer, s))
				peer.differs &= ~(1 << s);
			else if (now - table.changedAt[s]! > ON_THE_WAY)
				peer.differs |= 1 << s;
		}
		table.clock = Math.max(table.clock, clock);
		if (peer !== known) {
			view.join(peer);
			if (flags === 1 || !known)
				this.#introduce(from, 0);
			this.tell();
		}
		else if (view.check())
			this.tell();
		view.find();
		this.wake();
		return true;
	}

	#receive(from: number, bytes: Uint8Array, count: number): void {
		const reader = this.#reader.open(bytes, count), kind = reader.u8(), digest = reader.u16();
		if (!reader.ok || digest !== this.#digest)
			this.statistics.foreign++;
		else if (!this.#dispatch(from, kind, reader))
			this.statistics.malformed++;
	}
	#dispatch(from: number, kind: number, reader: ByteReader): boolean {
		const { now } = this;
		switch (kind) {
		case Kind.Summary: return this.#readSummary(from, reader);
		case Kind.Query: return this.queries.answer(from, reader);
		case Kind.Answer: return this.queries.answered(from, reader);
		case Kind.Write: return this.writes.request(from, reader);
		case Kind.Written: return this.writes.written(from, reader);
		case Kind.Replicate: return this.writes.replicate(from, reader);
		case Kind.Stored: return this.writes.stored(from, reader);
		case Kind.List: return this.#copier.answerList(from, reader);
		case Kind.Items: return this.#copier.items(from, reader, now);
		case Kind.Fetch: return this.#copier.answerFetch(from, reader);
		case Kind.Entries: return this.#copier.entries(from, reader, now);
		case Kind.Release: return this.#releaser.release(from, reader);
		case Kind.Keep: return this.#releaser.keep(from, reader);
		case Kind.Accept: {
			const mask = reader.u32();
			if (!reader.ok || reader.left)
				return false;
			this.view.lost &= ~mask;
			const peer = this.view.peers.get(from);
			if (peer)
				peer.lost &= ~mask;
			return true;
		}
		default: return false;
		}
	}
}
