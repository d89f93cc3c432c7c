/** A board's work in others' sessions: takes its part of a plan, or says why not; chunks, requests and their ends go to the worker that they are for. */

import { type ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import type { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { header, Kind, newer, Refusal } from "ruvllm-esp32/espnow-federation/sessions/messages";
import type { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import { type PartSource, shareOf } from "ruvllm-esp32/espnow-federation/sessions/part";
import { readPlan } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { TensorExchange } from "ruvllm-esp32/espnow-federation/sessions/tensor";
import { LaneRecord, Worker, type WorkerSettings } from "ruvllm-esp32/espnow-federation/sessions/worker";

export interface WorkersSettings {
	network: Network;
	outbox: Outbox;
	source: PartSource;
	random: () => number;
}

/** Sessions of others that a board works in at a time. */
const MOST_SESSIONS = 4;

export class Workers {
	/** By session. */
	readonly all = new Map<number, Worker>();
	/** Messages that made no sense. */
	malformed = 0;
	readonly #settings: WorkersSettings;

	constructor(settings: WorkersSettings) {
		this.#settings = settings;
	}

	/**
	 * A plan came.
	 * @param led the epoch of that session where this board coordinates it, having taken it over
	 * @param yields called when the plan is taken: the board that got the request is back
	 */
	assigned(from: number, session: number, epoch: number, reader: ByteReader, led: number | undefined, yields: () => void): void {
		const { source, network } = this.#settings, before = this.all.get(session);
		const contextLength = reader.u16(), lanes = reader.u8(), model = reader.u32(), plan = readPlan(reader, source.shape.numLayers);
		const place = plan ? plan.stages.findIndex(({ address }) => address === network.address) : -1;
		const known = led ?? before?.epoch;
		if (known !== undefined && !newer(epoch, known))
			return this.#refuse(from, session, known, Refusal.Newer);
		if (model !== source.model)
			return this.#refuse(from, session, epoch, Refusal.Model);
		if (!plan || place < 1 || plan.stages[0]!.address !== from || lanes < 1 || lanes > 16 || contextLength < 1 || contextLength > source.shape.maxSeqLen)
			return this.#refuse(from, session, epoch, Refusal.Plan);
		if (!before && this.all.size >= MOST_SESSIONS)
			return this.#refuse(from, session, epoch, Refusal.Busy);
		yields();
		const records = before?.lanes.length === lanes && before.contextLength === contextLength ? before.lanes : Array.from({ length: lanes }, () => new LaneRecord(contextLength));
		try {
			this.all.set(session, this.#worker({ session, epoch, plan, place, contextLength, lanes: records }, before));
		}
		catch (error) {
			return this.#refuse(from, session, epoch, (error as RuvllmError).code === "TENSOR_SHAPE" ? Refusal.Shape : Refusal.Memory);
		}
		const out = header(new ByteWriter(8), Kind.Ready, session, epoch);
		this.#settings.outbox.post(from, out.bytes, out.at);
	}

	/** Keeps the part of the plan before where it is the same. @throws RuvllmError MODEL_MEMORY, TENSOR_SHAPE */
	#worker(settings: WorkerSettings, before: Worker | undefined): Worker {
		const { source, network, outbox, random } = this.#settings, { session, epoch, plan, place, contextLength } = settings, lanes = settings.lanes.length, stage = plan.stages[place]!;
		let part = before?.part;
		const share = plan.mode === "tensor" ? shareOf(source.shape, stage) : undefined;
		if (plan.mode === "tensor" || !part || part.layers.from !== stage.from || part.layers.to !== stage.to || part.lanes !== lanes || part.contextLength !== contextLength)
			part = plan.mode === "pipeline" && stage.from < stage.to ? source.open({ from: stage.from, to: stage.to, lanes, contextLength }) : undefined;
		const tensor = share && source.openTensor(share, lanes, contextLength);
		before?.close();
		const post = (to: number, bytes: Uint8Array, count: number): void => outbox.post(to, bytes, count), worker = new Worker(settings, part, post);
		if (tensor)
			worker.exchange = new TensorExchange({
				session, epoch, plan, place, part: tensor, clock: network.clock, random, post, broadcast: (bytes, count) => outbox.broadcast(bytes, count),
				began: (lane, position, token) => worker.note(lane, position, token, position + 1), finished: () => {},
			});
		return worker;
	}

	/** A chunk, in `buffer` from `offset` on. */
	chunk(from: number, session: number, epoch: number, bytes: Uint8Array, buffer: ArrayBufferLike, offset: number, count: number): void {
		const worker = this.all.get(session);
		if (worker?.epoch === epoch) {
			if (!worker.chunk(bytes, buffer, offset, count))
				this.malformed++;
		}
		else if (!worker || newer(epoch, worker.epoch))
			this.#refuse(from, session, epoch, Refusal.Unknown);
	}

	/** Any other message. */
	message(kind: number, from: number, session: number, epoch: number, reader: ByteReader): void {
		const worker = this.all.get(session);
		if (!worker || worker.epoch !== epoch)
			return;
		if (kind === Kind.Part || kind === Kind.Need) {
			if (worker.exchange && !worker.exchange.message(kind, from, reader))
				this.malformed++;
		}
		else if (from !== worker.coordinator)
			this.malformed++;
		else if (kind === Kind.Request)
			this.#requested(worker, reader);
		else if (kind === Kind.End)
			this.#ended(worker, reader.u8());
		else if (kind === Kind.Close)
			this.drop(worker);
	}

	drop(worker: Worker): void {
		worker.close();
		this.all.delete(worker.session);
	}

	close(): void {
		for (const worker of this.all.values())
			worker.close();
		this.all.clear();
	}

	#refuse(to: number, session: number, epoch: number, reason: number): void {
		const out = header(new ByteWriter(8), Kind.Refuse, session, epoch).u8(reason);
		this.#settings.outbox.post(to, out.bytes, out.at);
	}

	#requested(worker: Worker, reader: ByteReader): void {
		const lane = reader.u8(), request = reader.u16(), owner = reader.u48(), length = reader.u16(), prompt = new Int32Array(Math.min(length, worker.contextLength));
		for (let i = 0; i < prompt.length; i++)
			prompt[i] = reader.u16();
		const text = reader.take(reader.left), record = worker.lanes[lane];
		if (!reader.ok || !record || length !== prompt.length) {
			this.malformed++;
			return;
		}
		const same = record.request?.request === request && record.request.owner === owner;
		record.request = { request, owner, config: decodeUtf8(text, 0, text.length), prompt };
		if (!same) {
			record.tokens.set(prompt);
			record.confirmed = 0;
		}
	}

	#ended(worker: Worker, lane: number): void {
		const record = worker.lanes[lane];
		if (record) {
			record.request = undefined;
			record.confirmed = 0;
		}
	}
}
