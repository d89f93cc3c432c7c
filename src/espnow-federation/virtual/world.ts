/**
 * Many boards in one process: a discrete-event simulation, the same from the same seed. Nothing in it waits for real time.
 *
 *   const world = new VirtualWorld({ seed: 1, rate: "54M", loss: 0.05 }), a = world.addBoard(), b = world.addBoard();
 *   b.radio.onReadable = () => { while (b.radio.read(bytes)) ... };
 *   a.radio.addPeer(b.address);
 *   a.radio.send(b.address, bytes);
 *   world.run(1_000_000);
 *
 * Handlers must not use promises: the world does not wait for them. Model of the radio: docs/radio-model.md.
 */

import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { ARRIVE, VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";
import { Channel } from "ruvllm-esp32/espnow-federation/virtual/channel";
import { EventQueue, type Target } from "ruvllm-esp32/espnow-federation/virtual/event-queue";
import { BROADCAST, type Frame, FramePool, isStation } from "ruvllm-esp32/espnow-federation/virtual/frame";
import { checkOptions, type WorldOptions, type WorldSettings, WorldStatistics, wrong } from "ruvllm-esp32/espnow-federation/virtual/options";
import { isPhyRate } from "ruvllm-esp32/espnow-federation/virtual/phy";
import { VirtualRandom } from "ruvllm-esp32/espnow-federation/virtual/random";

export { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";
export type { WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/options";

export interface BoardOptions {
	/** 48 bits, not a group's; locally administered 02:00:00:00:00:01 and on by default. */
	address?: number;
	/** Of unicast frames to peers that name none; the world's by default. */
	rate?: PhyRate;
	/** 1 to 13; 1 by default. */
	channel?: number;
}

const FIRST_ADDRESS = 0x020000000001, SLOTS = 0x10000, FAULTS = 0x10001;

export class VirtualWorld implements Target {
	readonly settings: WorldSettings;
	readonly statistics = new WorldStatistics();
	readonly boards: VirtualBoard[] = [];
	/** For the parts of the world. */
	readonly events = new EventQueue();
	readonly frames: FramePool;
	readonly slots: VirtualRandom;
	readonly faults: VirtualRandom;
	readonly #byAddress = new Map<number, VirtualBoard>();
	readonly #channels: (Channel | undefined)[] = [];

	/** @throws RuvllmError VIRTUAL_OPTIONS */
	constructor(options: WorldOptions) {
		this.settings = checkOptions(options);
		this.frames = new FramePool(this.settings.mtu);
		this.slots = new VirtualRandom(this.settings.seed, SLOTS);
		this.faults = new VirtualRandom(this.settings.seed, FAULTS);
	}

	/** Microseconds since the start. */
	get now(): number {
		return this.events.now;
	}

	/** It is on at once. @throws RuvllmError VIRTUAL_OPTIONS for an address that is none or is taken, or a rate or channel that is none */
	addBoard({ address = FIRST_ADDRESS + this.boards.length, rate = this.settings.rate, channel = 1 }: BoardOptions = {}): VirtualBoard {
		if (!isStation(address))
			throw wrong(`${address} is no address of a board: 48 bits, not 0 and not a group's`);
		if (this.#byAddress.has(address))
			throw wrong(`there is a board ${address.toString(16)} already`);
		if (!isPhyRate(rate))
			throw wrong(`${String(rate)} is no rate`);
		if (!isChannel(channel))
			throw wrong(`${channel} is no channel; give 1 to 13`);
		const board = new VirtualBoard(this, address, rate, channel, this.boards.length);
		this.boards.push(board);
		this.#byAddress.set(address, board);
		return board;
	}
	board(address: number): VirtualBoard | undefined {
		return this.#byAddress.get(address);
	}
	/** @throws RangeError for another number than 1 to 13 */
	channel(number: number): Channel {
		if (!isChannel(number))
			throw new RangeError(`${number} is no channel; give 1 to 13`);
		return this.#channels[number] ??= new Channel(this);
	}

	/**
	 * Only boards of one group, given by addresses, hear each other's datagrams from now on; those in no group are one more.
	 * They still share the channel's time, as boards that are too far away to be understood do. undefined: all hear all.
	 */
	partition(groups: readonly (readonly number[])[] | undefined): void {
		for (const board of this.boards)
			board.group = groups ? groups.findIndex((group) => group.includes(board.address)) : 0;
	}

	/** Calls `callback` at a time that is not past. @throws RangeError when it is */
	at(microseconds: number, callback: () => void): void {
		if (!(microseconds >= this.now && microseconds < Infinity))
			throw new RangeError(`it is ${this.now} us already; nothing can be done at ${microseconds}`);
		this.events.push(microseconds, this, 0, 0, callback);
	}
	fire(_code: number, _extra: number, data: unknown): void {
		(data as () => void)();
	}

	/** Lets everything happen up to a time, which is then now. What a handler throws ends it. */
	run(untilMicroseconds: number): void {
		const { events } = this;
		while (events.next <= untilMicroseconds)
			events.step();
		events.now = Math.max(events.now, untilMicroseconds);
	}
	/** As `run`, but stops at the event that made the condition true. @returns whether it is */
	runUntil(condition: () => boolean, deadlineMicroseconds: number): boolean {
		const { events } = this;
		while (!condition()) {
			if (events.next > deadlineMicroseconds) {
				events.now = Math.max(events.now, deadlineMicroseconds);
				return condition();
			}
			events.step();
		}
		return true;
	}

	/** For channels: a board's MAC layer took a frame. `atOnce`: its program may be called now. */
	hear(frame: Frame, board: VirtualBoard, atOnce: boolean): void {
		const { faults, settings, statistics } = this, now = this.events.now;
		statistics.heard++;
		if (faults.chance(settings.loss)) {
			statistics.lost++;
			return;
		}
		let at = now + settings.stackMicroseconds;
		if (settings.jitterMicroseconds)
			at += faults.below(settings.jitterMicroseconds + 1);
		const twice = faults.chance(settings.duplicate), late = faults.chance(settings.reorder);
		if (late) {
			at += 1 + faults.below(settings.reorderMicroseconds);
			statistics.reordered++;
		}
		else if (at <= board.lastArrival) {
			at = board.lastArrival;
			atOnce = false;
		}
		else
			board.lastArrival = at;
		if (twice) {
			statistics.duplicated++;
			this.#bring(frame, board, at + faults.below(settings.reorderMicroseconds));
		}
		if (atOnce && at === now) {
			frame.references++;
			board.arrive(frame);
		}
		else
			this.#bring(frame, board, at);
	}
	#bring(frame: Frame, board: VirtualBoard, at: number): void {
		frame.references++;
		this.events.push(at, board, ARRIVE, board.boot, frame);
	}
	/** For boards: what became of a datagram. */
	count(frame: Frame, delivered: boolean): void {
		if (frame.to === BROADCAST)
			this.statistics.broadcast++;
		else if (delivered)
			this.statistics.acknowledged++;
		else
			this.statistics.failed++;
	}
}

const isChannel = (channel: unknown): boolean => Number.isInteger(channel) && (channel as number) >= 1 && (channel as number) <= 13;
