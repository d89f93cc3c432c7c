/**
 * Models over the network: gives other boards the chunks of the model that this one has, and fetches a model, or the layers of one
 * that this board is to compute. A chunk (4 KB, a sector of flash) is written only when its SHA-256 is that of the manifest; where a
 * public key is set, only manifests signed with its private key (ECDSA P-256) are taken.
 *
 *   const distribution = new Distribution({ network, store: new FlashStore(new Flash("model"), sha256), publicKey });
 *   distribution.fetch(model, { layers: { from: 0, to: 4, first: true, last: false }, onDone, onFailed });
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { sha256, verify } from "ruvllm-esp32/platform/crypto";
import { Alarm } from "ruvllm-esp32/espnow-federation/alarm";
import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { Fetch, type FetchSettings } from "ruvllm-esp32/espnow-federation/distribution/fetch";
import { Holdings } from "ruvllm-esp32/espnow-federation/distribution/holdings";
import type { LayerRange } from "ruvllm-esp32/espnow-federation/distribution/layers";
import { Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { BODY_AT, DistributionMessage } from "ruvllm-esp32/espnow-federation/distribution/messages";
import { Provider } from "ruvllm-esp32/espnow-federation/distribution/provider";

export interface DistributionOptions {
	network: Network;
	store: ChunkStore;
	/** P-256, 65 bytes, from `ruvllm-esp32 keygen`; none: unsigned models are taken too. */
	publicKey?: Uint8Array;
	/** Chunks asked for at a time, of all boards together, 1 to 8; 2 by default: all share one channel. */
	window?: number;
	/** After which a chunk is asked for again, 100 to 600000; 3000 by default: a chunk takes 50 at 1 Mb/s when the channel is free. */
	timeoutMilliseconds?: number;
	/** Without a new chunk until a fetch fails; 60000 by default. */
	patienceMilliseconds?: number;
	/** Which board's manifest or chunk was refused, and why. */
	onError?: (error: RuvllmError, address: number) => void;
}

export interface FetchOptions {
	/** Which part of the model; all by default. */
	layers?: LayerRange;
	onProgress?: (have: number, wanted: number) => void;
	/** `model`: the file where it lies; outside the layers that were wanted, anything may be there. */
	onDone: (model: Uint8Array) => void;
	/** Codes: DISTRIBUTION_SOURCE, _CHUNK, _MANIFEST, _UNSIGNED, _SIGNATURE, _STORAGE, _LAYERS, MODEL_*, and errors of the storage. */
	onFailed: (error: Error) => void;
}

/** Chunks that are hashed between two looks at the radio. */
const SCAN = 8;

export class Distribution {
	readonly #network: Network;
	readonly #store: ChunkStore;
	readonly #settings: FetchSettings;
	readonly #provider: Provider;
	readonly #alarm: Alarm;
	readonly #stops: (() => void)[];
	#holdings: Holdings | undefined;
	#fetch: Fetch | undefined;
	#closed = false;

	/**
	 * Begins to look what the storage holds, and to give it.
	 * @throws RuvllmError CRYPTO_ABSENT, DISTRIBUTION_CONFIG
	 */
	constructor({ network, store, publicKey, window = 2, timeoutMilliseconds = 3000, patienceMilliseconds = 60_000, onError }: DistributionOptions) {
		check(integerFrom(window, 1, 8), "window must be 1 to 8");
		check(integerFrom(timeoutMilliseconds, 100, 600_000), "timeoutMilliseconds must be 100 to 600000");
		check(integerFrom(patienceMilliseconds, timeoutMilliseconds, 86_400_000), "patienceMilliseconds must be from timeoutMilliseconds to a day");
		check(publicKey === undefined || publicKey.length === 65, "publicKey must have 65 bytes; `ruvllm-esp32 keygen` prints them");
		sha256(EMPTY, 0, 0, new Uint8Array(32));
		this.#network = network;
		this.#store = store;
		this.#settings = {
			publicKey, window, timeoutMicroseconds: 1000 * timeoutMilliseconds, patienceMicroseconds: 1000 * patienceMilliseconds,
			refused: (error, address) => onError?.(error, address),
		};
		this.#provider = new Provider(network);
		this.#alarm = new Alarm(network.clock, () => this.#work());
		this.#holdings = this.#stored();
		this.#provider.give(this.#holdings, store.bytes);
		network.handle(Service.Distribution, (from, bytes, count) => this.#receive(from, bytes, count));
		this.#stops = [
			network.onDrain(() => this.#work()),
			network.watch((event, member) => {
				if (event === "left")
					this.#fetch?.left(member.address);
				else if (event === "joined")
					this.#fetch?.joined();
				this.#work();
			}),
		];
		this.#announce();
		this.#wake();
	}

	/** Of the model in the storage; undefined: none, or none that may be taken. */
	get manifest(): Manifest | undefined {
		return this.#holdings?.manifest;
	}
	/** Chunks of it that are there, as far as they were looked at. */
	get chunks(): number {
		return this.#holdings?.have.size ?? 0;
	}
	get complete(): boolean {
		return this.#holdings?.complete ?? false;
	}
	get chunksSent(): number {
		return this.#provider.chunksSent;
	}
	get fetching(): boolean {
		return this.#fetch !== undefined;
	}

	/**
	 * Fetches what is wanted of a model and is not in the storage. Another model in the storage is overwritten, but for chunks that
	 * both have.
	 * @param model its CRC-32, as in its header and in Capabilities.model
	 * @throws RuvllmError DISTRIBUTION_BUSY while another fetch runs
	 */
	fetch(model: number, { layers, onProgress, onDone, onFailed }: FetchOptions): void {
		if (this.#fetch)
			throw new RuvllmError("DISTRIBUTION_BUSY", "a model is being fetched already; wait for it, or cancel it");
		check(integerFrom(model, 0, 0xffffffff), "model must be a CRC-32, 0 to 2^32 - 1");
		const end = (): void => {
			this.#fetch = undefined;
			this.#announce();
		};
		this.#fetch = new Fetch(this.#network, this.#store, this.#holdings, model, layers, this.#settings, {
			adopted: (holdings) => {
				this.#holdings = holdings;
				this.#provider.give(holdings, this.#store.bytes);
				this.#announce();
			},
			progress: (have, wanted) => onProgress?.(have, wanted),
			done: (bytes) => {
				end();
				onDone(bytes);
			},
			failed: (error) => {
				end();
				onFailed(error);
			},
		});
		this.#wake();
	}
	/** Gives up; what was fetched stays, and is not fetched again. */
	cancel(): void {
		this.#fetch = undefined;
	}
	close(): void {
		this.cancel();
		this.#closed = true;
		this.#alarm.close();
		this.#network.handle(Service.Distribution, undefined);
		for (const stop of this.#stops)
			stop();
	}

	/** What the storage's manifest says, unless it is damaged, or not signed as it must be now. */
	#stored(): Holdings | undefined {
		const bytes = this.#store.manifest;
		if (!bytes)
			return undefined;
		try {
			const manifest = new Manifest(bytes, sha256);
			if (this.#settings.publicKey)
				manifest.check(this.#settings.publicKey, verify);
			return manifest.chunks <= this.#store.capacity ? new Holdings(this.#store, manifest) : undefined;
		}
		catch (error) {
			this.#settings.refused(error as RuvllmError, this.#network.address);
			return undefined;
		}
	}
	#receive(from: number, bytes: Uint8Array, count: number): void {
		if (count < BODY_AT)
			return;
		const type = bytes[0]!;
		if (type === DistributionMessage.Query || type === DistributionMessage.GetManifest || type === DistributionMessage.GetChunk)
			this.#provider.receive(from, bytes, count);
		else if (this.#fetch) {
			this.#fetch.receive(from, bytes, count);
			this.#work();
		}
	}
	#work(): void {
		if (this.#closed)
			return;
		this.#provider.work();
		if (this.#fetch)
			this.#alarm.by(this.#fetch.work());
		else if (this.#holdings?.scanning) {
			this.#holdings.scan(SCAN);
			if (this.#holdings.scanning)
				this.#wake();
			else
				this.#announce();
		}
	}
	#wake(): void {
		this.#alarm.by(this.#network.clock.microseconds());
	}
	/** Others see whether there is anything here, and whether all of a model is. */
	#announce(): void {
		const self = this.#network.self, model = this.complete ? this.#holdings!.manifest.crc : 0, services = this.#holdings ? self.services | BIT : self.services & ~BIT;
		if (self.model === model && self.services === services)
			return;
		self.model = model;
		self.services = services;
		this.#network.announce();
	}
}

const BIT = 1 << Service.Distribution;
const EMPTY = new Uint8Array(0);
const integerFrom = (value: number, low: number, high: number): boolean => Number.isInteger(value) && value >= low && value <= high;

function check(good: boolean, sentence: string): void {
	if (!good)
		throw new RuvllmError("DISTRIBUTION_CONFIG", sentence);
}
