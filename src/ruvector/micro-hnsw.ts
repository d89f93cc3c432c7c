/**
 * MicroHNSW: nearest neighbours in a graph of a fixed size (Malkov & Yashunin 2018), integers only.
 *
 * All of it is one block of bytes, which insertion changes in place, which can be saved as it is, and searched where it lies: in
 * a Memory or in mapped flash. Levels follow from numbers and seed, so the same calls give the same graph on every host.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory, type Pinned } from "ruvllm-esp32/platform/kernels";
import { indexSize, VectorIndex } from "ruvllm-esp32/platform/vectors";
import { completeConfig, configOfBlock, type HnswConfig, HnswOptions } from "ruvllm-esp32/ruvector/hnsw-config";
import { distanceOfKey, type Vector } from "ruvllm-esp32/ruvector/metrics";

export interface SearchResult {
	id: number;
	/** What results are ordered by: an unsigned 32-bit integer, see native/vector-space.h. */
	key: number;
	/** The same for people; with dot the product. */
	distance: number;
}

export interface SearchOptions {
	/** Candidates kept: more find more, and cost more. The index's own number by default. */
	ef?: number;
	/** Looks at every vector: certain, and the faster way for small indices. */
	exact?: boolean;
	/** Which vectors may be answers; asked only about near ones. It must not use the index. */
	filter?: (id: number) => boolean;
}

/** Offset of the checksum in the block (native/hnsw.h). */
const CRC = 32;
/** Measured on SIFT: a search in the graph computes about eight distances for each candidate that it keeps. */
const DISTANCES_OF_EF = 8;

export class MicroHNSW {
	readonly config: HnswConfig;
	readonly #block: Pinned;
	readonly #native: VectorIndex;
	readonly #found: Uint32Array;
	#free = 0;

	/**
	 * Memory is taken now, and never again.
	 * @throws RuvllmError HNSW_CONFIG, METRIC_UNKNOWN; RangeError when memory is short
	 */
	constructor(options: HnswOptions);
	constructor(options: HnswOptions, block: Pinned);
	constructor(options: HnswOptions, block?: Pinned) {
		this.config = block ? configOfBlock(block, options) : completeConfig(options);
		const { numbers, ef, maxResults } = this.config;
		this.#block = block ?? new Memory(indexSize(numbers));
		const found = new Memory(8 * maxResults);
		this.#found = new Uint32Array(found as unknown as ArrayBuffer);
		try {
			this.#native = new VectorIndex(this.#block, found, Math.max(ef, maxResults), block ? undefined : numbers);
		}
		catch (error) {
			if (block)
				throw new RuvllmError("HNSW_DAMAGED", "these bytes are no sound index; save it again");
			throw error;
		}
	}

	/**
	 * An index that was saved, searched where it lies; changed there too when it is a Memory.
	 * @param block the bytes of save(), beginning at a multiple of 4
	 * @throws RuvllmError HNSW_DAMAGED, HNSW_CONFIG
	 */
	static open(block: Pinned, options: { ef?: number; maxResults?: number } = {}): MicroHNSW {
		const view = new DataView(block as ArrayBuffer);
		const index = new MicroHNSW(options as HnswOptions, block);
		if (view.getUint32(CRC, true) !== checksum(block, index.byteLength))
			throw new RuvllmError("HNSW_CRC", "the checksum of the index is wrong; save it again");
		return index;
	}

	/** Vectors in it. */
	get size(): number {
		return this.#native.count;
	}
	get capacity(): number {
		return this.config.numbers.capacity;
	}
	/** Bytes of the block. */
	get byteLength(): number {
		return indexSize(this.config.numbers);
	}
	/** Distances that the last search computed. */
	get distances(): number {
		return this.#native.distances;
	}
	/** Bytes: the block, and what is needed to work in it. */
	memoryBudget(): { block: number; scratch: number; total: number } {
		const block = this.byteLength, scratch = this.#native.scratchBytes + 4 * this.#found.length;
		return { block, scratch, total: block + scratch };
	}

	/**
	 * Learns product quantisation's codebook from samples, before the first insertion. Cost: rounds * samples * centroids * dimensions.
	 * @throws RangeError when there are fewer samples than centroids, or vectors already
	 */
	train(samples: readonly Vector[], rounds = 10): void {
		const { dimensions } = this.config.numbers, all = new Uint8Array(samples.length * dimensions);
		for (let i = 0; i < samples.length; i++) {
			const { buffer, byteOffset, length } = this.#checked(samples[i]!);
			all.set(new Uint8Array(buffer, byteOffset, length), i * dimensions);
		}
		this.#native.train(all, rounds);
	}

	/**
	 * @param id its number; the lowest free one by default
	 * @returns the number
	 * @throws RuvllmError HNSW_FULL, VECTOR_SIZE; RangeError when the number is taken, or the point lies outside the ball
	 */
	insert(vector: Vector, id = this.#next()): number {
		this.#native.insert(id, this.#checked(vector));
		return id;
	}
	/** Replaces a vector. @throws RangeError when there is none of that number */
	update(id: number, vector: Vector): void {
		this.#checked(vector);
		const before = this.read(id);
		this.#native.remove(id);
		try {
			this.#native.insert(id, vector);
		}
		catch (error) {
			this.#native.insert(id, before);
			throw error;
		}
	}
	/** Takes a vector out, and closes the graph around the hole. Cost: a look at all links. @throws RangeError when there is none */
	delete(id: number): void {
		this.#native.remove(id);
		this.#free = Math.min(this.#free, id);
	}
	has(id: number): boolean {
		return this.#native.has(id);
	}
	/** A copy of a vector; with product quantisation what its code stands for. @throws RangeError when there is none */
	read(id: number): Vector {
		const { element, dimensions } = this.config;
		const vector = element === "int8" ? new Int8Array(dimensions) : element === "int16" ? new Int16Array(dimensions) : new Uint8Array(element === "bits" ? dimensions / 8 : dimensions);
		this.#native.read(id, vector);
		return vector;
	}

	/**
	 * The k nearest, nearest first, equals by number. Small indices are searched exactly: that is faster there.
	 * @throws RuvllmError VECTOR_SIZE; RangeError when k or ef is out of range (maxResults)
	 */
	search(vector: Vector, k = 10, options: SearchOptions = {}): SearchResult[] {
		const count = this.query(vector, k, options), results: SearchResult[] = [];
		for (let i = 0; i < count; i++) {
			const key = this.key(i);
			results.push({ id: this.id(i), key, distance: distanceOfKey(this.config.metric, key) });
		}
		return results;
	}
	/** The same without allocation: how many were found; `id(i)` and `key(i)` tell until the next search. */
	query(vector: Vector, k: number, { ef = this.config.ef, exact = false, filter }: SearchOptions = {}): number {
		const all = exact || this.#native.count <= DISTANCES_OF_EF * ef;
		return this.#native.search(this.#checked(vector), k, all ? 0 : Math.max(ef, k), filter);
	}
	id(i: number): number {
		return this.#found[2 * i + 1]!;
	}
	key(i: number): number {
		return this.#found[2 * i]!;
	}

	/** The whole index as bytes, for open(). */
	save(): Uint8Array {
		const bytes = new Uint8Array(this.byteLength);
		bytes.set(new Uint8Array(this.#block as ArrayBuffer).subarray(0, bytes.length));
		new DataView(bytes.buffer).setUint32(CRC, checksum(bytes.buffer as ArrayBuffer, bytes.length), true);
		return bytes;
	}

	#next(): number {
		while (this.#free < this.capacity && this.#native.has(this.#free))
			this.#free++;
		if (this.#free >= this.capacity)
			throw new RuvllmError("HNSW_FULL", `the index has ${this.capacity} vectors and no room for more; delete some, or make it larger`);
		return this.#free;
	}
	#checked<T extends Vector>(vector: T): T {
		const { bytes, element } = this.config;
		if (vector.byteLength !== bytes || (element === "int16") !== (vector.BYTES_PER_ELEMENT === 2))
			throw new RuvllmError("VECTOR_SIZE", `the vector has ${vector.byteLength} bytes of ${8 * vector.BYTES_PER_ELEMENT} bits, not ${bytes} of ${element}`);
		return vector;
	}
}

/** CRC-32 of a block with 0 in the place of the checksum. */
function checksum(block: Pinned, bytes: number): number {
	const before = crc32(block as ArrayBuffer, 0, CRC, 0);
	return crc32(block as ArrayBuffer, CRC + 4, bytes - CRC - 4, crc32(new ArrayBuffer(4), 0, 4, before));
}
