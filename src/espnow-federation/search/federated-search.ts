/**
 * Similarity search over all boards of a network: vectors are sharded over them, each on several, and a query finds what one
 * index with all of them would find. Integers only; results are ordered by (key, id), so they are the same however many boards
 * there are.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { type Network, Service } from "ruvllm-esp32/espnow-federation/network";
import type { StoreOptions } from "ruvllm-esp32/espnow-federation/search/settings";
import { MOST_K } from "ruvllm-esp32/espnow-federation/search/shelf";
import { type StoreStatistics, SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";
import type { WriteDone } from "ruvllm-esp32/espnow-federation/search/writes";
import type { HnswOptions } from "ruvllm-esp32/ruvector/hnsw-config";
import { distanceOfKey, type Vector } from "ruvllm-esp32/ruvector/metrics";
import type { SearchResult } from "ruvllm-esp32/ruvector/micro-hnsw";

export interface FederatedSearchOptions extends Omit<HnswOptions, "maxResults" | "product">, StoreOptions {
	network: Network;
}

export interface FederatedSearchResult {
	/** Nearest first, equals by id. */
	results: SearchResult[];
	/** Shards that were searched, of `shards`. */
	coverage: number;
	shards: number;
	/** Whether nothing is missing. */
	complete: boolean;
	/** Boards that took part, this one included. */
	boards: number;
	/** Boards that were asked in place of others. */
	retries: number;
	microseconds: number;
}

/** @param error SEARCH_PARTIAL, with what was found, when shards are missing */
export type SearchDone = (error: RuvllmError | undefined, result: FederatedSearchResult) => void;

export interface QueryOptions {
	/** Every vector is looked at, on all boards. */
	exact?: boolean;
	/** Candidates kept on each board; the index's own number by default, and at most that or 65, whichever is more. */
	ef?: number;
	timeoutMilliseconds?: number;
}

export class FederatedSearch {
	readonly store: SwarmStore;

	/**
	 * All boards need the same metric, element, dimensions, shards, redundancy and collection; capacity is this board's, which
	 * holds (redundancy + 1) / boards of all vectors, with some room for chance.
	 * @throws RuvllmError SEARCH_CONFIG, HNSW_CONFIG, METRIC_UNKNOWN
	 */
	constructor(options: FederatedSearchOptions) {
		this.store = new SwarmStore(options.network, Service.Search, options, 0, MOST_K, options);
	}

	/** Vectors on this board. */
	get size(): number {
		return this.store.shelf.table.size;
	}
	get statistics(): StoreStatistics {
		return this.store.statistics;
	}
	/** Shards that some living board answers for, and of which nothing is lost. */
	get coverage(): number {
		const { view, shelf: { table } } = this.store;
		let count = 0;
		for (let s = 0; s < table.shards; s++)
			count += (view.covered & ~view.lost) >>> s & 1;
		return count;
	}
	/** Bytes of RAM. */
	memoryBudget(): { index: number; table: number; total: number } {
		const index = this.store.shelf.index.memoryBudget().total, table = this.store.shelf.table.bytes;
		return { index, table, total: index + table };
	}

	/**
	 * Adds a vector, or replaces that of the id.
	 * @param id 0 to 2^32 - 2
	 * @param done when all boards that hold its shard have it; SEARCH_FULL, SEARCH_TIMEOUT, VECTOR_VALUE
	 * @throws RuvllmError SEARCH_ID, VECTOR_SIZE, SEARCH_BUSY
	 */
	add(id: number, vector: Vector, done?: WriteDone): void {
		this.store.writes.write(checkId(id), false, false, this.store.shelf.bytesOf(vector), NOTHING, done);
	}
	/** Takes a vector out, if there is one. @throws RuvllmError SEARCH_ID, SEARCH_BUSY */
	delete(id: number, done?: WriteDone): void {
		this.store.writes.write(checkId(id), true, false, NOTHING, NOTHING, done);
	}
	/**
	 * The k nearest of all vectors. `done` is called once, perhaps before this returns.
	 * @param k 1 to 64
	 * @throws RuvllmError SEARCH_K, VECTOR_SIZE, SEARCH_CONFIG, SEARCH_BUSY
	 */
	search(vector: Vector, k: number, done: SearchDone, { exact = false, ef = 0, timeoutMilliseconds = this.store.settings.timeoutMilliseconds }: QueryOptions = {}): void {
		const { store } = this, { metric } = store.shelf.index.config;
		if (!Number.isInteger(k) || k < 1 || k > MOST_K)
			throw new RuvllmError("SEARCH_K", `k is ${k}, and must be an integer from 1 to ${MOST_K}`);
		if (!Number.isInteger(ef) || ef < 0 || ef > 1024 || !(timeoutMilliseconds >= 1 && timeoutMilliseconds <= 600_000))
			throw new RuvllmError("SEARCH_CONFIG", "ef must be an integer from 0 (the index's own) to 1024, timeoutMilliseconds 1 to 600000");
		store.queries.search(store.shelf.bytesOf(vector), k, exact, ef, timeoutMilliseconds, (error, { top, coverage, boards, retries, microseconds }) => done(error, {
			results: top.ids.map((id, i) => ({ id, key: top.keys[i]!, distance: distanceOfKey(metric, top.keys[i]!) })),
			coverage, shards: store.shards, complete: coverage === store.shards, boards, retries, microseconds,
		}));
	}
	/** What was lost with boards that won't come back is given up: searches are complete again without it. */
	acceptLoss(): void {
		this.store.acceptLoss();
	}
	close(): void {
		this.store.close();
	}
}

const NOTHING = new Uint8Array(0);

function checkId(id: number): number {
	if (!Number.isInteger(id) || id < 0 || id >= 0xffffffff)
		throw new RuvllmError("SEARCH_ID", `the id is ${id}, and must be an integer from 0 to 4294967294`);
	return id;
}
