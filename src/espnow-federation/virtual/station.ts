import type { Channel } from "ruvllm-esp32/espnow-federation/virtual/channel";
import { type Frame, Ring } from "ruvllm-esp32/espnow-federation/virtual/frame";
import type { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";

/** A board's MAC layer, from one start to the next: what it has to send, and its back-off. */
export class Station {
	readonly board: VirtualBoard;
	channel: Channel;
	/** Where it goes when its exchange has ended. */
	nextChannel: Channel | undefined;
	readonly queue = new Ring<Frame>();
	/** Slots to count before it may send. */
	slots = 0;
	/** Contention window: the largest number of slots that it draws; 0: the next frame's own. */
	window = 0;
	/** Since when its first frame is there. */
	ready = 0;
	/** It does not count before: it waits for an acknowledgement until then. */
	hold = 0;
	/** In the channel's list of those that contend. */
	listed = false;
	/** In an exchange. */
	sending = false;
	/** Until this time its frame is on the air. */
	sendingUntil = 0;
	/** Its board died. */
	closed = false;

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
			this.nextChannel = channel;
		else if (channel !== this.channel) {
			this.channel.leave(this);
			this.channel = channel;
			channel.enter(this);
		}
	}
}
