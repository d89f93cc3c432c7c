import type { Clock } from "ruvllm-esp32/espnow-federation/network";
import type { Target } from "ruvllm-esp32/espnow-federation/virtual/event-queue";
import type { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";

export class Timer {
	callback: (() => void) | undefined;

	constructor(callback: () => void) {
		this.callback = callback;
	}
}

/** A board's time: microseconds since it started, as `spend` moves it. */
export class VirtualClock implements Clock, Target {
	readonly #board: VirtualBoard;
	readonly #origin: number;
	#stopped = false;

	constructor(board: VirtualBoard) {
		this.#board = board;
		this.#origin = board.world.now;
	}

	microseconds(): number {
		return this.#board.time - this.#origin;
	}
	after(milliseconds: number, callback: () => void): Timer {
		if (!(milliseconds >= 0 && milliseconds < 1e12))
			throw new RangeError(`a board can't wait ${milliseconds} ms`);
		const timer = new Timer(callback);
		if (!this.#stopped)
			this.#board.world.events.push(this.#board.time + Math.round(milliseconds * 1000), this, 0, 0, timer);
		return timer;
	}
	cancel(handle: unknown): void {
		if (handle instanceof Timer)
			handle.callback = undefined;
	}

	/** The board died: nothing that waits is called. */
	stop(): void {
		this.#stopped = true;
	}
	fire(_code: number, _extra: number, data: unknown): void {
		if (!this.#stopped && (data as Timer).callback)
			this.#board.timerDue(data as Timer);
	}
}
