/** Which chunks of its manifest a board has, found by hashing what is in its storage, a few at a time. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { ChunkSet } from "ruvllm-esp32/espnow-federation/distribution/chunk-set";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { CHUNK_BYTES, type Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";

export class Holdings {
	readonly manifest: Manifest;
	readonly have: ChunkSet;
	readonly #store: ChunkStore;
	/** Chunks below were looked at. */
	#scanned = 0;

	constructor(store: ChunkStore, manifest: Manifest) {
		this.#store = store;
		this.manifest = manifest;
		this.have = new ChunkSet(manifest.chunks);
	}

	get complete(): boolean {
		return this.have.size === this.manifest.chunks;
	}
	get scanning(): boolean {
		return this.#scanned < this.manifest.chunks;
	}
	/** Looks at the next ones, `most` at most. Cost: a hash of 4 KB each. */
	scan(most: number): void {
		for (; most > 0 && this.scanning; most--, this.#scanned++)
			if (this.manifest.matches(this.#scanned, this.#store.bytes, CHUNK_BYTES * this.#scanned))
				this.have.add(this.#scanned);
	}
	/**
	 * Takes bytes[offset ...) for a chunk when they are it: then they are in the storage, and were read there again.
	 * @returns false: they are not, and nothing was written
	 * @throws RuvllmError DISTRIBUTION_STORAGE, and what the storage throws
	 */
	take(chunk: number, bytes: Uint8Array, offset: number, count: number): boolean {
		const { manifest } = this;
		if (count !== manifest.chunkBytes(chunk) || !manifest.matches(chunk, bytes, offset))
			return false;
		this.#store.write(chunk, bytes.subarray(offset, offset + count));
		if (!manifest.matches(chunk, this.#store.bytes, CHUNK_BYTES * chunk))
			throw new RuvllmError("DISTRIBUTION_STORAGE", `chunk ${chunk} is not in the flash as it was written; the flash is worn, or too small`);
		this.have.add(chunk);
		return true;
	}
	/** The model's file, as far as it is there. */
	get model(): Uint8Array {
		return this.#store.bytes.subarray(0, this.manifest.modelBytes);
	}
}
