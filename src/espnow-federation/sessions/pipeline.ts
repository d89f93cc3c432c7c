/**
 * Pipeline: each board has some layers, a chunk visits them in order, and what is left behind the last layer comes back
 * (Huang et al. 2019, "GPipe", for one position at a time). Frames for a position: one for each board with layers, and one back.
 */

import { type ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { CHUNK_HEAD_BYTES, type ChunkHead, header, HEADER_BYTES, Kind, MOST_POSITIONS, Want } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { type Plan, route } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { readState, writeState } from "ruvllm-esp32/espnow-federation/sessions/states";
import type { Arrival, Transport } from "ruvllm-esp32/espnow-federation/sessions/transport";
import { chunkBytes } from "ruvllm-esp32/espnow-federation/sessions/worker";

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
	readonly #out: ByteWriter;

	constructor(settings: PipelineSettings) {
		this.#settings = settings;
		const { plan, part, frameBytes } = settings, places = route(plan), values = part.shape.embedDim;
		this.#next = places.length ? plan.stages[places[0]!]!.address : 0;
		this.depth = places.length + 1;
		// States of about 20 bits: as many as one frame takes, so that reading a prompt costs few of them.
		const state = 3 + Math.ceil(20 * values / 8);
		this.most = Math.max(1, Math.min(MOST_POSITIONS, Math.floor((frameBytes - HEADER_BYTES - CHUNK_HEAD_BYTES) / state)));
		this.#out = new ByteWriter(chunkBytes(values, this.most));
	}

	/** Waiting in the network is bounded by the lanes' windows. */
	get free(): boolean {
		return true;
	}

	submit(head: ChunkHead): void {
		const { part, session, epoch, post, arrived } = this.#settings, out = this.#out, { lane, position, count } = head;
		if (this.#next)
			head.write(header(out, Kind.Chunk, session, epoch));
		for (let i = 0; i < count; i++) {
			part.embed(head.tokens[i]!);
			part.runLayers(position + i, lane);
			if (this.#next)
				writeState(out, part.hidden);
		}
		if (this.#next)
			post(this.#next, out.bytes, out.at);
		else
			arrived(lane, head.branch, position + count - 1, head.want === Want.Last);
	}

	message(kind: number, _from: number, reader: ByteReader): boolean {
		if (kind !== Kind.States)
			return false;
		const lane = reader.u8(), branch = reader.u8(), position = reader.u16(), count = reader.u8();
		if (!reader.ok || count > 1 || count === 1 && !readState(reader, this.#settings.part.hidden))
			return false;
		this.#settings.arrived(lane, branch, position, count === 1);
		return true;
	}

	close(): void {}
}
