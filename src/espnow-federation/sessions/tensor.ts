/**
 * Tensor parallelism: all boards work on one position at a time, each on its heads and hidden columns (engine/tensor-part.ts). Twice
 * in a layer everybody needs everybody's part: each broadcasts its own, and asks for what did not come. A board that has heads and
 * columns can't be more than one step ahead of another; without it, as boards may have no heads, two: so four parts of one's own
 * are more than anybody can ask for.
 *
 * Steps of a position: 2 * layer for the heads, 2 * layer + 1 for the columns. The coordinator counts positions as turns.
 */

import { type ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import type { TensorPart } from "ruvllm-esp32/engine/tensor-part";
import type { Clock } from "ruvllm-esp32/espnow-federation/network";
import { type ChunkHead, header, Kind, Want } from "ruvllm-esp32/espnow-federation/sessions/messages";
import type { Plan, Stage } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { readState, writeState } from "ruvllm-esp32/espnow-federation/sessions/states";
import type { Arrival, Transport } from "ruvllm-esp32/espnow-federation/sessions/transport";

/** Values of a part in one message: with 32 bits each, they fit a frame of 250 bytes. */
const PIECE = 40;
/** Milliseconds after which what did not come is asked for: as long as a step takes here, within these; longer each time. */
const PATIENCE = 4, MOST_PATIENCE = 200;

/** Parts of one's own that are kept. */
const KEPT = 4;

interface Sent {
	turn: number;
	step: number;
	values: Int32Array;
	count: number;
}

export interface TensorSettings {
	session: number;
	epoch: number;
	plan: Plan;
	/** This board's place. */
	place: number;
	part: TensorPart;
	clock: Clock;
	random: () => number;
	/** One frame to all. */
	broadcast(bytes: Uint8Array, count: number): void;
	/** Reliably to one. */
	post(to: number, bytes: Uint8Array, count: number): void;
	/** A token begins, on a board that does not coordinate. */
	began(lane: number, position: number, token: number): void;
	/** The hidden state of a position is complete. */
	finished(lane: number, position: number): void;
}

/** How many values of `mixed` (step 0) or `products` (1) a board has, and where they begin. */
function range(stage: Stage, step: number, headValues: number): [from: number, count: number] {
	return step & 1 ? [stage.columnFrom, stage.columnTo - stage.columnFrom] : [stage.headFrom * headValues, (stage.headTo - stage.headFrom) * headValues];
}

export class TensorExchange {
	readonly #settings: TensorSettings;
	/** Values of a group of heads. */
	readonly #headValues: number;
	readonly #steps: number;
	/** Pieces that are here, a bit each, for both parities of steps, by place. */
	readonly #here: [Uint32Array, Uint32Array];
	readonly #out = new ByteWriter(16 + 1 + 4 * PIECE);
	/** One's own last parts, as they were sent, for who asks. */
	readonly #sent: Sent[] = [];
	#oldest = 0;
	/** Position that is under way: turn 0 is before the first. */
	#turn = 0;
	#step = -1;
	#lane = 0;
	#position = 0;
	#token = 0;
	/** The next turn, when others began it before this board was done with the last. */
	#next: { turn: number; lane: number; position: number; token: number } | undefined;
	#timer: unknown;
	#patience = PATIENCE;
	/** Microseconds of a step in which nothing was lost, and when this one began. */
	#pace = 0;
	#began = 0;
	/** Steps done since the start. */
	steps = 0;
	#closed = false;

	constructor(settings: TensorSettings) {
		const { plan, part, place } = this.#settings = settings, { shape } = part.model;
		this.#headValues = shape.embedDim / shape.numKvHeads;
		this.#steps = 2 * shape.numLayers;
		this.#here = [new Uint32Array(plan.stages.length), new Uint32Array(plan.stages.length)];
		const own = plan.stages[place]!, most = Math.max(range(own, 0, this.#headValues)[1], range(own, 1, this.#headValues)[1]);
		for (let i = 0; i < KEPT; i++)
			this.#sent.push({ turn: 0, step: -1, values: new Int32Array(most), count: 0 });
	}

	/** Nothing is under way. */
	get idle(): boolean {
		return this.#step < 0;
	}

	/** The coordinator begins a position. */
	start(lane: number, position: number, token: number): void {
		this.#begin(this.#turn + 1 & 0xffff, lane, position, token);
	}

	/** A message of kind Part or Need. @returns false for what is none */
	message(kind: number, from: number, reader: ByteReader): boolean {
		const { plan, place, part } = this.#settings, turn = reader.u16(), lane = reader.u8(), position = reader.u16(), token = reader.u16(), step = reader.u16(), sender = plan.stages.findIndex(({ address }) => address === from);
		if (!reader.ok || sender < 0 || sender === place || lane >= part.model.lanes || position >= part.model.contextLength || token >= part.model.shape.vocabSize || step >= this.#steps)
			return false;
		if ((turn - this.#turn & 0xffff) === 1 && place !== 0) {
			if (this.idle)
				this.#begin(turn, lane, position, token);
			else
				this.#next = { turn, lane, position, token };
		}
		if (kind === Kind.Need)
			this.#answer(from, turn, step);
		else
			this.#part(sender, (turn - this.#turn << 16 >> 16) * this.#steps + step - this.#step, step, reader);
		return true;
	}

	close(): void {
		this.#closed = true;
		this.#settings.clock.cancel(this.#timer);
	}

	#begin(turn: number, lane: number, position: number, token: number): void {
		const { part, began, place } = this.#settings;
		this.#turn = turn;
		this.#lane = lane;
		this.#position = position;
		this.#token = token;
		if (place !== 0)
			began(lane, position, token);
		part.model.embed(token);
		this.#enter(0);
		this.#advance();
	}

	/** Computes one's own part of a step, and tells it. */
	#enter(step: number): void {
		const { part } = this.#settings, parity = step & 1;
		this.#step = step;
		const own = parity ? part.feed(step >> 1) : part.attend(step >> 1, this.#position, this.#lane);
		const sent = this.#sent[this.#oldest]!;
		this.#oldest = (this.#oldest + 1) % KEPT;
		sent.values.set(own);
		sent.count = own.length;
		sent.step = step;
		sent.turn = this.#turn;
		this.#tell(sent, undefined);
		this.#patience = Math.min(MOST_PATIENCE, Math.max(PATIENCE, Math.ceil(this.#pace / 700)));
		this.#began = this.#settings.clock.microseconds();
		this.#wait();
	}

	/** As far as the parts that are here allow. */
	#advance(): void {
		const { part, finished, clock } = this.#settings;
		while (!this.#closed && this.#step >= 0 && this.#complete(this.#step)) {
			const step = this.#step;
			this.#here[step & 1]!.fill(0);
			this.steps++;
			this.#measure(clock.microseconds() - this.#began);
			if (step & 1)
				part.finish(step >> 1);
			if (step + 1 < this.#steps) {
				this.#enter(step + 1);
				continue;
			}
			this.#step = -1;
			clock.cancel(this.#timer);
			finished(this.#lane, this.#position);
			const next = this.#next;
			this.#next = undefined;
			if (next && !this.#closed)
				this.#begin(next.turn, next.lane, next.position, next.token);
		}
	}

	/** The shortest of late counts: with losses most steps take longer, and waiting that much longer would make them longer yet. */
	#measure(microseconds: number): void {
		this.#pace = this.#pace === 0 || microseconds < this.#pace ? microseconds : this.#pace + (this.#pace >> 5);
	}

	#complete(step: number): boolean {
		const { stages } = this.#settings.plan, here = this.#here[step & 1]!;
		for (let i = 0; i < stages.length; i++)
			if (i !== this.#settings.place && here[i] !== this.#all(stages[i]!, step))
				return false;
		return true;
	}

	/** All pieces of a board's part. */
	#all(stage: Stage, step: number): number {
		const pieces = Math.ceil(range(stage, step, this.#headValues)[1] / PIECE);
		return pieces >= 32 ? 0xffffffff : (1 << pieces) - 1 >>> 0;
	}

	/** @param ahead steps between the sender's and mine: what is not now or next is no use */
	#part(sender: number, ahead: number, step: number, reader: ByteReader): void {
		const { plan, part } = this.#settings, piece = reader.u8(), [from, count] = range(plan.stages[sender]!, step, this.#headValues), at = piece * PIECE;
		if (this.#step < 0 || ahead < 0 || ahead > 1 || at >= count)
			return;
		const values = (step & 1 ? part.products : part.mixed).subarray(from + at, from + Math.min(at + PIECE, count));
		if (!readState(reader, values))
			return;
		this.#here[step & 1]![sender]! |= 1 << piece;
		this.#advance();
	}

	/** Sends a part of one's own: to all, or to who asked. The coordinator's first part of a turn goes out even when it is empty. */
	#tell({ turn, step, values, count }: Sent, to: number | undefined): void {
		const { session, epoch, broadcast, post, place } = this.#settings, out = this.#out;
		for (let at = 0, piece = 0; at < count || at === 0 && place === 0 && step === 0; at += PIECE, piece++) {
			this.#head(header(out, Kind.Part, session, epoch), turn, step).u8(piece);
			if (count)
				writeState(out, values.subarray(at, Math.min(count, at + PIECE)));
			if (to === undefined)
				broadcast(out.bytes, out.at);
			else
				post(to, out.bytes, out.at);
		}
	}

	#head(out: ByteWriter, turn: number, step: number): ByteWriter {
		return out.u16(turn).u8(this.#lane).u16(this.#position).u16(this.#token).u16(step);
	}

	/** Somebody lacks a part of mine. By unicast: broadcasts collide, and have no MAC layer that tries again. */
	#answer(to: number, turn: number, step: number): void {
		const sent = this.#sent.find((one) => one.step === step && one.turn === turn);
		if (sent)
			this.#tell(sent, to);
	}

	#wait(): void {
		const { clock } = this.#settings;
		clock.cancel(this.#timer);
		// Boards that lack the same should not ask at the same moment.
		this.#timer = clock.after(this.#patience + this.#settings.random() % (1 + (this.#patience >> 1)), () => this.#ask());
	}

	#ask(): void {
		const { session, epoch, plan: { stages }, place, post } = this.#settings, step = this.#step, here = this.#here[step & 1], out = this.#out;
		if (step < 0 || this.#closed)
			return;
		for (let i = 0; i < stages.length; i++)
			if (i !== place && here![i] !== this.#all(stages[i]!, step)) {
				this.#head(header(out, Kind.Need, session, epoch), this.#turn, step);
				post(stages[i]!.address, out.bytes, out.at);
			}
		this.#patience = Math.min(MOST_PATIENCE, 2 * this.#patience);
		this.#wait();
	}
}

/** The coordinator's side: a position at a time. */
export class TensorTransport implements Transport {
	readonly most = 1;
	readonly depth = 1;
	readonly #exchange: TensorExchange;
	#branch = 0;
	#want = 0;

	constructor(settings: Omit<TensorSettings, "began" | "finished" | "place">, arrived: Arrival) {
		this.#exchange = new TensorExchange({ ...settings, place: 0, began: () => {}, finished: (lane, position) => arrived(lane, this.#branch, position, this.#want === Want.Last) });
	}

	get free(): boolean {
		return this.#exchange.idle;
	}
	get steps(): number {
		return this.#exchange.steps;
	}
	submit(head: ChunkHead): void {
		this.#branch = head.branch;
		this.#want = head.want;
		this.#exchange.start(head.lane, head.position, head.tokens[0]!);
	}
	states(): boolean {
		return false;
	}
	message(kind: number, from: number, reader: ByteReader): boolean {
		return (kind === Kind.Part || kind === Kind.Need) && this.#exchange.message(kind, from, reader);
	}
	close(): void {
		this.#exchange.close();
	}
}
