/**
 * A board's share of somebody else's session: holds layers and their cache, takes chunks, passes them on. It also keeps what a
 * new coordinator needs: the requests, and the tokens that passed.
 */

import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { get16 } from "ruvllm-esp32/espnow-federation/frames/layout";
import { MOST_POSITIONS } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { type Plan, route } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { chunksOf } from "ruvllm-esp32/espnow-federation/sessions/states";
import type { TensorExchange } from "ruvllm-esp32/espnow-federation/sessions/tensor";
import type { Chunks } from "ruvllm-esp32/platform/states";

/** Of a chunk: docs/federation-sessions.md. */
const CONFIRMED_AT = 10, TOKENS_AT = 12;

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
	readonly #chunks: Chunks | undefined;
	readonly #out: Uint8Array | undefined;

	constructor(settings: WorkerSettings, part: TinyModel | undefined, post: (to: number, bytes: Uint8Array, count: number) => void) {
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
		if (part)
			({ chunks: this.#chunks, out: this.#out } = chunksOf(part, MOST_POSITIONS, this.session, this.epoch));
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

	/**
	 * Runs a chunk's positions through the layers that are held here, and sends them on.
	 * @param bytes the message, in `buffer` from `offset` on
	 * @returns false for what is no chunk of this session
	 */
	chunk(bytes: Uint8Array, buffer: ArrayBufferLike, offset: number, count: number): boolean {
		const { part } = this, chunks = this.#chunks;
		if (!part || !chunks)
			return false;
		const head = chunks.begin(buffer, offset, count, this.#last);
		if (head < 0)
			return false;
		const positions = head & 63, lane = head >> 6 & 255, position = head >> 14, record = this.lanes[lane], end = position + positions;
		if (!record || end > part.contextLength)
			return false;
		for (let i = 0; i < positions; i++)
			record.tokens[position + i] = get16(bytes, TOKENS_AT + 2 * i);
		record.confirmed = Math.min(get16(bytes, CONFIRMED_AT), end);
		for (let i = 0, written = 0; written === 0; i++) {
			part.runLayers(position + i, lane);
			written = chunks.step(buffer, offset, count);
			if (written < 0)
				return false;
			if (written > 0)
				this.#post(this.#next, this.#out!, written);
		}
		return true;
	}
}
