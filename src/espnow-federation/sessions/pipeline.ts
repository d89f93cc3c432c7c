/**
 * Pipeline: each board has some layers, a chunk visits them in order, and what is left behind the last layer comes back
 * (Huang et al. 2019, "GPipe", for one position at a time). Frames for a position: one for each board with layers, and one back.
 */

import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { CHUNK_HEAD_BYTES, type ChunkHead, HEADER_BYTES, MOST_POSITIONS, Want } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { type Plan, route } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { chunksOf } from "ruvllm-esp32/espnow-federation/sessions/states";
import type { Arrival, Transport } from "ruvllm-esp32/espnow-federation/sessions/transport";
import type { Chunks } from "ruvllm-esp32/platform/states";

export interface PipelineSettings {
	session: number;
	epoch: number;
	plan: Plan;
	/** The coordinator's own layers. */
	part: TinyModel;
	/** Bytes of a message in one frame. */
	frameBytes: number;
	post(to: number, bytes: Uint8Array, count: number): void;
	arrived: Arrival;
}

export class Pipeline implements Transport {
	readonly most: number;
	readonly depth: number;
	readonly steps = 0;
	readonly #settings: PipelineSettings;
	/** The first board with layers beside the coordinator; 0: none, all layers are here. */
	readonly #next: number;
	readonly #part: TinyModel;
	readonly #chunks: Chunks;
	readonly #out: Uint8Array;

	constructor(settings: PipelineSettings) {
		this.#settings = settings;
		this.#part = settings.part;
		const { plan, part, frameBytes } = settings, places = route(plan), values = part.shape.embedDim;
		this.#next = places.length ? plan.stages[places[0]!]!.address : 0;
		this.depth = places.length + 1;
		// States of about 20 bits: as many as one frame takes, so that reading a prompt costs few of them.
		const state = 3 + Math.ceil(20 * values / 8);
		this.most = Math.max(1, Math.min(MOST_POSITIONS, Math.floor((frameBytes - HEADER_BYTES - CHUNK_HEAD_BYTES) / state)));
		({ chunks: this.#chunks, out: this.#out } = chunksOf(part, this.most, settings.session, settings.epoch));
	}

	/** Waiting in the network is bounded by the lanes' windows. */
	get free(): boolean {
		return true;
	}

	submit(head: ChunkHead): void {
		const part = this.#part, next = this.#next, chunks = this.#chunks, { lane, position, count, tokens } = head;
		if (next) {
			chunks.head(lane, head.branch, head.want, position, count, head.confirmed, tokens[0]!);
			for (let i = 1; i < count; i++)
				chunks.token(tokens[i]!);
		}
		let written = 0;
		for (let i = 0; i < count; i++) {
			part.embed(tokens[i]!);
			part.runLayers(position + i, lane);
			if (next)
				written = chunks.put();
		}
		if (next)
			this.#settings.post(next, this.#out, written);
		else
			this.#settings.arrived(lane, head.branch, position + count - 1, head.want === Want.Last);
	}

	states(buffer: ArrayBufferLike, offset: number, count: number): boolean {
		const found = this.#chunks.states(buffer, offset, count);
		if (found < 0)
			return false;
		this.#settings.arrived(found >> 24 & 15, found >> 16 & 255, found & 0xffff, found >> 28 === 1);
		return true;
	}

	message(): boolean {
		return false;
	}

	close(): void {}
}
