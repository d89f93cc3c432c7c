/**
 * A model on its way to this board: finds boards that have it, fetches its manifest when this board has another, then the chunks
 * that are wanted, from several boards in turn. Whatever is lost, late, wrong or dead is asked for again, elsewhere if possible;
 * what is in the storage is never asked for, so that a new start goes on where the last one ended.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { get16, getU32, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { Holdings } from "ruvllm-esp32/espnow-federation/distribution/holdings";
import type { LayerRange } from "ruvllm-esp32/espnow-federation/distribution/layers";
import { ManifestSearch } from "ruvllm-esp32/espnow-federation/distribution/manifest-search";
import { begin, BODY_AT, CHUNK_AT, DistributionMessage, HOLDING_BITS_AT, ID_AT, OTHER_MODEL } from "ruvllm-esp32/espnow-federation/distribution/messages";
import { Source, Sources } from "ruvllm-esp32/espnow-federation/distribution/sources";
import { Wanted } from "ruvllm-esp32/espnow-federation/distribution/wanted";

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

/** Between two rounds of queries. */
const QUERY_EVERY = 1_000_000;
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
	readonly #search: ManifestSearch;
	/** Both from when there is a manifest. */
	#wanted: Wanted | undefined;
	#sources: Sources | undefined;
	#lastRefusal: RuvllmError | undefined;
	/** Whom to ask next. */
	#turn = 0;
	#queriedAt = -Infinity;
	#progressAt: number;
	#ended = false;

	/** @param holdings what the storage holds now; used if it is of this model */
	constructor(network: Network, store: ChunkStore, holdings: Holdings | undefined, model: number, layers: LayerRange | undefined, settings: FetchSettings, events: FetchEvents) {
		this.#network = network;
		this.#store = store;
		this.#model = model;
		this.#layers = layers;
		this.#settings = settings;
		this.#events = events;
		this.#search = new ManifestSearch(store, model, settings.publicKey, (error, address) => this.#refuse(error, address));
		this.#progressAt = network.clock.microseconds();
		if (holdings?.manifest.crc === model)
			this.#begin(holdings);
	}

	/** Does what is due. @returns when to call again, in microseconds of the clock, at the latest */
	work(): number {
		const now = this.#network.clock.microseconds(), { patienceMicroseconds, timeoutMicroseconds } = this.#settings;
		if (this.#ended)
			return Infinity;
		if (this.#wanted?.holdings.scanning) {
			this.#wanted.holdings.scan(SCAN);
			this.#progressAt = now;
			return now;
		}
		if (this.#wanted && this.#finish(this.#wanted))
			return Infinity;
		if (now - this.#progressAt >= patienceMicroseconds) {
			this.#fail(this.#lastRefusal ?? new RuvllmError("DISTRIBUTION_SOURCE", "no board that has this model answers; see which boards are alive and hold it, then fetch again"));
			return Infinity;
		}
		let next = Math.min(this.#progressAt + patienceMicroseconds, this.#search.work(this.#network, now, timeoutMicroseconds));
		if (this.#request(now) && !this.#search.busy) {
			if (now - this.#queriedAt >= QUERY_EVERY)
				this.#query(now);
			next = Math.min(next, this.#queriedAt + QUERY_EVERY);
		}
		return Math.min(next, this.#sources?.expire(now) ?? Infinity);
	}
	/** Takes Holding, Manifest, Chunk and Absent. */
	receive(from: number, bytes: Uint8Array, count: number): void {
		if (this.#ended)
			return;
		try {
			const type = bytes[0];
			if (type === DistributionMessage.Holding && count > HOLDING_BITS_AT && getU32(bytes, BODY_AT + 6) === this.#model)
				this.#offered(from, bytes, count);
			else if (type === DistributionMessage.Manifest && count > BODY_AT + 4)
				this.#piece(from, bytes, count);
			else if (type === DistributionMessage.Chunk && this.#wanted?.holdings.manifest.hasId(bytes, ID_AT))
				this.#chunk(from, bytes, count, this.#wanted);
			else if (type === DistributionMessage.Absent)
				this.#absent(from, bytes);
		}
		catch (error) {
			// Of the storage, or of who was told.
			this.#fail(error as Error);
		}
	}
	/** A board is gone: what it was asked for is asked of others. */
	left(address: number): void {
		this.#sources?.remove(address);
		this.#search.lost(address);
		this.#queriedAt = -Infinity;
	}
	/** A board is new: it may have what is wanted. */
	joined(): void {
		this.#queriedAt = -Infinity;
	}

	#begin(holdings: Holdings): void {
		this.#wanted = new Wanted(holdings, this.#layers);
		this.#sources = new Sources(holdings.manifest.chunks);
	}
	#finish(wanted: Wanted): boolean {
		try {
			if (!wanted.complete())
				return false;
		}
		catch (error) {
			this.#fail(error as Error);
			return true;
		}
		this.#ended = true;
		this.#events.done(wanted.holdings.model);
		return true;
	}
	#fail(error: Error): void {
		this.#ended = true;
		this.#events.failed(error);
	}
	#refuse(error: RuvllmError, address: number): void {
		this.#lastRefusal = error;
		this.#settings.refused(error, address);
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
		const held = this.#wanted?.holdings.manifest;
		if (held?.hasId(bytes, ID_AT)) {
			let source = this.#sources!.find(from);
			if (!source)
				this.#sources!.all.push(source = new Source(from, held.chunks, (Math.imul(this.#network.address % 2 ** 32, 0x9e3779b1) >>> 8) % held.chunks));
			source.has.read(bytes, HOLDING_BITS_AT, count - HOLDING_BITS_AT);
		}
		// The same model may have been signed anew; who has chunks by the manifest that is here is preferred.
		else if (!this.#sources?.all.length)
			this.#search.offered(from, bytes);
	}
	#piece(from: number, bytes: Uint8Array, count: number): void {
		const manifest = this.#search.take(from, bytes, count);
		this.#progressAt = this.#search.busy || manifest ? this.#network.clock.microseconds() : this.#progressAt;
		if (!manifest)
			return;
		this.#queriedAt = -Infinity;
		this.#begin(new Holdings(this.#store, manifest));
		this.#events.adopted(this.#wanted!.holdings);
	}
	#chunk(from: number, bytes: Uint8Array, count: number, { chunks, holdings }: Wanted): void {
		const chunk = get16(bytes, CHUNK_AT), source = this.#sources!.find(from);
		if (source?.settle(chunk))
			this.#sources!.underWay.delete(chunk);
		if (!chunks.has(chunk) || holdings.have.has(chunk) || holdings.scanning)
			return;
		if (!holdings.take(chunk, bytes, BODY_AT, count - BODY_AT)) {
			source?.forged();
			this.#refuse(new RuvllmError("DISTRIBUTION_CHUNK", `chunk ${chunk} is not what the manifest says, and was thrown away; check the model of the board that sent it`), from);
			return;
		}
		source?.answered();
		this.#progressAt = this.#network.clock.microseconds();
		this.#events.progress(holdings.have.size, chunks.size);
	}
	#absent(from: number, bytes: Uint8Array): void {
		const chunk = get16(bytes, CHUNK_AT), source = this.#sources?.find(from), other = bytes[1] === OTHER_MODEL;
		if (other)
			this.#search.lost(from);
		if (!source || !this.#wanted!.holdings.manifest.hasId(bytes, ID_AT))
			return;
		if (source.settle(chunk))
			this.#sources!.underWay.delete(chunk);
		if (other)
			source.has.clear();
		else
			source.has.delete(chunk);
	}
	/** Asks boards for chunks. @returns whether there is something that nobody can be asked for */
	#request(now: number): boolean {
		const sources = this.#sources, wanted = this.#wanted, { window, timeoutMicroseconds } = this.#settings;
		if (!sources || !wanted)
			return true;
		sources.expire(now);
		const { have, manifest } = wanted.holdings, out = this.#message;
		// In turn; few in all, as all boards share one channel: more would only wait in queues.
		for (let passed = 0; passed < sources.all.length && sources.underWay.size < window;) {
			const source = sources.all[this.#turn++ % sources.all.length]!, chunk = source.usable(now) ? source.next(wanted.chunks, have, sources.underWay) : -1;
			passed++;
			if (chunk < 0)
				continue;
			begin(out, DistributionMessage.GetChunk, manifest.digest, chunk);
			if (!this.#network.send(source.address, Service.Distribution, out, BODY_AT)) {
				source.cursor = chunk;
				continue;
			}
			sources.underWay.add(chunk);
			source.requests.push({ chunk, deadline: now + timeoutMicroseconds });
			passed = 0;
		}
		return sources.underWay.size < window && wanted.missing > sources.underWay.size;
	}
}
