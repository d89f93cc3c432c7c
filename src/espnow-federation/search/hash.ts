/** Which shard an id is in, which boards hold a shard, and sums of what is in it: all boards compute the same. */

/** The finaliser of MurmurHash3 (Appleby 2011): every bit of the number changes half of the others. 0 to 2^32 - 1. */
export function mix(h: number): number {
	h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
	h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
	return (h ^ h >>> 16) >>> 0;
}

const mixAddress = (address: number, seed: number): number => mix(mix(seed ^ address % 0x100000000) ^ Math.floor(address / 0x100000000));

export const shardOf = (id: number, shards: number): number => mix(id) % shards;

/** Of an entry and its version; the exclusive or over a shard is the shard's digest. */
export const stampHash = (id: number, counter: number, writer: number): number => mixAddress(writer, mix(mix(id ^ 0x9e3779b9) ^ counter));

/**
 * The boards that hold a shard, first the one that comes first: rendezvous hashing (Thaler & Ravishankar 1998). A board that
 * leaves or joins moves only the shards that it holds.
 * @param boards addresses, each once
 */
export function holdersOf(shard: number, boards: readonly number[], copies: number): number[] {
	const weights = boards.map((address) => mixAddress(address, mix(shard + 1)));
	return boards.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]! || boards[a]! - boards[b]!).slice(0, copies).map((i) => boards[i]!);
}

/** Bits of a 32-bit number that are set. */
export function bits(mask: number): number {
	let count = 0;
	for (; mask !== 0; mask &= mask - 1)
		count++;
	return count;
}
/** All shards, a bit each. */
export const allShards = (shards: number): number => shards === 32 ? -1 : (1 << shards) - 1;
