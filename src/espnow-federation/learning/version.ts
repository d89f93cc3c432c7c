/** A version of the common adapter: weights and reputations after a round, and the digest by which boards know that they have the same. */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import { ENTRY, getAddress, HEAD, putAddress } from "ruvllm-esp32/espnow-federation/learning/messages";
import { MOST_STRIKES, type Reputation } from "ruvllm-esp32/espnow-federation/learning/merge";

export class Version {
	round = 0;
	digest = 0;
	readonly weights: Int16Array;
	/** In the order of addresses. */
	reputation: Reputation = new Map();

	constructor(size: number) {
		this.weights = new Int16Array(size);
	}

	get bytes(): number {
		return ENTRY * this.reputation.size + 2 * this.weights.length;
	}

	/** As it travels, from `at` on. */
	write(bytes: Uint8Array, at: number): void {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		for (const [address, strikes] of this.reputation) {
			putAddress(view, at, address);
			view.setUint32(at + 8, strikes, true);
			at += ENTRY;
		}
		for (let i = 0; i < this.weights.length; i++, at += 2)
			view.setInt16(at, this.weights[i]!, true);
	}

	/** @returns false, and nothing is changed, for what a version can't have, or another digest than `digest` */
	read(bytes: Uint8Array, entries: number, round: number, digest: number): boolean {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at = HEAD + ENTRY * entries, reputation: Reputation = new Map();
		if (crcOf(bytes, HEAD, at + 2 * this.weights.length - HEAD, round) !== digest)
			return false;
		for (let i = 0, last = -1; i < entries; i++) {
			const address = getAddress(view, HEAD + ENTRY * i), strikes = view.getUint32(HEAD + ENTRY * i + 8, true);
			if (address <= last || strikes < 1 || strikes > MOST_STRIKES)
				return false;
			reputation.set(last = address, strikes);
		}
		for (let i = 0; i < this.weights.length; i++)
			this.weights[i] = view.getInt16(at + 2 * i, true);
		this.reputation = reputation;
		this.round = round;
		this.digest = digest;
		return true;
	}

	/** After a change: the order of reputations, and the digest. */
	seal(round: number): void {
		this.reputation = new Map([...this.reputation].sort(([a], [b]) => a - b));
		this.round = round;
		const bytes = new Uint8Array(this.bytes);
		this.write(bytes, 0);
		this.digest = crcOf(bytes, 0, bytes.length, round);
	}
}

/** CRC-32 of some bytes, begun with a number. */
export function crcOf(bytes: Uint8Array, at: number, count: number, seed: number): number {
	return crc32(bytes.buffer as ArrayBuffer, bytes.byteOffset + at, count, seed);
}
