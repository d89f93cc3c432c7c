/**
 * The coordinator of a session: plans, waits until all boards are ready, sends positions through the layers, draws tokens. A
 * board that leaves ends the epoch: a new plan is made among the living, and what is known is read again.
 */

import type { ByteReader } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { TensorPart } from "ruvllm-esp32/engine/tensor-part";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Member, Network } from "ruvllm-esp32/espnow-federation/network";
import { Announcements } from "ruvllm-esp32/espnow-federation/sessions/announcements";
import type { Job } from "ruvllm-esp32/espnow-federation/sessions/job";
import { Lanes } from "ruvllm-esp32/espnow-federation/sessions/lanes";
import { Kind, newer, Refusal } from "ruvllm-esp32/espnow-federation/sessions/messages";
import type { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import { type PartSource, shareOf } from "ruvllm-esp32/espnow-federation/sessions/part";
import { Pipeline } from "ruvllm-esp32/espnow-federation/sessions/pipeline";
import type { Plan } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { candidates } from "ruvllm-esp32/espnow-federation/sessions/planner";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import { TensorTransport } from "ruvllm-esp32/espnow-federation/sessions/tensor";
import type { Arrival, Transport } from "ruvllm-esp32/espnow-federation/sessions/transport";

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
/** Boards that died together are not found dead together: each plan that is made too early reads all tokens again. */
const REGROUP_MILLISECONDS = 60;

export class Leader {
	readonly session: number;
	epoch: number;
	plan: Plan | undefined;
	/** For whoever asks: the plan's. */
	mode = "";
	readonly #settings: LeaderSettings;
	readonly #announcements: Announcements;
	readonly #lanes: Lanes;
	#part: TinyModel | undefined;
	/** Whose model is #part, in a tensor plan. */
	#tensor: TensorPart | undefined;
	#transport: Transport | undefined;
	/** Boards that were asked and have not answered. */
	#pending = new Set<number>();
	/** Boards that refused: not asked again in this session. */
	readonly #excluded = new Set<number>();
	#timer: unknown;
	#regroup: unknown;
	#progress = 0;
	#stalls = 0;
	#steps = 0;
	#closed = false;
	#stale = false;
	#plans = 0;

	constructor(settings: LeaderSettings) {
		this.#settings = settings;
		this.session = settings.session;
		this.epoch = settings.epoch;
		this.#announcements = new Announcements(settings.outbox, settings.session, settings.source.model);
		this.#lanes = new Lanes({
			clock: settings.network.clock, lanes: settings.lanes, contextLength: settings.contextLength, draft: settings.draft, draftDepth: settings.draftDepth,
			began: (lane, job) => this.#announcements.request(this.plan!, this.epoch, lane, job), ended: (lane) => this.#announcements.end(this.plan!, this.epoch, lane),
		});
	}

	/** Queues a request; the first one makes the session, and boards that came since get a part when nothing is under way. */
	add(job: Job): void {
		const stale = this.#stale && this.idle && this.plan !== undefined;
		if (stale)
			this.#stop();
		this.#lanes.add(job);
		if (!this.plan || stale)
			this.replan();
	}

	/** Requests under way, by lane. */
	get jobs(): readonly (Job | undefined)[] {
		return this.#lanes.jobs;
	}

	/** Plans made; drafted and accepted tokens, of requests that are over too. */
	get statistics(): { plans: number; drafted: number; accepted: number } {
		return { plans: this.#plans, ...this.#lanes.statistics };
	}

	/** Whether nothing is to do. */
	get idle(): boolean {
		return this.#lanes.idle;
	}

	/** A new epoch: who is alive gets a part, and everything that is known goes through the layers again. */
	replan(): void {
		const { network, source, contextLength, lanes } = this.#settings;
		this.#stop();
		this.epoch = this.epoch + 1 & 255;
		this.#plans++;
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
		this.#announcements.assign(this.plan, this.epoch, contextLength, lanes);
		this.jobs.forEach((job, lane) => job && this.#announcements.request(this.plan!, this.epoch, lane, job));
		this.#watch();
		this.#ready();
	}

	get part(): TinyModel | undefined {
		return this.#part;
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

	/** A board came that could take part, or another mode is wanted: the next request, when nothing is under way, makes a new plan. */
	stale(mode = this.mode): void {
		this.mode = mode;
		this.#stale = true;
	}

	/** A board left. */
	left(address: number): void {
		if (this.plan?.stages.some((stage) => stage.address === address) && !this.#closed)
			this.#regroup ??= this.#settings.network.clock.after(REGROUP_MILLISECONDS, () => this.replan());
	}

	/** All boards answered: the session runs. */
	#ready(): void {
		if (this.#pending.size || this.#transport)
			return;
		const { network, outbox } = this.#settings;
		const common = { session: this.session, epoch: this.epoch, plan: this.plan!, post: (to: number, bytes: Uint8Array, count: number) => outbox.post(to, bytes, count) };
		const arrived: Arrival = (lane, branch, position, state) => {
			this.#progress = network.clock.microseconds();
			this.#stalls = 0;
			this.#lanes.arrived(lane, branch, position, state);
		};
		this.#transport = this.#tensor ? new TensorTransport({ ...common, part: this.#tensor, clock: network.clock, random: this.#settings.random, broadcast: (bytes, count) => outbox.broadcast(bytes, count) }, arrived)
			: new Pipeline({ ...common, part: this.#part!, frameBytes: network.frameBytes, arrived });
		this.#lanes.start(this.#transport, this.#part!);
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
			this.#lanes.expire(clock.microseconds());
			if (this.#pending.size && since > 1000 * ASSIGN_MILLISECONDS) {
				for (const address of this.#pending)
					this.#excluded.add(address);
				this.replan();
			}
			else if (!this.#pending.size && this.#lanes.busy && since > 1000 * this.#settings.stallMilliseconds)
				this.#stalled();
			else
				this.#watch();
		});
	}

	#stalled(): void {
		if (++this.#stalls > MOST_STALLS)
			this.#fail(new RuvllmError("FEDERATION_STALLED", `no hidden state came back in ${MOST_STALLS} plans of ${this.#settings.stallMilliseconds} ms each; look at the radio's losses, or take fewer boards`));
		else
			this.replan();
	}

	/** Lanes stop; what they have generated stays in their jobs. */
	#stop(): void {
		this.#settings.network.clock.cancel(this.#timer);
		this.#settings.network.clock.cancel(this.#regroup);
		this.#timer = this.#regroup = undefined;
		this.#transport?.close();
		this.#transport = undefined;
		this.#lanes.stop();
	}

	#fail(error: Error): void {
		this.#stop();
		this.plan = undefined;
		this.#lanes.fail(error);
	}

	/** Gives up everything without a word to its jobs: another board goes on with them, or they are over. */
	close(tell: boolean): void {
		this.#stop();
		this.#closed = true;
		if (!tell || !this.plan)
			return;
		this.#announcements.close(this.plan, this.epoch);
	}
}
