/**
 * Port: indices of small integer vectors in C (native/hnsw.h), in blocks of bytes that do not move.
 * src/ruvector/micro-hnsw.ts is what people use.
 */

import type { Memory, Pinned } from "ruvllm-esp32/platform/kernels";

/** Numbers as native/hnsw.h and native/vector-space.h call them. */
export interface IndexConfig {
	metric: number;
	element: number;
	dimensions: number;
	capacity: number;
	m: number;
	m0: number;
	efConstruction: number;
	seed: number;
	subspaces: number;
	codeBits: number;
}

/** Elements of vectors as they are given: of the index's element and number. */
export type VectorElements = Int8Array | Uint8Array | Int16Array;

/** Bytes of the block of an index; 0 when a number of the configuration is out of its range. */
export function indexSize(config: IndexConfig): number;

export class VectorIndex {
	/**
	 * An empty index in `block`, or with no `config` the one that is there: it is checked, and may be read-only.
	 * @param found where search writes what it found: pairs of 32-bit integers, key and number, nearest first
	 * @param ef the widest beam that search will be asked for
	 * @throws RangeError when the block is no sound index, or too small; TypeError for wrong kinds of buffer
	 */
	constructor(block: Pinned, found: Memory, ef: number, config?: IndexConfig);
	/** @throws RangeError when the number is taken or out of range, the vector's size is wrong, or the metric does not take it; TypeError when the block is read-only */
	insert(id: number, vector: VectorElements): void;
	/** @throws RangeError when there is no such vector */
	remove(id: number): void;
	has(id: number): boolean;
	/** Copies a vector into `vector`. */
	read(id: number, vector: VectorElements): void;
	/**
	 * @param ef candidates kept, k at least; 0: every vector is looked at
	 * @param filter asked with the number of what would be an answer; it must not use this index
	 * @returns how many were found, k at most
	 */
	search(vector: VectorElements, k: number, ef: number, filter?: (id: number) => boolean): number;
	/** Learns the codebook of product quantisation from samples, one vector after another; before the first insertion. */
	train(samples: VectorElements, rounds: number): void;
	readonly count: number;
	/** Distances computed by the last search. */
	readonly distances: number;
	/** Memory that it took outside the block. */
	readonly scratchBytes: number;
}
