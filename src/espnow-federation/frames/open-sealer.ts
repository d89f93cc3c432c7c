/**
 * Seal of an open network: CRC-32 over the frame, begun with a number made from network, sender and boot number. It finds damage,
 * and frames of other networks and of a sender's former starts; it proves nothing.
 */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import type { Sealer, SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";

const TRAILER = 4;

class OpenKey implements SenderKey {
	readonly seed: number;

	constructor(seed: number) {
		this.seed = seed;
	}

	seal(_counter: number, bytes: Uint8Array, plainOffset: number, plainCount: number): number {
		const end = plainOffset + plainCount, crc = this.#crc(bytes, end);
		bytes[end] = crc;
		bytes[end + 1] = crc >>> 8;
		bytes[end + 2] = crc >>> 16;
		bytes[end + 3] = crc >>> 24;
		return end + TRAILER;
	}
	open(_counter: number, bytes: Uint8Array, plainOffset: number, count: number): boolean {
		const end = count - TRAILER;
		if (end < plainOffset || count > bytes.length)
			return false;
		return (bytes[end]! | bytes[end + 1]! << 8 | bytes[end + 2]! << 16 | bytes[end + 3]! << 24) === (this.#crc(bytes, end) | 0);
	}
	close(): void {}

	#crc(bytes: Uint8Array, count: number): number {
		return crc32(bytes.buffer as ArrayBuffer, bytes.byteOffset, count, this.seed);
	}
}

export class OpenSealer implements Sealer {
	readonly trailerBytes = TRAILER;
	readonly open = true;
	readonly #network: number;
	readonly #scratch = new Uint8Array(18);

	/** @param network number of the network, 0 to 2^32 - 1: frames of others look damaged */
	constructor(network: number) {
		this.#network = network;
	}

	key(address: number, boot: Uint8Array): SenderKey {
		const all = this.#scratch, high = Math.floor(address / 2 ** 32);
		for (let i = 0; i < 4; i++) {
			all[i] = this.#network >>> 8 * i;
			all[4 + i] = address >>> 8 * i;
		}
		all[8] = high;
		all[9] = high >>> 8;
		for (let i = 0; i < 8; i++)
			all[10 + i] = boot[i]!;
		return new OpenKey(crc32(all.buffer as ArrayBuffer, 0, 18, 0));
	}
}
