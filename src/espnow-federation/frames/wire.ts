/** Frames to and from the radio: header, counter, seal, and the count of what happens to them. */

import type { RadioPort } from "ruvllm-esp32/platform/radio";
import { COUNTER_AT, HEADER, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Sealer, SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";
import type { NetworkStatistics } from "ruvllm-esp32/espnow-federation/network";

export class Wire {
	readonly radio: RadioPort;
	readonly sealer: Sealer;
	/** Bytes of the longest frame that is sent. */
	readonly longest: number;
	/** Frame that is being written, and bodies of frames that were read: from HEADER on as the types say. */
	readonly out: Uint8Array;
	readonly in: Uint8Array;
	readonly boot = new Uint8Array(8);
	/** The radio had no room: its onWritable will say when it has. */
	blocked = false;
	counter = 0;
	#key: SenderKey | undefined;
	readonly statistics: NetworkStatistics = {
		framesSent: 0, bytesSent: 0, framesReceived: 0, bytesReceived: 0, retries: 0, acknowledgements: 0, duplicates: 0,
		malformed: 0, unknownVersion: 0, unknownSender: 0, forged: 0, replayed: 0,
	};

	constructor(radio: RadioPort, sealer: Sealer, longest: number) {
		this.radio = radio;
		this.sealer = sealer;
		this.longest = longest;
		this.out = new Uint8Array(longest + 16);
		this.in = new Uint8Array(Math.max(radio.mtu, longest) + 16);
	}

	/** A new boot number, and with it a new key: counters begin again. */
	restart(random: () => number): void {
		put32(this.boot, 0, random());
		put32(this.boot, 4, random());
		this.#key?.close();
		this.#key = this.sealer.key(this.radio.address, this.boot);
		this.counter = 0;
	}
	/**
	 * Seals what lies in `out` and gives it to the radio.
	 * @param to undefined: to all
	 * @param end where the body ends
	 * @returns false: the radio's queue is full
	 */
	send(to: number | undefined, version: number, type: number, plainOffset: number, end: number): boolean {
		const key = this.#key;
		if (!key)
			return false;
		const out = this.out, counter = ++this.counter;
		out[0] = version << 4;
		out[1] = type;
		put32(out, COUNTER_AT, counter);
		const count = key.seal(counter, out, plainOffset, end - plainOffset);
		if (!(to === undefined ? this.radio.broadcast(out, count) : this.radio.send(to, out, count))) {
			this.blocked = true;
			return false;
		}
		this.statistics.framesSent++;
		this.statistics.bytesSent += count;
		return true;
	}
	close(): void {
		this.#key?.close();
		this.#key = undefined;
	}
	/** Bytes of a body that fit one frame. */
	get bodyBytes(): number {
		return this.longest - HEADER - this.sealer.trailerBytes;
	}
}
