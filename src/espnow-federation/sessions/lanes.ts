/**
 * The sequences that a coordinator generates at a time, and the requests that wait for one: which chunk goes next into the layers,
 * what is done with a state that comes back, whose time is over.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Clock } from "ruvllm-esp32/espnow-federation/network";
import type { Job } from "ruvllm-esp32/espnow-federation/sessions/job";
import { Lane } from "ruvllm-esp32/espnow-federation/sessions/lane";
import { ChunkHead } from "ruvllm-esp32/espnow-federation/sessions/messages";
import type { Transport } from "ruvllm-esp32/espnow-federation/sessions/transport";
import { LaneRecord } from "ruvllm-esp32/espnow-federation/sessions/worker";

export interface LanesSettings {
	clock: Clock;
	lanes: number;
	contextLength: number;
	/** Proposes tokens; undefined: nothing is drafted. */
	draft: (() => Draft | undefined) | undefined;
	draftDepth: number | undefined;
	/** A lane has a new request; its request is over. */
	began(lane: number, job: Job): void;
	ended(lane: number): void;
}

export class Lanes {
	/** By lane. */
	readonly jobs: (Job | undefined)[];
	/** Drafted and accepted tokens, of requests that are over too. */
	readonly statistics = { drafted: 0, accepted: 0 };
	readonly #settings: LanesSettings;
	readonly #queue: Job[] = [];
	readonly #lanes: (Lane | undefined)[];
	readonly #head = new ChunkHead();
	/** While an epoch runs. */
	#transport: Transport | undefined;
	#part: TinyModel | undefined;
	#turn = 0;
	#pump: unknown;
	readonly #pumped = (): void => {
		this.#pump = undefined;
		this.#step();
	};

	constructor(settings: LanesSettings) {
		this.#settings = settings;
		this.jobs = new Array<Job | undefined>(settings.lanes).fill(undefined);
		this.#lanes = new Array<Lane | undefined>(settings.lanes).fill(undefined);
	}

	/** Queues a request; it begins when an epoch runs and a lane is free. */
	add(job: Job): void {
		this.#queue.push(job);
		this.#fill();
	}

	/** Whether nothing is to do. */
	get idle(): boolean {
		return this.#queue.length === 0 && !this.busy;
	}
	/** Whether a lane has a request. */
	get busy(): boolean {
		return this.jobs.some((job) => job !== undefined);
	}

	/** An epoch runs: what is known goes through the layers again. */
	start(transport: Transport, part: TinyModel): void {
		this.#transport = transport;
		this.#part = part;
		this.jobs.forEach((job, lane) => job && this.#begin(lane, job));
		this.#fill();
	}

	/** It is over; what was generated stays in the jobs. */
	stop(): void {
		this.#settings.clock.cancel(this.#pump);
		this.#pump = this.#transport = this.#part = undefined;
		for (let i = 0; i < this.#lanes.length; i++) {
			const lane = this.#lanes[i];
			if (lane) {
				this.#account(lane);
				this.jobs[i]!.keep(lane.generation);
			}
			this.#lanes[i] = undefined;
		}
	}

	/** All requests fail. Call when stopped. */
	fail(error: Error): void {
		const jobs = [...this.jobs, ...this.#queue.splice(0)];
		this.jobs.fill(undefined);
		for (const job of jobs)
			job?.fail(error);
	}

	/** Requests whose time is over fail; their lanes go to others. */
	expire(now: number): void {
		const late = (job: Job | undefined): job is Job => job !== undefined && now >= job.deadline, error = (): RuvllmError =>
			new RuvllmError("FEDERATION_TIMEOUT", "the text was not finished in time; give it more (timeoutMilliseconds), fewer tokens, or take a faster mode");
		for (const job of this.#queue.filter(late)) {
			this.#queue.splice(this.#queue.indexOf(job), 1);
			job.fail(error());
		}
		this.jobs.forEach((job, lane) => {
			if (late(job)) {
				this.#free(lane);
				job.fail(error());
				this.#fill();
			}
		});
	}

	/** A chunk went through up to `position`; with `state`, the hidden state behind it stands in the part. */
	arrived(number: number, branch: number, position: number, state: boolean): void {
		const lane = this.#lanes[number];
		if (!lane?.expects(branch, position))
			return;
		if (state) {
			this.#part!.project();
			lane.draw(position);
			if (lane.generation.ended)
				this.#finish(number, lane);
		}
		else
			lane.passed(position);
		this.#schedule();
	}

	/** Gives queued requests the free lanes. */
	#fill(): void {
		if (!this.#transport)
			return;
		for (let lane = 0; lane < this.jobs.length && this.#queue.length; lane++)
			if (!this.jobs[lane]) {
				const job = this.jobs[lane] = this.#queue.shift()!;
				this.#settings.began(lane, job);
				this.#begin(lane, job);
			}
		this.#schedule();
	}

	#begin(number: number, job: Job): void {
		const { draft, draftDepth, contextLength, clock } = this.#settings, { depth, most } = this.#transport!;
		try {
			const generation = job.generation(this.#part!, number, clock);
			const lane = this.#lanes[number] = new Lane(number, new LaneRecord(contextLength), job.request, generation, depth > 1 ? draft?.() : undefined, draftDepth ?? depth);
			lane.window = 2 * depth * most;
			if (generation.ended)
				this.#finish(number, lane);
		}
		catch (error) {
			this.jobs[number] = undefined;
			job.fail(error as Error);
		}
	}

	#schedule(): void {
		if (this.#transport)
			this.#pump ??= this.#settings.clock.after(0, this.#pumped);
	}

	/** Sends one chunk, of the next lane that has one. */
	#step(): void {
		const transport = this.#transport, lane = transport?.free ? this.#next() : undefined;
		if (!lane)
			return;
		this.#turn = lane.number + 1 < this.#lanes.length ? lane.number + 1 : 0;
		lane.next(this.#head, transport!.most);
		transport!.submit(this.#head);
		// Another turn costs a timer: only when there is something to do.
		if (this.#next())
			this.#schedule();
	}

	/** The lane whose turn it is, of those that have a chunk. */
	#next(): Lane | undefined {
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

	#finish(number: number, lane: Lane): void {
		const job = this.jobs[number]!;
		this.#account(lane);
		this.#free(number);
		job.finish(lane.generation);
		this.#fill();
	}

	#free(number: number): void {
		this.jobs[number] = this.#lanes[number] = undefined;
		this.#settings.ended(number);
	}

	#account(lane: Lane): void {
		this.statistics.drafted += lane.statistics.drafted;
		this.statistics.accepted += lane.statistics.accepted;
	}
}
