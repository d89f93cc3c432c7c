/** Frames that are with the MAC, oldest first: it reports on them in the order of sending, without saying which. */

import type { Link } from "ruvllm-esp32/espnow-federation/link/link";

/** Frames that a board keeps inside the MAC at most, so that heartbeats need not queue for long. */
export const IN_MAC = 8;

export class MacReports {
	readonly #links: (Link | undefined)[] = new Array<Link | undefined>(IN_MAC).fill(undefined);
	readonly #sequences = new Int32Array(IN_MAC);
	readonly #tries = new Uint8Array(IN_MAC);
	readonly #generations = new Uint8Array(IN_MAC);
	#first = 0;
	#count = 0;
	#lastAt = 0;

	get full(): boolean {
		return this.#count === IN_MAC;
	}
	/** @param sequence -1: an acknowledgement alone */
	add(link: Link, sequence: number, tries: number, now: number): void {
		const i = this.#first + this.#count++ & IN_MAC - 1;
		this.#links[i] = link;
		this.#sequences[i] = sequence;
		this.#tries[i] = tries;
		this.#generations[i] = link.generation;
		this.#lastAt = now;
		link.inMac++;
	}
	/** A report came. @returns the link that it is for, if it is one of ours */
	take(to: number, delivered: boolean): Link | undefined {
		let skip = 0;
		while (skip < this.#count && this.#links[this.#first + skip & IN_MAC - 1]!.address !== to)
			skip++;
		// Broadcasts, and frames of others that use the radio.
		if (skip === this.#count)
			return undefined;
		for (; skip > 0; skip--)
			this.#drop();
		const i = this.#first, link = this.#links[i]!, sequence = this.#sequences[i]!;
		if (sequence >= 0 && this.#generations[i] === link.generation)
			link.sender.reported(sequence, this.#tries[i]!, delivered);
		this.#drop();
		return link;
	}
	/** A radio that reports nothing for half a second never will. @returns whether there is room again */
	expire(now: number): boolean {
		if (this.#count === 0 || now - this.#lastAt < 500_000)
			return false;
		while (this.#count)
			this.#drop();
		return true;
	}

	#drop(): void {
		this.#links[this.#first]!.inMac--;
		this.#first = this.#first + 1 & IN_MAC - 1;
		this.#count--;
	}
}
