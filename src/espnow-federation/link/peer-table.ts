/**
 * Which members the radio knows: it has places for 20 (fewer than there may be members), so the least recently used makes room.
 * A link with frames inside the MAC keeps its place: reports come in the order of sending.
 */

import type { PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";
import type { Link } from "ruvllm-esp32/espnow-federation/link/link";

export class PeerTable {
	readonly #radio: RadioPort;
	readonly #known: Link[] = [];
	readonly #options: { rate: PhyRate } | undefined;
	#clock = 0;

	constructor(radio: RadioPort, rate: PhyRate | undefined) {
		this.#radio = radio;
		this.#options = rate && { rate };
	}

	/** Makes the radio know the link's peer. @returns false: all places are in use; try again when the MAC has reported */
	use(link: Link): boolean {
		if (!link.known) {
			if (this.#known.length >= this.#radio.maxPeers && !this.#evict())
				return false;
			this.#radio.addPeer(link.address, this.#options);
			link.known = true;
			this.#known.push(link);
		}
		link.usedAt = ++this.#clock;
		return true;
	}
	forget(link: Link): void {
		if (!link.known)
			return;
		link.known = false;
		this.#known.splice(this.#known.indexOf(link), 1);
		this.#radio.removePeer(link.address);
	}

	#evict(): boolean {
		let oldest: Link | undefined;
		for (const link of this.#known)
			if (link.inMac === 0 && (!oldest || link.usedAt < oldest.usedAt))
				oldest = link;
		if (oldest)
			this.forget(oldest);
		return oldest !== undefined;
	}
}
