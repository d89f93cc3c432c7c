import type { Channel } from "ruvllm-esp32/espnow-federation/virtual/channel";
import { BROADCAST, type Frame } from "ruvllm-esp32/espnow-federation/virtual/frame";
import type { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";
import { CW_MAX, CW_MIN_ERP, difs, SIFS } from "ruvllm-esp32/espnow-federation/virtual/phy";
import { Ring } from "ruvllm-esp32/espnow-federation/virtual/ring";
import type { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

/** A board's MAC layer, from one start to the next: what it has to send, and its back-off (IEEE Std 802.11-2020, 10.3.4.3). */
export class Station {
	readonly board: VirtualBoard;
	channel: Channel;
	readonly queue = new Ring<Frame>();
	/** Slots to count before it may send, and whether by the rules of EDCA: of the frame that they were drawn for. */
	slots = 0;
	edca = false;
	/** Since when its first frame is there. */
	ready = 0;
	/** It does not count before: it waits for an acknowledgement until then. */
	hold = 0;
	/** In the channel's list of those that contend. */
	listed = false;
	/** In an exchange; its frame is on the air until then. */
	sending = false;
	sendingUntil = 0;
	/** What its board is to be told of. */
	finished: Frame | undefined;
	/** Its board died. */
	closed = false;
	/** Contention window: the largest number of slots that it draws; 0: the next frame's own. */
	#window = 0;
	/** Where it goes when its exchange has ended. */
	#nextChannel: Channel | undefined;

	constructor(board: VirtualBoard, channel: Channel) {
		this.board = board;
		this.channel = channel;
	}

	enqueue(frame: Frame): void {
		this.queue.push(frame);
		if (this.queue.length === 1 && !this.sending)
			this.channel.contend(this);
	}
	/** An exchange that runs ends first. */
	tune(channel: Channel): void {
		if (this.sending)
			this.#nextChannel = channel;
		else if (channel !== this.channel) {
			this.channel.leave(this);
			this.channel = channel;
			channel.enter(this);
		}
	}

	/** Draws slots for its first frame. */
	draw(world: VirtualWorld): void {
		const { contentionWindow, edca } = this.queue.first!.profile;
		this.edca = edca;
		this.#window ||= world.settings.shortSlots ? CW_MIN_ERP : contentionWindow;
		this.slots = world.slots.below(this.#window + 1);
	}
	/** Its exchange has ended: it has done with the frame, or will send it again. Either way it backs off. */
	finish(delivered: boolean, world: VirtualWorld, slot: number): void {
		const frame = this.queue.first!, done = delivered || frame.to === BROADCAST;
		this.sending = false;
		this.ready = world.now;
		this.hold = done ? 0 : this.sendingUntil + SIFS + slot + frame.profile.acknowledgementStart + difs(slot);
		if (done || frame.attempts > world.settings.macRetries) {
			this.#window = 0;
			this.draw(world);
			this.#window = 0;
			this.queue.shift();
			this.finished = frame;
		}
		else {
			this.#window ||= world.settings.shortSlots ? CW_MIN_ERP : frame.profile.contentionWindow;
			this.#window = Math.min(2 * this.#window + 1, CW_MAX);
			this.draw(world);
		}
		if (this.#nextChannel) {
			const channel = this.#nextChannel;
			this.#nextChannel = undefined;
			this.tune(channel);
		}
	}
}
