/**
 * The coordinator of a session: plans, waits until all boards are ready, sends positions through the layers, draws tokens. A
 * board that leaves ends the epoch: a new plan is made among the living, and what is known is read again.
 */

import { type ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { TensorPart } from "ruvllm-esp32/engine/tensor-part";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Member, Network } from "ruvllm-esp32/espnow-federation/network";
import type { Job } from "ruvllm-esp32/espnow-federation/sessions/job";
import { Lane } from "ruvllm-esp32/espnow-federation/sessions/lane";
import { ChunkHead, header, Kind, newer, Refusal, REFUSALS } from "ruvllm-esp32/espnow-federation/sessions/messages";
import type { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import { type PartSource, shareOf } from "ruvllm-esp32/espnow-federation/sessions/part";
import { Pipeline } from "ruvllm-esp32/espnow-federation/sessions/pipeline";
import { type Plan, planBytes, writePlan } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { candidates } from "ruvllm-esp32/espnow-federation/sessions/planner";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import { TensorTransport } from "ruvllm-esp32/espnow-federation/sessions/tensor";
import type { Arrival, Transport } from "ruvllm-esp32/espnow-federation/sessions/transport";
import { LaneRecord } from "ruvllm-esp32/espnow-federation/sessions/worker";

export interface LeaderSettings {
	session: number;
	/** The first epoch; one that takes over begins behind the epoch that it saw. */
	epoch: number;
	network: Network;
	outbox: Outbox;
	random: () => number;
	source: PartSource;
	contextLength: number;
	lanes: number;
	/** A plan among these boards, oneself first. @throws RuvllmError when there is none */
	plan(boards: readonly Member[]): Plan;
	/** Proposes tokens; undefined: nothing is drafted. */
	draft: (() => Draft | undefined) | undefined;
	/** Tokens drafted at a time, at most; the pipeline's depth by default. */
	draftDepth?: number;
	stallMilliseconds: number;
}

/** A board that was asked and says nothing for so long is left out of the next plan. */
const ASSIGN_MILLISECONDS = 1500;
const MOST_STALLS = 4;

export class Leader {
	readonly session: number;
	epoch: number;
	plan: Plan | undefined;
	/** For whoever asks: the plan's. */
	mode = "";
	readonly jobs: (Job | undefined)[];
	readonly #settings: LeaderSettings;
	readonly #queue: Job[] = [];
	readonly #lanes: (Lane | undefined)[];
	#part: TinyModel | undefined;
	/** Whose model is #part, in a tensor plan. */
	#tensor: TensorPart | undefined;
	#transport: Transport | undefined;
	/** Boards that were asked and have not answered. */
	#pending = new Set<number>();
	/** Boards that refused: not asked again in this session. */
	readonly #excluded = new Set<number>();
	#timer: unknown;
	#pump: unknown;
	readonly #pumped = (): void => {
		this.#pump = undefined;
		this.#step();
	};
	#progress = 0;
	#stalls = 0;
	#steps = 0;
	#turn = 0;
	#closed = false;
	#stale = false;
	readonly #head = new ChunkHead();
	/** Drafted and accepted tokens, of lanes that are over too. */
	readonly statistics = { drafted: 0, accepted: 0, plans: 0 };

	constructor(settings: LeaderSettings) {
		this.#settings = settings;
		this.session = settings.session;
		this.epoch = settings.epoch;
		this.jobs = new Array<Job | undefined>(settings.lanes).fill(undefined);
		this.#lanes = new Array<Lane | undefined>(settings.lanes).fill(undefined);
	}

	/** Queues a request; the first one makes the session, and boards that came since get a part when nothing is under way. */
	add(job: Job): void {
		const stale = this.#stale && this.idle;
		this.#queue.push(job);
		if (!this.plan || stale)
			this.replan();
		else
			this.#fill();
	}

	/** Whether nothing is to do. */
	get idle(): boolean {
		return this.#queue.length === 0 && this.jobs.every((job) => job === undefined);
	}

	/** A new epoch: who is alive gets a part, and everything that is known goes through the layers again. */
	replan(): void {
		const { network, source, contextLength, lanes } = this.#settings;
		this.#stop();
		this.epoch = this.epoch + 1 & 255;
		this.statistics.plans++;
		this.#stale = false;
		const boards = candidates(network.alive(), network.address, source.model).filter(({ address }) => !this.#excluded.has(address));
		try {
			const plan = this.#settings.plan(boards), own = plan.stages[0]!;
			this.plan = plan;
			const { part } = this;
			if (plan.mode === "tensor") {
				this.#part = this.#tensor = undefined;
				this.#tensor = source.openTensor(shareOf(source.shape, own) ?? { heads: { from: 0, to: 0 }, hidden: { from: 0, to: 0 } }, lanes, contextLength);
				this.#part = this.#tensor.model;
			}
			else if (!part || this.#tensor || part.layers.from !== own.from || part.layers.to !== own.to) {
				this.#part = this.#tensor = undefined;
				this.#part = source.open({ from: own.from, to: own.to, lanes, contextLength });
			}
		}
		catch (error) {
			this.#fail(error as Error);
			return;
		}
		this.#progress = network.clock.microseconds();
		this.#pending = new Set(this.plan.stages.slice(1).map(({ address }) => address));
		this.#assign();
		this.#watch();
		this.#ready();
	}

	get part(): TinyModel | undefined {
		return this.#part;
	}

	#assign(): void {
		const { contextLength, lanes, source, outbox } = this.#settings, plan = this.plan!, out = new ByteWriter(16 + planBytes(plan));
		writePlan(header(out, Kind.Assign, this.session, this.epoch).u16(contextLength).u8(lanes).u32(source.model), plan);
		for (const address of this.#pending)
			outbox.post(address, out.bytes, out.at);
		this.jobs.forEach((job, lane) => job && this.#tell(lane, job));
	}

	/** Sends what a lane generates to all boards, so that each can go on with it. */
	#tell(lane: number, { request }: Job): void {
		const text = request.config, out = new ByteWriter(32 + 2 * request.prompt.length + text.length);
		header(out, Kind.Request, this.session, this.epoch).u8(lane).u16(request.request).u48(request.owner).u16(request.prompt.length);
		for (const token of request.prompt)
			out.u16(token);
		for (let i = 0; i < text.length; i++)
			out.u8(text.charCodeAt(i));
		for (const { address } of this.plan!.stages.slice(1))
			this.#settings.outbox.post(address, out.bytes, out.at);
	}

	/** A message of kind States. @returns false for one that makes no sense */
	states(epoch: number, buffer: ArrayBufferLike, offset: number, count: number): boolean {
		return epoch !== this.epoch || !this.#transport || this.#transport.states(buffer, offset, count);
	}

	/** Another message of this session, for its coordinator. */
	message(kind: number, from: number, epoch: number, reader: ByteReader): void {
		if (kind === Kind.Refuse)
			this.#refused(from, epoch, reader.u8());
		else if (epoch !== this.epoch)
			return;
		else if (kind === Kind.Ready) {
			if (this.#pending.delete(from))
				this.#ready();
		}
		else
			this.#transport?.message(kind, from, reader);
	}

	#refused(from: number, epoch: number, reason: number): void {
		if (!this.plan?.stages.some(({ address }) => address === from) || newer(this.epoch, epoch) && reason !== Refusal.Newer)
			return;
		if (reason === Refusal.Newer)
			this.epoch = newer(epoch, this.epoch) ? epoch : this.epoch;
		else if (reason !== Refusal.Unknown)
			this.#excluded.add(from);
		this.replan();
	}

	/** @returns a sentence for a reason */
	static reason(code: number): string {
		return REFUSALS[code] ?? `refused with ${code}`;
	}

	/** A board came that could take part, or another mode is wanted: the next request, when nothing is under way, makes a new plan. */
	stale(mode = this.mode): void {
		this.mode = mode;
		this.#stale = true;
	}

	/** A board left. */
	left(address: number): void {
		if (this.plan?.stages.some((stage) => stage.address === address) && !this.#closed)
			this.replan();
	}

	/** All boards answered: the session runs. */
	#ready(): void {
		if (this.#pending.size || this.#transport)
			return;
		const { network, outbox } = this.#settings;
		const common = { session: this.session, epoch: this.epoch, plan: this.plan!, post: (to: number, bytes: Uint8Array, count: number) => outbox.post(to, bytes, count) };
		const arrived: Arrival = (lane, branch, position, state) => this.#arrived(lane, branch, position, state);
		this.#transport = this.#tensor ? new TensorTransport({ ...common, part: this.#tensor, clock: network.clock, random: this.#settings.random, broadcast: (bytes, count) => outbox.broadcast(bytes, count) }, arrived)
			: new Pipeline({ ...common, part: this.#part!, frameBytes: network.frameBytes, arrived });
		this.jobs.forEach((job, lane) => job && this.#begin(lane, job));
		this.#fill();
	}

	/** Gives queued requests the free lanes. */
	#fill(): void {
		if (!this.#transport)
			return;
		for (let lane = 0; lane < this.jobs.length && this.#queue.length; lane++)
			if (!this.jobs[lane]) {
				const job = this.jobs[lane] = this.#queue.shift()!;
				this.#tell(lane, job);
				this.#begin(lane, job);
			}
		this.#schedule();
	}

	#begin(number: number, job: Job): void {
		const { draft, draftDepth, contextLength } = this.#settings, { depth, most } = this.#transport!;
		try {
			const generation = job.generation(this.#part!, number, this.#settings.network.clock);
			const lane = this.#lanes[number] = new Lane(number, new LaneRecord(contextLength), job.request, generation, depth > 1 ? draft?.() : undefined, draftDepth ?? depth);
			lane.window = 2 * depth * most;
			if (generation.ended)
				this.#finish(number);
		}
		catch (error) {
			this.jobs[number] = undefined;
			job.fail(error as Error);
		}
	}

	#schedule(): void {
		if (this.#pump === undefined && !this.#closed)
			this.#pump = this.#settings.network.clock.after(0, this.#pumped);
	}

	/** Sends one chunk, of the next lane that has one. */
	#step(): void {
		const transport = this.#transport;
		if (!transport?.free)
			return;
		const lane = this.#nextLane();
		if (!lane)
			return;
		this.#turn = lane.number + 1 < this.#lanes.length ? lane.number + 1 : 0;
		lane.next(this.#head, transport.most);
		transport.submit(this.#head);
		// Another turn costs a timer: only when there is something to do.
		if (this.#nextLane())
			this.#schedule();
	}

	/** The lane whose turn it is, of those that have a chunk. */
	#nextLane(): Lane | undefined {
		const lanes = this.#lanes, count = lanes.length;
		for (let i = 0, at = this.#turn; i < count; i++) {
			const lane = lanes[at];
			if (lane?.ready) {
				this.#turn = at;
				return lane;
			}
			at = at + 1 < count ? at + 1 : 0;
		}
		return undefined;
	}

	#arrived(number: number, branch: number, position: number, state: boolean): void {
		const lane = this.#lanes[number];
		this.#progress = this.#settings.network.clock.microseconds();
		this.#stalls = 0;
		if (!lane?.expects(branch, position))
			return;
		if (state) {
			this.#part!.project();
			lane.draw(position);
			if (lane.generation.ended)
				this.#finish(number);
		}
		else
			lane.passed(position);
		this.#schedule();
	}

	#finish(number: number): void {
		const job = this.jobs[number]!, lane = this.#lanes[number]!;
		this.#account(lane);
		this.jobs[number] = this.#lanes[number] = undefined;
		this.#end(number);
		job.finish(lane.generation);
		if (!this.#closed)
			this.#fill();
	}

	/** Tells all boards that a lane's request is over. */
	#end(lane: number): void {
		const out = new ByteWriter(8);
		header(out, Kind.End, this.session, this.epoch).u8(lane);
		for (const { address } of this.plan!.stages.slice(1))
			this.#settings.outbox.post(address, out.bytes, out.at);
	}

	#account(lane: Lane): void {
		this.statistics.drafted += lane.statistics.drafted;
		this.statistics.accepted += lane.statistics.accepted;
	}

	/** Looks twice a second whether boards answer and positions come back. */
	#watch(): void {
		const { clock } = this.#settings.network;
		this.#timer = clock.after(500, () => {
			const steps = this.#transport?.steps ?? 0;
			if (steps !== this.#steps)
				this.#progress = clock.microseconds();
			this.#steps = steps;
			const since = clock.microseconds() - this.#progress;
			this.#expire(clock.microseconds());
			if (this.#pending.size && since > 1000 * ASSIGN_MILLISECONDS) {
				for (const address of this.#pending)
					this.#excluded.add(address);
				this.replan();
			}
			else if (!this.#pending.size && this.jobs.some((job) => job) && since > 1000 * this.#settings.stallMilliseconds)
				this.#stalled();
			else
				this.#watch();
		});
	}

	/** Requests whose time is over fail; their lanes go to others. */
	#expire(now: number): void {
		const late = (job: Job | undefined): job is Job => job !== undefined && now >= job.deadline, error = (): RuvllmError =>
			new RuvllmError("FEDERATION_TIMEOUT", "the text was not finished in time; give it more (timeoutMilliseconds), fewer tokens, or take a faster mode");
		for (const job of this.#queue.filter(late)) {
			this.#queue.splice(this.#queue.indexOf(job), 1);
			job.fail(error());
		}
		this.jobs.forEach((job, lane) => late(job) && this.#drop(lane, error()));
	}

	#drop(number: number, error: Error): void {
		const job = this.jobs[number]!;
		this.jobs[number] = this.#lanes[number] = undefined;
		this.#end(number);
		job.fail(error);
		this.#fill();
	}

	#stalled(): void {
		if (++this.#stalls > MOST_STALLS)
			this.#fail(new RuvllmError("FEDERATION_STALLED", `no hidden state came back in ${MOST_STALLS} plans of ${this.#settings.stallMilliseconds} ms each; look at the radio's losses, or take fewer boards`));
		else
			this.replan();
	}

	/** Lanes stop; what they have generated stays in their jobs. */
	#stop(): void {
		const { clock } = this.#settings.network;
		clock.cancel(this.#timer);
		clock.cancel(this.#pump);
		this.#pump = this.#timer = undefined;
		this.#transport?.close();
		this.#transport = undefined;
		for (let i = 0; i < this.#lanes.length; i++) {
			const lane = this.#lanes[i];
			if (lane) {
				this.#account(lane);
				this.jobs[i]!.keep(lane.generation);
			}
			this.#lanes[i] = undefined;
		}
	}

	#fail(error: Error): void {
		this.#stop();
		const jobs = [...this.jobs, ...this.#queue.splice(0)];
		this.jobs.fill(undefined);
		this.plan = undefined;
		for (const job of jobs)
			job?.fail(error);
	}

	/** Gives up everything without a word to its jobs: another board goes on with them, or they are over. */
	close(tell: boolean): void {
		this.#stop();
		this.#closed = true;
		if (!tell || !this.plan)
			return;
		const out = new ByteWriter(8);
		header(out, Kind.Close, this.session, this.epoch);
		for (const { address } of this.plan.stages.slice(1))
			this.#settings.outbox.post(address, out.bytes, out.at);
	}
}
