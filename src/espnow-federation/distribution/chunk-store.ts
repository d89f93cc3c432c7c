/** Where a board keeps a model and its manifest: flash (flash-store), or a file that is there anyway. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { CHUNK_BYTES } from "ruvllm-esp32/espnow-federation/distribution/manifest";

export interface ChunkStore {
	/** Chunk i begins at i * 4096; read-only, shows what is written later too. */
	readonly bytes: Uint8Array;
	/** Chunks that it can hold. */
	readonly capacity: number;
	/** The manifest that was kept last; undefined: none. */
	readonly manifest: Uint8Array | undefined;
	/** Bytes of the longest manifest that it can keep. */
	readonly manifestCapacity: number;
	/** Makes room for another manifest; the one that is kept stays until keepManifest. */
	beginManifest(bytes: number): void;
	/** `offset` is a multiple of 4; each byte once. */
	writeManifest(offset: number, bytes: Uint8Array): void;
	/** What was written since beginManifest. */
	readonly draft: Uint8Array;
	/** The draft is the manifest from now on, or, when the power goes before this returns, is not. */
	keepManifest(): void;
	/** Puts a chunk in its place. When the power goes meanwhile, anything may be there. */
	write(chunk: number, bytes: Uint8Array): void;
}

/** A whole model that lies in memory or in an asset: for boards that give, and do not take. */
export class FixedStore implements ChunkStore {
	readonly bytes: Uint8Array;
	readonly capacity: number;
	readonly manifest: Uint8Array;
	readonly manifestCapacity = 0;

	/** @param manifest of this model: by `ruvllm-esp32 sign`, or makeManifest */
	constructor(model: Uint8Array, manifest: Uint8Array) {
		this.bytes = model;
		this.manifest = manifest;
		this.capacity = Math.ceil(model.length / CHUNK_BYTES);
	}

	get draft(): Uint8Array {
		return this.#refuse();
	}
	beginManifest(): void {
		this.#refuse();
	}
	writeManifest(): void {
		this.#refuse();
	}
	keepManifest(): void {
		this.#refuse();
	}
	write(): void {
		this.#refuse();
	}

	#refuse(): never {
		throw new RuvllmError("DISTRIBUTION_STORAGE", "this board's model can't be replaced; give it a FlashStore");
	}
}
