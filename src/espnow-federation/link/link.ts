/**
 * Reliable messages between two boards. Both directions are numbered from 0 at each admission; a tag, 16 bits of the challenge by
 * which the receiver admitted the sender, says which admission a frame belongs to. What each frame costs is in C: native/link.h.
 */

import { type LinkPool, LinkState } from "ruvllm-esp32/platform/link";

export class Link {
	readonly address: number;
	readonly state: LinkState;
	/** Waits for its turn. */
	queued = false;
	/** Of the protocol. */
	version = 0;
	/** Counts restarts: reports on frames from before mean nothing. */
	generation = 0;
	/** When it wants to be looked at; Infinity: not before something happens. */
	deadline = Infinity;

	constructor(address: number, pool: LinkPool, longestMessage: number) {
		this.address = address;
		this.state = new LinkState(pool, longestMessage);
	}

	/** Drops all; both directions begin again. */
	restart(outTag: number, inTag: number): void {
		this.generation = this.generation + 1 & 0xff;
		this.state.reset(outTag, inTag);
		this.deadline = Infinity;
	}
	/** Asks again when it wants to be looked at. */
	schedule(now: number): number {
		const left = this.state.deadline(now);
		return this.deadline = left < 0 ? Infinity : now + left;
	}
}
