/** One timer for all deadlines of a board. It may ring early: who is called looks what is due, and sets it again. */

import type { Clock } from "ruvllm-esp32/espnow-federation/network";

export class Alarm {
	readonly #clock: Clock;
	readonly #ring: () => void;
	#handle: unknown;
	#at = Infinity;

	constructor(clock: Clock, ring: () => void) {
		this.#clock = clock;
		this.#ring = () => {
			this.#at = Infinity;
			this.#handle = undefined;
			ring();
		};
	}

	/** Rings at that time in microseconds, or before. */
	by(at: number): void {
		if (at >= this.#at)
			return;
		this.#cancel();
		this.#at = at;
		this.#handle = this.#clock.after(Math.max(0, Math.ceil((at - this.#clock.microseconds()) / 1000)), this.#ring);
	}
	/** Rings no more. */
	close(): void {
		this.#cancel();
		this.#at = -Infinity;
	}

	#cancel(): void {
		if (this.#handle !== undefined)
			this.#clock.cancel(this.#handle);
		this.#handle = undefined;
	}
}
