/**
 * Watches the bytes of a growing text for stop texts. Bytes that may be the beginning of one are held
 * back until it is decided, so that no part of a stop text is ever shown. Allocates only when made.
 */

import { encodeUtf8 } from "ruvllm-esp32/core/utf8";

export class StopMatcher {
	readonly #stops: Uint8Array[];
	/** Bytes held back, then the new ones. */
	readonly #buffer: Uint8Array;
	#held = 0;
	/** Whether a stop text has come. */
	stopped = false;

	/** @param longestPiece bytes that one `push` brings at most */
	constructor(stops: readonly string[], longestPiece: number) {
		this.#stops = stops.map(encodeUtf8);
		const longest = this.#stops.reduce((max, stop) => Math.max(max, stop.length), 0);
		this.#buffer = new Uint8Array(longest + longestPiece);
	}

	/** Where new bytes are to be written: at `offset` of `buffer`. */
	get buffer(): Uint8Array {
		return this.#buffer;
	}
	get offset(): number {
		return this.#held;
	}

	/**
	 * `count` new bytes stand at `offset`. Returns how many bytes, from the start of `buffer`, are
	 * certain to be text; the caller uses them, then calls `drop` with the same number.
	 */
	push(count: number): number {
		const end = this.#held + count;
		this.#held = end;
		let certain = end, stopAt = end;
		// Indices, not iterators: those would be allocated for each token.
		for (let s = 0; s < this.#stops.length; s++) {
			const stop = this.#stops[s]!;
			for (let from = 0; from < stopAt; from++)
				if (this.#matches(stop, from, end)) {
					certain = Math.min(certain, from);
					if (from + stop.length <= end) {
						this.stopped = true;
						stopAt = from;
					}
				}
		}
		// A whole stop text ends the text, so that what only may begin another before it is text.
		return this.stopped ? stopAt : certain;
	}

	/** Whether the bytes from `from` to `end` agree with the stop text as far as both go. */
	#matches(stop: Uint8Array, from: number, end: number): boolean {
		const n = Math.min(stop.length, end - from);
		for (let i = 0; i < n; i++)
			if (this.#buffer[from + i] !== stop[i])
				return false;
		return true;
	}

	drop(count: number): void {
		if (count < this.#held)
			this.#buffer.copyWithin(0, count, this.#held);
		this.#held -= count;
	}

	/** At the end of the text: how many bytes at the start of `buffer` were held back in vain. */
	flush(): number {
		return this.stopped ? 0 : this.#held;
	}
}
