/**
 * Whom the radio knows: it has places for 20 (fewer than there may be members), so the least recently used makes room. One with
 * frames inside the MAC keeps its place: reports come in the order of sending.
 */

import type { PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";

export interface Peer {
	readonly address: number;
	usedAt: number;
	/** Frames that the MAC has not reported on. */
	inMac: number;
}

export class PeerTable {
	readonly #radio: RadioPort;
	readonly #options: { rate: PhyRate } | undefined;
	readonly #peers = new Map<number, Peer>();
	#uses = 0;

	constructor(radio: RadioPort, rate: PhyRate | undefined) {
		this.#radio = radio;
		this.#options = rate && { rate };
	}

	/** Makes the radio know a board. @returns undefined: all places are in use; try again when the MAC has reported */
	use(address: number): Peer | undefined {
		let peer = this.#peers.get(address);
		if (!peer) {
			if (this.#peers.size >= this.#radio.maxPeers && !this.#evict())
				return undefined;
			this.#radio.addPeer(address, this.#options);
			peer = { address, usedAt: 0, inMac: 0 };
			this.#peers.set(address, peer);
		}
		peer.usedAt = ++this.#uses;
		return peer;
	}

	#evict(): boolean {
		let oldest: Peer | undefined;
		for (const peer of this.#peers.values())
			if (peer.inMac === 0 && (!oldest || peer.usedAt < oldest.usedAt))
				oldest = peer;
		if (!oldest)
			return false;
		this.#peers.delete(oldest.address);
		this.#radio.removePeer(oldest.address);
		return true;
	}
}
