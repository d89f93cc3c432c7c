/** Boards in a virtual world that give and fetch models. */

import type { RuvllmError } from "ruvllm-esp32/core/errors";
import { publicKeyOf, sha256, sign } from "ruvllm-esp32/platform/crypto";
import { Distribution, type DistributionOptions, type FetchOptions } from "ruvllm-esp32/espnow-federation/distribution/distribution";
import { type ChunkStore, FixedStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { FlashStore } from "ruvllm-esp32/espnow-federation/distribution/flash-store";
import { makeManifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { NorFlash } from "../../benches/ruvector/power-cut/nor-flash";
import type { NodeOptions } from "ruvllm-esp32/espnow-federation/node";
import { complete, town, type Town } from "./network";
import type { WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";

export const PRIVATE = new Uint8Array(32).fill(5);
export const OTHER_PRIVATE = new Uint8Array(32).fill(6);
export const publicKey = (): Uint8Array => publicKeyOf(PRIVATE);

/** A manifest signed with a private key; unsigned without. */
export const manifestOf = (model: Uint8Array, key?: Uint8Array, name = "small"): Uint8Array => makeManifest(model, name, sha256, key && ((body) => {
	const digest = new Uint8Array(32);
	sha256(body, 0, body.length, digest);
	return sign(key, digest);
}));
export const crcOf = (model: Uint8Array): number => new DataView(model.buffer, model.byteOffset).getUint32(28, true);

/** An erased flash with room for so many chunks. */
export const flashFor = (chunks: number): NorFlash => new NorFlash(4096 * (chunks + 2 * Math.ceil((184 + 16 * chunks) / 4096)), 4096);

export interface Outcome {
	model?: Uint8Array;
	error?: Error;
	/** Of the last progress. */
	have: number;
	steps: number;
}

export class Swarm {
	readonly town: Town;
	readonly parts: (Distribution | undefined)[] = [];
	readonly refused: { code: string; address: number }[] = [];
	readonly #options: Partial<DistributionOptions>;

	/** @param stores one for each board */
	constructor(readonly stores: (ChunkStore | undefined)[], world: WorldOptions, options: Partial<DistributionOptions> = {}, node: Partial<NodeOptions> = {}) {
		this.town = town(stores.length, world, node);
		this.#options = options;
		stores.forEach((_, i) => this.open(i));
		if (!this.town.world.runUntil(() => complete(this.town), 10_000_000))
			throw new Error("the boards do not find each other");
	}

	open(i: number): void {
		const store = this.stores[i];
		this.parts[i] = store && new Distribution({
			network: this.town.nodes[i]!, store, onError: (error: RuvllmError, address) => this.refused.push({ code: error.code, address }), ...this.#options,
		});
	}
	fetch(i: number, model: number, options: Partial<FetchOptions> = {}): Outcome {
		const outcome: Outcome = { have: 0, steps: 0 };
		this.parts[i]!.fetch(model, {
			onDone: (bytes) => { outcome.model = bytes; },
			onFailed: (error) => { outcome.error = error; },
			onProgress: (have) => {
				outcome.have = have;
				outcome.steps++;
			},
			...options,
		});
		return outcome;
	}
	/** Until all ended, so many seconds at most. */
	run(outcomes: readonly Outcome[], seconds: number): boolean {
		const { world } = this.town;
		return world.runUntil(() => outcomes.every(({ model, error }) => model ?? error), world.now + seconds * 1e6);
	}
	/** Off, and on again with the same storage, which is read anew. */
	reboot(i: number, flash: NorFlash): void {
		this.parts[i]?.close();
		this.town.restart(i);
		this.stores[i] = new FlashStore(flash, sha256);
		this.open(i);
	}
}

export const giver = (model: Uint8Array, key?: Uint8Array): FixedStore => new FixedStore(model, manifestOf(model, key));
export const taker = (flash: NorFlash): FlashStore => new FlashStore(flash, sha256);
export const codeIn = (outcome: Outcome): string => (outcome.error as RuvllmError | undefined)?.code ?? (outcome.error ? outcome.error.message : "none");
