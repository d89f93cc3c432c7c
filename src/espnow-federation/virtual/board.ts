import type { Clock } from "ruvllm-esp32/espnow-federation/network";
import type { PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";
import { type Timer, VirtualClock } from "ruvllm-esp32/espnow-federation/virtual/clock";
import type { Target } from "ruvllm-esp32/espnow-federation/virtual/event-queue";
import { BROADCAST, type Frame } from "ruvllm-esp32/espnow-federation/virtual/frame";
import { BoardStatistics } from "ruvllm-esp32/espnow-federation/virtual/options";
import { VirtualRadio } from "ruvllm-esp32/espnow-federation/virtual/radio";
import { VirtualRandom } from "ruvllm-esp32/espnow-federation/virtual/random";
import { Ring } from "ruvllm-esp32/espnow-federation/virtual/ring";
import { Station } from "ruvllm-esp32/espnow-federation/virtual/station";
import type { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

/** Codes of events (a board's `extra` is its start, so what was meant for an earlier one is void) and of tasks. */
export const ARRIVE = 0;
const SUBMIT = 1, FREE = 2, READABLE = 3, SENT = 4, UNDELIVERED = 5, WRITABLE = 6, TIMER = 7;

/** One board: a processor that runs one handler at a time, a clock and a radio. */
export class VirtualBoard implements Target {
	readonly world: VirtualWorld;
	readonly address: number;
	readonly statistics = new BoardStatistics();
	alive = true;
	/** Number of its start, from 1. */
	boot = 1;
	/** For the world: boards of one group hear each other; when the last frame in order arrives. */
	group = 0;
	lastArrival = 0;
	station: Station;
	readonly #rate: PhyRate;
	readonly #channel: number;
	readonly #random: VirtualRandom;
	#radio: VirtualRadio;
	#clock: VirtualClock;
	#busyUntil = 0;
	/** What is to be done when the processor is free: code and data, one after the other. */
	readonly #tasks = new Ring<unknown>();
	#wakes = false;
	#submitting = 0;

	/** Boards are made by `addBoard` of a world. */
	constructor(world: VirtualWorld, address: number, rate: PhyRate, channel: number, stream: number) {
		this.world = world;
		this.address = address;
		this.#rate = rate;
		this.#channel = channel;
		this.#random = new VirtualRandom(world.settings.seed, stream);
		this.#radio = new VirtualRadio(this, rate, channel);
		this.#clock = new VirtualClock(this);
		this.station = new Station(this, world.channel(channel));
		this.station.channel.enter(this.station);
	}

	/** Of the present start. */
	get radio(): RadioPort {
		return this.#radio;
	}
	get clock(): Clock {
		return this.#clock;
	}
	/** 0 to 2^32 - 1, from the world's seed and the number of the board; goes on over reboots. */
	random(): number {
		return this.#random.next();
	}

	/** Simulated time as the board's code sees it: the world's, or later while it spends. */
	get time(): number {
		const { now } = this.world.events;
		return now > this.#busyUntil ? now : this.#busyUntil;
	}
	/**
	 * The code that runs takes so much processor time: what it sends from now on, and what else the board does, comes after
	 * it. Received frames wait in the radio's queue. @throws RangeError for a negative time
	 */
	spend(microseconds: number): void {
		if (!(microseconds >= 0 && microseconds < Infinity))
			throw new RangeError(`a board can't spend ${microseconds} us`);
		const whole = Math.round(microseconds);
		this.#busyUntil = this.time + whole;
		this.statistics.busyMicroseconds += whole;
	}

	/** Power off: queues and timers are gone, and what is on the air is cut off. A dead one stays dead. */
	kill(): void {
		this.radioOff();
		this.#clock.stop();
		this.alive = false;
		this.boot++;
		this.#busyUntil = 0;
		this.#wakes = false;
		while (this.#tasks.length)
			this.#tasks.shift();
	}
	/** Power off, if it is on, and on: `start` is the program, with a new radio and a new clock. */
	reboot(start: (board: VirtualBoard) => void): void {
		if (this.alive)
			this.kill();
		this.alive = true;
		this.#radio = new VirtualRadio(this, this.#rate, this.#channel);
		this.#clock = new VirtualClock(this);
		this.station = new Station(this, this.world.channel(this.#channel));
		this.station.channel.enter(this.station);
		start(this);
	}

	/** For the radio. */
	submit(frame: Frame): void {
		if (this.#submitting || this.time > this.world.now) {
			this.#submitting++;
			this.world.events.push(this.time, this, SUBMIT, this.boot, frame);
		}
		else
			this.station.enqueue(frame);
	}
	radioOff(): void {
		const { station } = this;
		if (station.closed)
			return;
		station.closed = true;
		station.channel.leave(station);
		for (let frame = station.queue.shift(); frame; frame = station.queue.shift())
			this.#discard(frame);
		this.#radio.shut();
	}
	#discard(frame: Frame): void {
		this.world.statistics.discarded++;
		this.world.frames.release(frame);
	}
	/** For the channel. */
	finished(station: Station, frame: Frame, delivered: boolean): void {
		const { to } = frame;
		this.world.count(frame, delivered);
		this.world.frames.release(frame);
		if (station.closed)
			return;
		const writable = this.#radio.finish();
		if (this.#radio.onSent && to !== BROADCAST)
			this.#enter(delivered ? SENT : UNDELIVERED, to);
		if (writable && !station.closed)
			this.#enter(WRITABLE, undefined);
	}
	/** For the world. */
	arrive(frame: Frame): void {
		if (this.#radio.arrive(frame))
			this.#enter(READABLE, undefined);
	}
	/** For the clock. */
	timerDue(timer: Timer): void {
		this.#enter(TIMER, timer);
	}

	fire(code: number, boot: number, data: unknown): void {
		const present = boot === this.boot && this.alive && !this.station.closed;
		if (code === ARRIVE) {
			if (!present) {
				this.world.statistics.abandoned++;
				this.world.frames.release(data as Frame);
			}
			else
				this.arrive(data as Frame);
		}
		else if (code === SUBMIT) {
			this.#submitting--;
			if (present)
				this.station.enqueue(data as Frame);
			else
				this.#discard(data as Frame);
		}
		else if (boot === this.boot) {
			this.#wakes = false;
			while (this.#tasks.length && this.#busyUntil <= this.world.now && boot === this.boot)
				this.#run(this.#tasks.shift() as number, this.#tasks.shift());
			if (boot === this.boot)
				this.#wake();
		}
	}

	/** Runs a task at once, or when the processor is free. Called by events alone, when all else is settled. */
	#enter(code: number, data: unknown): void {
		if (!this.#tasks.length && this.#busyUntil <= this.world.now)
			return this.#run(code, data);
		this.#tasks.push(code);
		this.#tasks.push(data);
		this.#wake();
	}
	#wake(): void {
		if (this.#tasks.length && !this.#wakes) {
			this.#wakes = true;
			this.world.events.push(this.time, this, FREE, this.boot);
		}
	}
	#run(code: number, data: unknown): void {
		if (code === READABLE)
			this.#radio.onReadable?.();
		else if (code === WRITABLE)
			this.#radio.onWritable?.();
		else if (code === TIMER) {
			const { callback } = data as Timer;
			(data as Timer).callback = undefined;
			callback?.();
		}
		else
			this.#radio.onSent?.(data as number, code === SENT);
	}
}
