/** Fetches a manifest, piece by piece from one board, into the storage's draft, and checks all of it there. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { getU32, put16, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { type Hash, ID_BYTES, Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { begin, BODY_AT, DistributionMessage, ID_AT, PIECE_BYTES } from "ruvllm-esp32/espnow-federation/distribution/messages";

export class ManifestFetch {
	readonly from: number;
	readonly id: Uint8Array;
	readonly #store: ChunkStore;
	readonly #bytes: number;
	readonly #request = new Uint8Array(BODY_AT + 6);
	/** Bytes that are there. */
	#at = 0;
	#tries = 0;
	/** Of the piece that was asked for; -Infinity: it is to be asked for. */
	deadline = -Infinity;

	/** @throws RuvllmError DISTRIBUTION_STORAGE when it does not fit */
	constructor(store: ChunkStore, from: number, id: Uint8Array, bytes: number) {
		this.from = from;
		this.id = id.slice(0, ID_BYTES);
		this.#store = store;
		this.#bytes = bytes;
		store.beginManifest(bytes);
	}

	/** Asks for the next piece when it is time to. @returns false: the board does not answer */
	work(network: Network, now: number, timeout: number, tries: number): boolean {
		if (this.deadline > now)
			return true;
		if (this.#tries === tries)
			return false;
		const out = this.#request;
		begin(out, DistributionMessage.GetManifest, this.id);
		put32(out, BODY_AT, this.#at);
		put16(out, BODY_AT + 4, Math.min(PIECE_BYTES, this.#bytes - this.#at));
		if (network.send(this.from, Service.Distribution, out)) {
			this.#tries++;
			this.deadline = now + timeout;
		}
		return true;
	}
	/**
	 * Takes a message of type Manifest.
	 * @returns the manifest when that was the last piece
	 * @throws RuvllmError DISTRIBUTION_MANIFEST when it is none, or not the one that was announced
	 */
	take(bytes: Uint8Array, count: number, hash: Hash): Manifest | undefined {
		const size = count - BODY_AT - 4, wanted = Math.min(PIECE_BYTES, this.#bytes - this.#at);
		for (let i = 0; i < ID_BYTES; i++)
			if (this.id[i] !== bytes[ID_AT + i])
				return undefined;
		if (size !== wanted || getU32(bytes, BODY_AT) !== this.#at)
			return undefined;
		this.#store.writeManifest(this.#at, bytes.subarray(BODY_AT + 4, count));
		this.#at += size;
		this.#tries = 0;
		this.deadline = -Infinity;
		if (this.#at < this.#bytes)
			return undefined;
		const manifest = new Manifest(this.#store.draft, hash);
		if (!manifest.hasId(this.id, 0))
			throw new RuvllmError("DISTRIBUTION_MANIFEST", "the manifest is not the one that was announced");
		return manifest;
	}
}
