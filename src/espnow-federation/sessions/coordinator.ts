/**
 * A board's part in all sessions: it coordinates those of its own requests, works in others', and goes on with one whose
 * coordinator died when it is the first of its plan that lives.
 *
 * Every board can coordinate, so none is special. Two that take each other for dead draw the same tokens; when they hear of
 * each other again, the one that got the request goes on.
 */

import { ByteReader } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import { completeConfig, type InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { type Member, type Network, Service } from "ruvllm-esp32/espnow-federation/network";
import { configText, type Done, Job } from "ruvllm-esp32/espnow-federation/sessions/job";
import { Leader } from "ruvllm-esp32/espnow-federation/sessions/leader";
import { HEADER_BYTES, Kind } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import type { PartSource } from "ruvllm-esp32/espnow-federation/sessions/part";
import type { Plan } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { makePlan } from "ruvllm-esp32/espnow-federation/sessions/planner";
import type { Goal } from "ruvllm-esp32/espnow-federation/sessions/split";
import type { LaneRecord, Worker } from "ruvllm-esp32/espnow-federation/sessions/worker";
import { Workers } from "ruvllm-esp32/espnow-federation/sessions/workers";

export type SessionMode = "single" | "pipeline" | "tensor" | "speculative";

export interface CoordinatorSettings {
	network: Network;
	source: PartSource;
	/** "pipeline" by default. "speculative" is a pipeline that is kept full with drafted tokens. */
	mode?: SessionMode;
	/** Positions of a sequence; the model's own by default. */
	contextLength?: number;
	/** Sequences at a time, 1 by default. */
	lanes?: number;
	goal?: Goal;
	/** What drafts, for "speculative". */
	draft?: () => Draft;
	draftDepth?: number;
	/** Without a hidden state for so long, all boards are asked anew; 3,000 by default. */
	stallMilliseconds?: number;
	/** A request fails when it takes longer; 60,000 by default. */
	timeoutMilliseconds?: number;
	/** Microseconds of a hop as measured; undefined: not yet. */
	hop?: () => number | undefined;
	/** Random 32 bits. */
	random: () => number;
	/** A token of somebody else's request, with which this board went on; `index` counts the generated tokens. */
	onAdopted?: (owner: number, request: number, index: number, token: number) => void;
	onAdoptedEnd?: AdoptedEnd;
}

/** The end of somebody else's request: an error, or all of its result. */
export type AdoptedEnd = (error: Error | undefined, result: GenerationResult | undefined, owner: number, request: number) => void;

/** Microseconds; before one was measured. */
const USUAL_HOP = 1000;

export class SessionCoordinator {
	readonly #settings: CoordinatorSettings;
	readonly #outbox: Outbox;
	readonly #workers: Workers;
	/** Sessions that this board coordinates: its own, and those it took over. */
	readonly #leaders = new Map<number, Leader>();
	#own: Leader | undefined;
	#requests = 0;
	readonly #reader = new ByteReader();
	/** The array that was read last. */
	#bytes: Uint8Array | undefined;
	#buffer: ArrayBufferLike | undefined;
	#offset = 0;
	readonly #unwatch: () => void;
	/** Of this board's requests; a new one counts when nothing is under way. */
	mode: SessionMode;
	goal: Goal;
	#malformed = 0;

	constructor(settings: CoordinatorSettings) {
		const { network } = this.#settings = settings;
		this.mode = settings.mode ?? "pipeline";
		this.goal = settings.goal ?? "latency";
		this.#outbox = new Outbox(network, Service.Session);
		this.#workers = new Workers({ network, outbox: this.#outbox, source: settings.source, random: settings.random });
		network.handle(Service.Session, (from, bytes, count) => this.#message(from, bytes, count));
		this.#unwatch = network.watch((event, member) => this.#changed(event, member));
	}

	/** The session of this board's own requests. */
	get leader(): Leader | undefined {
		return this.#own;
	}

	/** All sessions that this board coordinates: also those that it took over. */
	get leaders(): ReadonlyMap<number, Leader> {
		return this.#leaders;
	}

	/** The sessions that this board works in. */
	get workers(): ReadonlyMap<number, Worker> {
		return this.#workers.all;
	}

	/** Messages that made no sense. */
	get malformed(): number {
		return this.#malformed + this.#workers.malformed;
	}

	/**
	 * Generates text with all boards. `done` is called once, with an error or the result.
	 * @param prompt token ids, the model's bos first
	 * @returns the request's number
	 * @throws RuvllmError CONFIG_*, PROMPT_TOKEN, PROMPT_TOO_LONG
	 */
	generate(prompt: ArrayLike<number>, partial: Partial<InferenceConfig>, done: Done): number {
		const { network, source } = this.#settings, config = completeConfig(partial), context = this.#context, request = this.#requests = this.#requests + 1 & 0xffff;
		if (!(prompt.length > 0))
			throw new RuvllmError("PROMPT_TOKEN", "the prompt has no tokens; begin with the model's bos");
		if (prompt.length > context)
			throw new RuvllmError("PROMPT_TOO_LONG", `the prompt has ${prompt.length} tokens, the context holds ${context}; shorten it`);
		for (let i = 0; i < prompt.length; i++)
			if (!Number.isInteger(prompt[i]) || prompt[i]! < 0 || prompt[i]! >= source.shape.vocabSize)
				throw new RuvllmError("PROMPT_TOKEN", `token ${i} of the prompt is ${prompt[i]}; the vocabulary has ids 0 to ${source.shape.vocabSize - 1}`);
		const deadline = network.clock.microseconds() + 1000 * (this.#settings.timeoutMilliseconds ?? 60_000);
		const job = new Job({ request, owner: network.address, config: configText(config), prompt: Int32Array.from(prompt) }, config, done, [], deadline);
		if (this.#own && this.#own.mode !== this.mode && this.#own.idle)
			this.#own.stale(this.mode);
		this.#own ??= this.#lead(this.#freshSession(), 0, context, this.#settings.lanes ?? 1);
		this.#own.add(job);
		return request;
	}

	get #context(): number {
		return this.#settings.contextLength ?? this.#settings.source.shape.maxSeqLen;
	}

	#freshSession(): number {
		let session = 0;
		do
			session = this.#settings.random() & 0xffff;
		while (this.#workers.all.has(session) || this.#leaders.has(session));
		return session;
	}

	#lead(session: number, epoch: number, contextLength: number, lanes: number): Leader {
		const { network, source, draft, draftDepth, stallMilliseconds = 3000 } = this.#settings;
		const leader = new Leader({
			session, epoch, network, random: this.#settings.random, outbox: this.#outbox, source, contextLength, lanes, stallMilliseconds,
			plan: (boards) => this.#plan(this.mode === "single" ? boards.slice(0, 1) : boards, this.mode === "tensor" ? "tensor" : "pipeline", contextLength, lanes, this.goal),
			draft: () => this.mode === "speculative" ? draft?.() : undefined, ...draftDepth === undefined ? {} : { draftDepth },
		});
		leader.mode = this.mode;
		this.#leaders.set(session, leader);
		return leader;
	}

	#plan(boards: readonly Member[], mode: "pipeline" | "tensor", contextLength: number, lanes: number, goal: Goal): Plan {
		const hop = this.#settings.hop?.() ?? USUAL_HOP;
		return makePlan(mode, boards, { shape: this.#settings.source.shape, contextLength, lanes, goal, hop });
	}

	#message(from: number, bytes: Uint8Array, count: number): void {
		if (count < HEADER_BYTES) {
			this.#malformed++;
			return;
		}
		const kind = bytes[0]!, session = bytes[1]! | bytes[2]! << 8, epoch = bytes[3]!;
		// Messages that come for each position: an array is asked for its buffer once, as that costs a chip as much as a call.
		if (kind === Kind.Chunk || kind === Kind.States) {
			if (bytes !== this.#bytes)
				this.#bind(bytes);
			if (kind === Kind.Chunk)
				this.#workers.chunk(from, session, epoch, bytes, this.#buffer!, this.#offset, count);
			else if (!(this.#leaders.get(session)?.states(epoch, this.#buffer!, this.#offset, count) ?? true))
				this.#malformed++;
		}
		else
			this.#rare(kind, from, session, epoch, this.#reader.open(bytes, count, HEADER_BYTES));
	}

	#bind(bytes: Uint8Array): void {
		this.#bytes = bytes;
		this.#buffer = bytes.buffer;
		this.#offset = bytes.byteOffset;
	}

	#rare(kind: number, from: number, session: number, epoch: number, reader: ByteReader): void {
		const leader = this.#leaders.get(session);
		if (!reader.ok)
			this.#malformed++;
		else if (kind === Kind.Assign)
			this.#workers.assigned(from, session, epoch, reader, leader?.epoch, () => {
				leader?.close(false);
				this.#leaders.delete(session);
			});
		else if (kind === Kind.Ready || kind === Kind.Refuse || (kind === Kind.Part || kind === Kind.Need) && leader)
			leader?.message(kind, from, epoch, reader);
		else
			this.#workers.message(kind, from, session, epoch, reader);
	}

	#changed(event: "joined" | "left" | "changed", member: Member): void {
		if (event === "joined")
			for (const leader of this.#leaders.values())
				leader.stale();
		if (event !== "left")
			return;
		this.#outbox.drop(member.address);
		for (const leader of [...this.#leaders.values()])
			leader.left(member.address);
		for (const worker of [...this.#workers.all.values()])
			this.#succeed(worker);
	}

	/** Goes on with a session whose coordinator is dead, when this board is the first of the plan that lives. */
	#succeed(worker: Worker): void {
		const { network } = this.#settings;
		if (network.member(worker.coordinator)?.alive)
			return;
		const first = worker.plan.stages.find(({ address }) => address === network.address || network.member(address)?.alive);
		if (first?.address !== network.address)
			return;
		this.#workers.drop(worker);
		const records = worker.lanes.filter(({ request }) => request);
		if (records.length === 0)
			return;
		const leader = this.#lead(worker.session, worker.epoch, worker.contextLength, worker.lanes.length);
		for (const record of records)
			this.#adopt(leader, record);
	}

	#adopt(leader: Leader, record: LaneRecord): void {
		const request = record.request!, { onAdopted, onAdoptedEnd, network, timeoutMilliseconds = 60_000 } = this.#settings;
		const known = record.tokens.slice(request.prompt.length, Math.max(request.prompt.length, record.confirmed));
		let index = known.length, config: InferenceConfig;
		try {
			config = completeConfig({
				...JSON.parse(request.config) as Partial<InferenceConfig>,
				onToken: (token) => {
					if (token >= 0)
						onAdopted?.(request.owner, request.request, index++, token);
				},
			});
		}
		catch {
			this.#malformed++;
			return;
		}
		leader.add(new Job(request, config, (error, result) => {
			onAdoptedEnd?.(error, result, request.owner, request.request);
			if (leader.idle && leader !== this.#own) {
				leader.close(true);
				this.#leaders.delete(leader.session);
			}
		}, known, network.clock.microseconds() + 1000 * timeoutMilliseconds));
	}

	/** Ends the session of this board's requests, and all work for others. */
	close(): void {
		for (const leader of this.#leaders.values())
			leader.close(true);
		this.#leaders.clear();
		this.#workers.close();
		this.#own = undefined;
		this.#unwatch();
		this.#outbox.close();
		this.#settings.network.handle(Service.Session, undefined);
	}
}
