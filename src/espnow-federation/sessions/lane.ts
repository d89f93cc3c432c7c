/**
 * One sequence of a session, as its coordinator sees it: which positions were sent through the layers, which tokens are
 * certain, and which are only drafted. Tokens are drawn here and nowhere else, so they are what one board would draw.
 *
 * Drafted tokens (Leviathan et al. 2023, "Fast Inference from Transformers via Speculative Decoding") follow the last certain
 * one into the pipeline, each as soon as the first stage is free. When the state of a position comes back, the next token is
 * drawn as ever; if it is the drafted one, its own state is already on the way. If not, the branch ends: what is on the way
 * for it is void, and the sequence goes on from the drawn token, whose cache entries overwrite the wrong ones.
 */

import { Generation } from "ruvllm-esp32/engine/generation";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import type { LaneRecord, LaneRequest } from "ruvllm-esp32/espnow-federation/sessions/worker";
import { type ChunkHead, Want } from "ruvllm-esp32/espnow-federation/sessions/messages";

export interface LaneStatistics {
	/** Drafted tokens that were sent, and those that were drawn. */
	drafted: number;
	accepted: number;
}

export class Lane {
	readonly number: number;
	readonly record: LaneRecord;
	readonly request: LaneRequest;
	readonly generation: Generation;
	readonly statistics: LaneStatistics = { drafted: 0, accepted: 0 };
	branch = 0;
	/** The position that is sent next. */
	cursor = 0;
	/** Positions sent whose states were not seen. */
	#sent = 0;
	/** Tokens behind the certain ones that were drafted: they stand in `record.tokens`. */
	#drafted = 0;
	readonly #draft: Draft | undefined;
	readonly #depth: number;
	readonly #proposal: Int32Array;
	/** Positions that may be on the way. */
	window = 1;

	/**
	 * @param draft proposes tokens; undefined: none
	 * @param depth tokens that may be drafted at a time
	 */
	constructor(number: number, record: LaneRecord, request: LaneRequest, generation: Generation, draft: Draft | undefined, depth: number) {
		this.number = number;
		this.record = record;
		this.request = request;
		this.generation = generation;
		this.#draft = draft;
		this.#depth = draft ? depth : 0;
		this.#proposal = new Int32Array(depth);
		for (let i = 0; i < generation.length; i++)
			record.tokens[i] = generation.sequence[i]!;
		record.confirmed = generation.length;
		draft?.reset(generation.sequence, generation.length);
	}

	/** Everything has to go through the layers again: their caches are gone. */
	restart(): void {
		this.branch = this.branch + 1 & 255;
		this.cursor = this.#sent = this.#drafted = 0;
	}

	/** Positions on the way. */
	get sent(): number {
		return this.#sent;
	}

	/** Whether a chunk can be sent now. Drafts one token more when all certain ones were sent and the depth allows. */
	get ready(): boolean {
		if (this.generation.ended || this.#sent >= this.window)
			return false;
		const { record, cursor } = this;
		return cursor < record.confirmed + this.#drafted || this.#proposes();
	}

	/** Drafts one token more; it is a continuation of those that are drafted already. */
	#proposes(): boolean {
		const { tokens, confirmed } = this.record, drafted = this.#drafted, proposal = this.#proposal;
		if (drafted >= this.#depth || confirmed + drafted >= tokens.length - 1 || this.#draft!.propose(proposal, drafted + 1) <= drafted)
			return false;
		for (let i = 0; i < drafted; i++)
			if (proposal[i] !== tokens[confirmed + i])
				return false;
		tokens[confirmed + drafted] = proposal[drafted]!;
		this.#drafted++;
		return true;
	}

	/** Fills `head` with the next positions, at most `most` of them. Call only when ready. */
	next(head: ChunkHead, most: number): void {
		const { record, cursor } = this, certain = record.confirmed - cursor;
		// The last certain token's state is wanted; earlier ones only fill the cache. Drafted tokens go one by one.
		const count = certain > 1 ? Math.min(certain, most) : 1;
		head.lane = this.number;
		head.branch = this.branch;
		head.position = cursor;
		head.count = count;
		head.confirmed = record.confirmed;
		head.want = cursor + count >= record.confirmed ? Want.Last : Want.None;
		for (let i = 0; i < count; i++)
			head.tokens[i] = record.tokens[cursor + i]!;
		this.cursor += count;
		this.#sent += count;
		if (cursor >= record.confirmed)
			this.statistics.drafted++;
	}

	/** Whether the state of `position`, which came for `branch`, is still of use. */
	expects(branch: number, position: number): boolean {
		return branch === this.branch && !this.generation.ended && position < this.cursor;
	}

	/** A chunk up to `position` went through, without a state. */
	passed(position: number): void {
		this.#sent = this.cursor - position - 1;
	}

	/** The logits of `position` stand in the model: draws the next token. @returns it, or -1: the generation has ended */
	draw(position: number): number {
		const { record, generation } = this;
		this.passed(position);
		const token = generation.next();
		if (token < 0)
			return -1;
		const at = record.confirmed++;
		this.#draft?.push(token);
		if (this.#drafted > 0) {
			this.#drafted--;
			if (record.tokens[at] === token) {
				this.statistics.accepted += at < this.cursor ? 1 : 0;
				return token;
			}
			this.branch = this.branch + 1 & 255;
			this.#drafted = this.#sent = 0;
			this.cursor = at;
		}
		record.tokens[at] = token;
		return token;
	}
}
