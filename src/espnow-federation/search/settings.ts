/** Settings that search and memory of a swarm share. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface StoreSettings {
	/** Boards that hold each shard besides the first: FaultTolerance.redundancy. 0 to 15; the same on all boards. */
	redundancy: number;
	/** 1 to 32; the same on all boards. */
	shards: number;
	/** Entries of which is kept that they are gone, so that nobody brings them back; then the oldest are forgotten. */
	graves: number;
	/** Several searches on one network: 0 to 65,535. */
	collection: number;
	/** Between summaries while nothing changes. */
	gossipMilliseconds: number;
	/** A board that left keeps its shards for so long, before others copy them. */
	graceMilliseconds: number;
	/** Between steps of copying. */
	paceMilliseconds: number;
	/** A board that answers nothing for so long is doubted: another is asked, too. */
	retryMilliseconds: number;
	/** Until a search or a write gives up. */
	timeoutMilliseconds: number;
	/** Searches under way at a time, and writes. */
	maxPending: number;
}
export interface StoreOptions extends Partial<StoreSettings> {
	/** Told after each search of this board's own part how many distances it computed: a simulation spends the time. */
	searched?: (distances: number) => void;
}

const RANGES: Record<keyof StoreSettings, readonly [low: number, high: number, usual: number]> = {
	redundancy: [0, 15, 1], shards: [1, 32, 32], graves: [0, 32_768, 64], collection: [0, 65_535, 0], gossipMilliseconds: [100, 3_600_000, 5000], graceMilliseconds: [0, 3_600_000, 5000],
	paceMilliseconds: [0, 60_000, 5], retryMilliseconds: [20, 60_000, 150], timeoutMilliseconds: [20, 600_000, 5000], maxPending: [1, 1024, 32],
};

/** @throws RuvllmError SEARCH_CONFIG naming the setting */
export function completeStore(options: StoreOptions): StoreSettings {
	const complete = {} as StoreSettings;
	for (const name of Object.keys(RANGES) as (keyof StoreSettings)[]) {
		const [low, high, usual] = RANGES[name], value = options[name] ?? usual;
		if (!Number.isInteger(value) || value < low || value > high)
			throw new RuvllmError("SEARCH_CONFIG", `${name} is ${value}, and must be an integer from ${low} to ${high}`);
		complete[name] = value;
	}
	return complete;
}
