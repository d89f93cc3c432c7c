/** Frames that are with the MAC, oldest first: it reports on them in the order of sending, without saying which. */

import type { Link } from "ruvllm-esp32/espnow-federation/link/link";
import type { Peer } from "ruvllm-esp32/espnow-federation/link/peer-table";

/** Frames that a board keeps inside the MAC at most, so that heartbeats need not queue for long. */
export const IN_MAC = 8;

export class MacReports {
	readonly #peers: (Peer | undefined)[] = new Array<Peer | undefined>(IN_MAC).fill(undefined);
	readonly #links: (Link | undefined)[] = new Array<Link | undefined>(IN_MAC).fill(undefined);
	readonly #sequences = new Int32Array(IN_MAC);
	readonly #tries = new Uint8Array(IN_MAC);
	readonly #generations = new Uint8Array(IN_MAC);
	#first = 0;
	#count = 0;
	#lastAt = 0;

	/** Whether a frame of no link is there: one at a time, so that its report tells how long the channel makes a frame wait. */
	loose = false;
	/** That time, smoothed, in microseconds. */
	delay = 0;
	#looseAt = 0;

	get full(): boolean {
		return this.#count === IN_MAC;
	}
	/**
	 * @param link undefined: a frame of no link
	 * @param sequence -1: an acknowledgement alone
	 * @param tries how often this segment was sent, this time included
	 */
	add(peer: Peer, link: Link | undefined, sequence: number, tries: number, now: number): void {
		const i = this.#first + this.#count++ & IN_MAC - 1;
		this.#peers[i] = peer;
		this.#links[i] = link;
		this.#sequences[i] = sequence;
		this.#tries[i] = tries;
		this.#generations[i] = link?.generation ?? 0;
		this.#lastAt = now;
		peer.inMac++;
		if (!link) {
			this.loose = true;
			this.#looseAt = now;
		}
	}
	/** A report came. @returns the link that it is for, if it is one of ours */
	take(to: number, delivered: boolean, now: number): Link | undefined {
		let skip = 0;
		while (skip < this.#count && this.#peers[this.#first + skip & IN_MAC - 1]!.address !== to)
			skip++;
		// Broadcasts, and frames of others that use the radio.
		if (skip === this.#count)
			return undefined;
		for (; skip > 0; skip--)
			this.#drop();
		const i = this.#first, link = this.#links[i], sequence = this.#sequences[i]!;
		if (link && sequence >= 0 && this.#generations[i] === link.generation)
			link.state.reported(sequence, this.#tries[i]!, delivered);
		if (!link)
			this.delay += now - this.#looseAt - this.delay >> 2;
		this.#drop();
		return link;
	}
	/** A radio that has reported nothing for half a second never will. */
	expire(now: number): void {
		if (this.#count > 0 && now - this.#lastAt >= 500_000)
			while (this.#count)
				this.#drop();
	}

	#drop(): void {
		this.#peers[this.#first]!.inMac--;
		if (!this.#links[this.#first])
			this.loose = false;
		this.#links[this.#first] = undefined;
		this.#first = this.#first + 1 & IN_MAC - 1;
		this.#count--;
	}
}
