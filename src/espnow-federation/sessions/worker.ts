/**
 * A board's share of somebody else's session: holds layers and their cache, takes chunks, passes them on. It also keeps what a
 * new coordinator needs: the requests, and the tokens that passed.
 */

import { type ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { ChunkHead, header, Kind, Want } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { type Plan, route } from "ruvllm-esp32/espnow-federation/sessions/plan";
import type { TensorExchange } from "ruvllm-esp32/espnow-federation/sessions/tensor";
import { mostStateBytes, readState, writeState } from "ruvllm-esp32/espnow-federation/sessions/states";

/** What is generated in a lane, as its coordinator sent it. */
export interface LaneRequest {
	/** The coordinator's number of it. */
	request: number;
	/** Who asked. */
	owner: number;
	/** Settings, as JSON. */
	config: string;
	prompt: Int32Array;
}

/** What is known of a lane. */
export class LaneRecord {
	request: LaneRequest | undefined;
	/** Prompt and what followed. */
	readonly tokens: Int32Array;
	/** How many of them are certain. */
	confirmed = 0;

	constructor(contextLength: number) {
		this.tokens = new Int32Array(contextLength + 1);
	}
}

export interface WorkerSettings {
	session: number;
	epoch: number;
	plan: Plan;
	/** This board's place in it. */
	place: number;
	contextLength: number;
	lanes: LaneRecord[];
}

export class Worker {
	readonly session: number;
	readonly epoch: number;
	readonly plan: Plan;
	readonly place: number;
	readonly contextLength: number;
	readonly lanes: LaneRecord[];
	/** Undefined: this board stands by, or works in an exchange. */
	readonly part: TinyModel | undefined;
	/** Of a tensor plan. */
	exchange: TensorExchange | undefined;
	readonly #post: (to: number, bytes: Uint8Array, count: number) => void;
	/** Who gets what is done here; the coordinator behind the last stage. */
	readonly #next: number;
	readonly #last: boolean;
	readonly #head = new ChunkHead();
	readonly #out: ByteWriter;

	constructor(settings: WorkerSettings, part: TinyModel | undefined, messageBytes: number, post: (to: number, bytes: Uint8Array, count: number) => void) {
		this.session = settings.session;
		this.epoch = settings.epoch;
		this.plan = settings.plan;
		this.place = settings.place;
		this.contextLength = settings.contextLength;
		this.lanes = settings.lanes;
		this.part = part;
		this.#post = post;
		const places = route(this.plan), at = places.indexOf(this.place);
		this.#last = at === places.length - 1;
		this.#next = this.plan.stages[this.#last ? 0 : places[at + 1]!]!.address;
		this.#out = new ByteWriter(messageBytes);
	}

	get coordinator(): number {
		return this.plan.stages[0]!.address;
	}

	/** Keeps a token that passed, drafted or not. */
	note(lane: number, position: number, token: number, confirmed: number): void {
		const record = this.lanes[lane];
		if (record && position < record.tokens.length) {
			record.tokens[position] = token;
			record.confirmed = confirmed;
		}
	}

	close(): void {
		this.exchange?.close();
	}

	/** Runs a chunk's positions through the layers that are held here, and sends them on. @returns false for what is no chunk of this session */
	chunk(reader: ByteReader): boolean {
		const head = this.#head, { part } = this, out = this.#out;
		if (!part || !head.read(reader))
			return false;
		const { lane, position, count } = head, record = this.lanes[lane], end = position + count;
		if (!record || end > part.contextLength)
			return false;
		for (let i = 0; i < count; i++)
			record.tokens[position + i] = head.tokens[i]!;
		record.confirmed = Math.min(Math.max(head.confirmed, 0), end);
		if (this.#last)
			header(out, Kind.States, this.session, this.epoch).u8(lane).u8(head.branch).u16(end - 1).u8(head.want);
		else
			head.write(header(out, Kind.Chunk, this.session, this.epoch));
		for (let i = 0; i < count; i++) {
			if (!readState(reader, part.hidden))
				return false;
			part.runLayers(position + i, lane);
			if (!this.#last || head.want === Want.Last && i === count - 1)
				writeState(out, part.hidden);
		}
		this.#post(this.#next, out.bytes, out.at);
		return true;
	}
}

/** Bytes of a message that holds a chunk of `count` states of `values` at most. */
export const chunkBytes = (values: number, count: number): number => 16 + count * (2 + mostStateBytes(values));
