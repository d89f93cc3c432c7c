/**
 * A model on its way to this board: finds boards that have it, fetches its manifest when this board has another, then the chunks
 * that are wanted, from several boards at a time. Whatever is lost, late, wrong or dead is asked for again, elsewhere if possible;
 * what is in the storage is never asked for, so that a new start goes on where the last one ended.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32 } from "ruvllm-esp32/platform/kernels";
import { sha256, verify } from "ruvllm-esp32/platform/crypto";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { get16, getU32, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import { ChunkSet } from "ruvllm-esp32/espnow-federation/distribution/chunk-set";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { Holdings } from "ruvllm-esp32/espnow-federation/distribution/holdings";
import { chunksOfLayers, chunksOfTable, type LayerRange } from "ruvllm-esp32/espnow-federation/distribution/layers";
import { ManifestFetch } from "ruvllm-esp32/espnow-federation/distribution/manifest-fetch";
import { CHUNK_BYTES, ID_BYTES, type Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { begin, BODY_AT, CHUNK_AT, DistributionMessage, HOLDING_BITS_AT, ID_AT, OTHER_MODEL } from "ruvllm-esp32/espnow-federation/distribution/messages";
import { Source, Sources } from "ruvllm-esp32/espnow-federation/distribution/sources";

export interface FetchSettings {
	publicKey: Uint8Array | undefined;
	/** Requests under way, to all boards. */
	window: number;
	timeoutMicroseconds: number;
	patienceMicroseconds: number;
	/** What an operator should know: which board's manifest or chunk was refused, and why. */
	refused: (error: RuvllmError, address: number) => void;
}

export interface FetchEvents {
	/** Another manifest counts from now on. */
	adopted: (holdings: Holdings) => void;
	progress: (have: number, wanted: number) => void;
	done: (model: Uint8Array) => void;
	failed: (error: Error) => void;
}

/** Times that a piece of a manifest is asked for; between two queries of a board. */
const TRIES = 3;
const QUERY_EVERY = 1_000_000;
/** When to look again after the network had no room: it also says so when it has. */
const BLOCKED = 100_000;
/** Manifests that are refused until no more are looked at: each costs an erasure. */
const MOST_REFUSED = 64;
/** Chunks that are hashed at a time, while nothing else can be done. */
const SCAN = 8;

export class Fetch {
	readonly #network: Network;
	readonly #store: ChunkStore;
	readonly #model: number;
	readonly #layers: LayerRange | undefined;
	readonly #settings: FetchSettings;
	readonly #events: FetchEvents;
	readonly #message = new Uint8Array(BODY_AT + 4);
	#holdings: Holdings | undefined;
	#manifest: ManifestFetch | undefined;
	#sources: Sources | undefined;
	#wanted: ChunkSet | undefined;
	/** Whether `wanted` is all that is wanted: of some layers only the table is, at first. */
	#known = false;
	/** Ids of manifests that were refused, as text: each is asked for once of each board. */
	readonly #refused = new Set<string>();
	#lastRefusal: RuvllmError | undefined;
	/** Whom to ask next. */
	#turn = 0;
	#queriedAt = -Infinity;
	#progressAt: number;
	ended = false;

	/** @param holdings what the storage holds now; kept if it is of this model */
	constructor(network: Network, store: ChunkStore, holdings: Holdings | undefined, model: number, layers: LayerRange | undefined, settings: FetchSettings, events: FetchEvents) {
		this.#network = network;
		this.#store = store;
		this.#model = model;
		this.#layers = layers;
		this.#settings = settings;
		this.#events = events;
		this.#progressAt = network.clock.microseconds();
		if (holdings?.manifest.crc === model)
			this.#begin(holdings);
	}

	/** Does what is due. @returns when to call again, in microseconds of the clock, at the latest */
	work(): number {
		const now = this.#network.clock.microseconds();
		if (this.ended)
			return Infinity;
		if (this.#holdings?.scanning) {
			this.#holdings.scan(SCAN);
			this.#progressAt = now;
			return now;
		}
		if (this.#holdings && this.#finish())
			return Infinity;
		if (now - this.#progressAt >= this.#settings.patienceMicroseconds)
			return this.#fail(this.#lastRefusal ?? new RuvllmError("DISTRIBUTION_SOURCE", "no board that has this model answers; see which boards are alive and hold it, then fetch again"));
		let next = this.#progressAt + this.#settings.patienceMicroseconds;
		if (this.#manifest && !this.#manifest.work(this.#network, now, this.#settings.timeoutMicroseconds, TRIES))
			this.#manifest = undefined;
		if (this.#manifest)
			next = Math.min(next, this.#manifest.deadline > now ? this.#manifest.deadline : now + BLOCKED);
		if (this.#request(now) && !this.#manifest) {
			if (now - this.#queriedAt >= QUERY_EVERY)
				this.#query(now);
			next = Math.min(next, this.#queriedAt + QUERY_EVERY);
		}
		return Math.min(next, this.#sources?.expire(now) ?? Infinity);
	}
	/** Takes Holding, Manifest, Chunk and Absent. */
	receive(from: number, bytes: Uint8Array, count: number): void {
		if (this.ended)
			return;
		switch (bytes[0]) {
			case DistributionMessage.Holding:
				if (count > HOLDING_BITS_AT && getU32(bytes, BODY_AT + 6) === this.#model)
					this.#offered(from, bytes, count);
				break;
			case DistributionMessage.Manifest:
				if (from === this.#manifest?.from && count > BODY_AT + 4)
					this.#piece(from, bytes, count);
				break;
			case DistributionMessage.Chunk:
				if (this.#holdings?.manifest.hasId(bytes, ID_AT))
					this.#chunk(from, bytes, count);
				break;
			case DistributionMessage.Absent:
				this.#absent(from, bytes);
				break;
		}
	}
	/** A board is gone: what it was asked for is asked of others. */
	left(address: number): void {
		this.#sources?.remove(address);
		if (this.#manifest?.from === address)
			this.#manifest = undefined;
		this.#queriedAt = -Infinity;
	}
	/** A board is new: it may have what is wanted. */
	joined(): void {
		this.#queriedAt = -Infinity;
	}

	#begin(holdings: Holdings): void {
		this.#holdings = holdings;
		this.#sources = new Sources(holdings.manifest.chunks);
		this.#wanted = new ChunkSet(holdings.manifest.chunks);
		this.#wanted.addRange(0, this.#layers ? 1 : holdings.manifest.chunks);
		this.#known = !this.#layers;
	}
	/** Whether all is there; finds out what is wanted as far as it can. */
	#finish(): boolean {
		const { have, model, manifest } = this.#holdings!;
		try {
			// Header, then table, then the rest.
			while (!this.#known && have.covers(this.#wanted!)) {
				const table = chunksOfTable(model, manifest.modelBytes);
				this.#known = have.covers(table);
				this.#wanted = this.#known ? chunksOfLayers(model, this.#layers!) : table;
			}
			if (!this.#known || !have.covers(this.#wanted!))
				return false;
			readRuvm(model, this.#holdings!.complete ? crc32 as never : undefined);
		}
		catch (error) {
			this.#fail(error as Error);
			return true;
		}
		this.ended = true;
		this.#events.done(model);
		return true;
	}
	#fail(error: Error): number {
		this.ended = true;
		this.#events.failed(error);
		return Infinity;
	}
	#query(now: number): void {
		this.#queriedAt = now;
		const out = this.#message;
		begin(out, DistributionMessage.Query, undefined);
		put32(out, BODY_AT, this.#model);
		for (const { address, services } of this.#network.alive())
			if (address !== this.#network.address && services >> Service.Distribution & 1)
				this.#network.send(address, Service.Distribution, out);
	}
	#offered(from: number, bytes: Uint8Array, count: number): void {
		const chunks = get16(bytes, BODY_AT + 4), held = this.#holdings?.manifest;
		if (held?.hasId(bytes, ID_AT)) {
			let source = this.#sources!.find(from);
			if (!source)
				this.#sources!.all.push(source = new Source(from, held.chunks, (Math.imul(this.#network.address % 2 ** 32, 0x9e3779b1) >>> 8) % held.chunks));
			source.has.read(bytes, HOLDING_BITS_AT, count - HOLDING_BITS_AT);
			return;
		}
		// The same model may have been signed anew; who has chunks by the manifest that is here is preferred.
		if (this.#sources?.all.length || this.#manifest || this.#refused.size === MOST_REFUSED || this.#refused.has(nameOf(from, bytes)))
			return;
		try {
			if (chunks > this.#store.capacity)
				throw new RuvllmError("DISTRIBUTION_STORAGE", `the model has ${chunks} chunks of ${CHUNK_BYTES} bytes, and there is room for ${this.#store.capacity}; make the partition larger`);
			this.#manifest = new ManifestFetch(this.#store, from, bytes.subarray(ID_AT, ID_AT + ID_BYTES), getU32(bytes, BODY_AT));
		}
		catch (error) {
			this.#refuse(error as Error, from, bytes);
		}
	}
	#piece(from: number, bytes: Uint8Array, count: number): void {
		let manifest: Manifest | undefined;
		try {
			manifest = this.#manifest!.take(bytes, count, sha256);
			if (manifest && this.#settings.publicKey)
				manifest.check(this.#settings.publicKey, verify);
			if (manifest && manifest.crc !== this.#model)
				throw new RuvllmError("DISTRIBUTION_MANIFEST", "the manifest is of another model than was announced");
			if (manifest && manifest.chunks > this.#store.capacity)
				throw new RuvllmError("DISTRIBUTION_STORAGE", `the model has ${manifest.chunks} chunks, and there is room for ${this.#store.capacity}`);
			if (manifest)
				this.#store.keepManifest();
		}
		catch (error) {
			this.#manifest = undefined;
			this.#refuse(error as Error, from, bytes);
			return;
		}
		this.#progressAt = this.#network.clock.microseconds();
		if (!manifest)
			return;
		this.#manifest = undefined;
		this.#queriedAt = -Infinity;
		this.#begin(new Holdings(this.#store, manifest));
		this.#events.adopted(this.#holdings!);
	}
	/** Of this board's; what is wrong with the storage itself ends all. */
	#refuse(error: Error, from: number, bytes: Uint8Array): void {
		if (!(error instanceof RuvllmError)) {
			this.#fail(error);
			return;
		}
		this.#lastRefusal = error;
		this.#refused.add(nameOf(from, bytes));
		this.#settings.refused(error, from);
	}
	#chunk(from: number, bytes: Uint8Array, count: number): void {
		const chunk = get16(bytes, CHUNK_AT), source = this.#sources!.find(from), holdings = this.#holdings!;
		if (source?.settle(chunk))
			this.#sources!.underWay.delete(chunk);
		if (!this.#wanted!.has(chunk) || holdings.have.has(chunk) || holdings.scanning)
			return;
		try {
			if (!holdings.take(chunk, bytes, BODY_AT, count - BODY_AT)) {
				source?.forged();
				this.#lastRefusal = new RuvllmError("DISTRIBUTION_CHUNK", `chunk ${chunk} is not what the manifest says, and was thrown away; check the model of the board that sent it`);
				this.#settings.refused(this.#lastRefusal, from);
				return;
			}
		}
		catch (error) {
			this.#fail(error as Error);
			return;
		}
		source?.answered();
		this.#progressAt = this.#network.clock.microseconds();
		this.#events.progress(holdings.have.size, this.#wanted!.size);
	}
	#absent(from: number, bytes: Uint8Array): void {
		const chunk = get16(bytes, CHUNK_AT), source = this.#sources?.find(from);
		if (this.#manifest?.from === from && bytes[1] === OTHER_MODEL)
			this.#manifest = undefined;
		if (!source || !this.#holdings!.manifest.hasId(bytes, ID_AT))
			return;
		if (source.settle(chunk))
			this.#sources!.underWay.delete(chunk);
		if (bytes[1] === OTHER_MODEL)
			source.has.clear();
		else
			source.has.delete(chunk);
	}
	/** Asks boards for chunks. @returns whether there is something that nobody can be asked for */
	#request(now: number): boolean {
		const sources = this.#sources;
		if (!sources)
			return true;
		sources.expire(now);
		const { have, manifest } = this.#holdings!, out = this.#message;
		// In turn; few in all, as all boards share one channel: more would only wait in queues.
		for (let passed = 0; passed < sources.all.length && sources.underWay.size < this.#settings.window;) {
			const source = sources.all[this.#turn++ % sources.all.length]!, chunk = source.usable(now) ? source.next(this.#wanted!, have, sources.underWay) : -1;
			passed++;
			if (chunk < 0)
				continue;
			begin(out, DistributionMessage.GetChunk, manifest.digest, chunk);
			if (!this.#network.send(source.address, Service.Distribution, out, BODY_AT)) {
				source.cursor = chunk;
				continue;
			}
			sources.underWay.add(chunk);
			source.requests.push({ chunk, deadline: now + this.#settings.timeoutMicroseconds });
			passed = 0;
		}
		return sources.underWay.size < this.#settings.window && this.#wanted!.size - have.size > sources.underWay.size;
	}
}

const nameOf = (from: number, bytes: Uint8Array): string => `${from} ${bytes.subarray(ID_AT, ID_AT + ID_BYTES).join()}`;
