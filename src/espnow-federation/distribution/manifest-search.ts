/** Finds the manifest of a model among those that boards have, and refuses those that this board may not take. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { sha256, verify } from "ruvllm-esp32/platform/crypto";
import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { get16, getU32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { ManifestFetch } from "ruvllm-esp32/espnow-federation/distribution/manifest-fetch";
import { CHUNK_BYTES, ID_BYTES, type Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { BODY_AT, ID_AT } from "ruvllm-esp32/espnow-federation/distribution/messages";

/** Times that a piece of a manifest is asked for. */
const TRIES = 3;
/** When to look again after the network had no room: it also says so when it has. */
const BLOCKED = 100_000;
/** Manifests that are refused until no more are looked at: each costs an erasure. */
const MOST_REFUSED = 64;

export class ManifestSearch {
	readonly #store: ChunkStore;
	readonly #model: number;
	readonly #publicKey: Uint8Array | undefined;
	readonly #refused: (error: RuvllmError, address: number) => void;
	/** Ids of manifests that were refused, as text: each is asked for once of each board. */
	readonly #ids = new Set<string>();
	#fetch: ManifestFetch | undefined;

	constructor(store: ChunkStore, model: number, publicKey: Uint8Array | undefined, refused: (error: RuvllmError, address: number) => void) {
		this.#store = store;
		this.#model = model;
		this.#publicKey = publicKey;
		this.#refused = refused;
	}

	/** Whether one is being fetched. */
	get busy(): boolean {
		return this.#fetch !== undefined;
	}
	/** Asks for the next piece when it is time to. @returns when to call again */
	work(network: Network, now: number, timeout: number): number {
		if (this.#fetch && !this.#fetch.work(network, now, timeout, TRIES))
			this.#fetch = undefined;
		return !this.#fetch ? Infinity : this.#fetch.deadline > now ? this.#fetch.deadline : now + BLOCKED;
	}
	/** Takes a message of type Holding that names the model. @throws what the storage throws */
	offered(from: number, bytes: Uint8Array): void {
		const chunks = get16(bytes, BODY_AT + 4);
		if (this.#fetch || this.#ids.size === MOST_REFUSED || this.#ids.has(nameOf(from, bytes)))
			return;
		this.#guarded(from, bytes, () => {
			this.#fit(chunks);
			this.#fetch = new ManifestFetch(this.#store, from, bytes.subarray(ID_AT, ID_AT + ID_BYTES), getU32(bytes, BODY_AT));
		});
	}
	/** Takes a message of type Manifest. @returns the manifest when it is whole, right and kept. @throws what the storage throws */
	take(from: number, bytes: Uint8Array, count: number): Manifest | undefined {
		let kept: Manifest | undefined;
		if (from !== this.#fetch?.from)
			return undefined;
		this.#guarded(from, bytes, () => {
			const manifest = this.#fetch!.take(bytes, count, sha256);
			if (!manifest)
				return;
			if (this.#publicKey)
				manifest.check(this.#publicKey, verify);
			if (manifest.crc !== this.#model)
				throw new RuvllmError("DISTRIBUTION_MANIFEST", "the manifest is of another model than was announced");
			this.#fit(manifest.chunks);
			this.#store.keepManifest();
			kept = manifest;
			this.#fetch = undefined;
		});
		return kept;
	}
	/** That board has it no more, or is gone. */
	lost(address: number): void {
		if (this.#fetch?.from === address)
			this.#fetch = undefined;
	}

	#fit(chunks: number): void {
		if (chunks > this.#store.capacity)
			throw new RuvllmError("DISTRIBUTION_STORAGE", `the model has ${chunks} chunks of ${CHUNK_BYTES} bytes, and there is room for ${this.#store.capacity}; make the partition larger`);
	}
	#guarded(from: number, bytes: Uint8Array, action: () => void): void {
		try {
			action();
		}
		catch (error) {
			this.#fetch = undefined;
			if (!(error instanceof RuvllmError))
				throw error;
			this.#ids.add(nameOf(from, bytes));
			this.#refused(error, from);
		}
	}
}

const nameOf = (from: number, bytes: Uint8Array): string => `${from} ${bytes.subarray(ID_AT, ID_AT + ID_BYTES).join()}`;
