/** Frames to and from the radio: buffers, counters and the seal; what each costs is in C (platform/frames). */

import { Frames } from "ruvllm-esp32/platform/frames";
import { Memory } from "ruvllm-esp32/platform/kernels";
import type { RadioPort } from "ruvllm-esp32/platform/radio";
import { HEADER, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Sealer, SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";
import { Statistics } from "ruvllm-esp32/espnow-federation/frames/statistics";

export interface WireOptions {
	/** Bytes of the longest frame and of the longest message. */
	longest: number;
	messageBytes: number;
	segments: number;
	boards: number;
	/** Versions of the protocol. */
	lowest: number;
	highest: number;
}

/** A Memory is a buffer to views, and does not move. */
export const viewOf = (memory: Memory): Uint8Array => new Uint8Array(memory as unknown as ArrayBuffer);

export class Wire {
	readonly radio: RadioPort;
	readonly sealer: Sealer;
	readonly frames: Frames;
	/** Bytes of the longest frame that is sent. */
	readonly longest: number;
	/** Frame that is being written, and bodies of frames that were read: from HEADER on as the types say. */
	readonly out: Uint8Array;
	readonly in: Uint8Array;
	/** The message that is being delivered; grows to the longest that came. */
	message: Uint8Array;
	readonly boot = new Uint8Array(8);
	/** The radio had no room: its onWritable will say when it has. */
	blocked = false;
	#key: SenderKey | undefined;
	readonly statistics: Statistics;

	constructor(radio: RadioPort, sealer: Sealer, { longest, messageBytes, segments, boards, lowest, highest }: WireOptions) {
		const out = new Memory(longest + 16), into = new Memory(Math.max(radio.mtu, longest) + 16), message = new Memory(longest);
		this.radio = radio;
		this.sealer = sealer;
		this.longest = longest;
		this.frames = new Frames(radio.address, out, into, message, sealer.open, sealer.trailerBytes, longest, lowest, highest, segments, messageBytes, boards, radio.maxPeers);
		this.out = viewOf(out);
		this.in = viewOf(into);
		this.message = viewOf(message);
		this.statistics = new Statistics(this.frames);
	}

	/** A new boot number, and with it a new key: counters begin again. */
	restart(random: () => number): void {
		put32(this.boot, 0, random());
		put32(this.boot, 4, random());
		this.#key?.close();
		this.#key = this.sealer.key(this.radio.address, this.boot);
		this.frames.restart(this.#key.seed ?? 0);
	}
	/** Seals the frame in `out` whose header is written and whose body ends at `end`. @returns its bytes */
	seal(plainOffset: number, end: number): number {
		return this.#key!.seal(this.frames.counter(), this.out, plainOffset, end - plainOffset);
	}
	/**
	 * Sends what lies in `out` and is no link's.
	 * @param to undefined: to all
	 * @param end where the body ends
	 * @returns false: the radio's queue is full
	 */
	send(to: number | undefined, version: number, type: number, plainOffset: number, end: number): boolean {
		// A closed node has none: nothing is sent any more.
		if (!this.#key)
			return false;
		const count = this.frames.stamp(version, type, end) || this.seal(plainOffset, end);
		if (to === undefined ? this.radio.broadcast(this.out, count) : this.radio.send(to, this.out, count))
			return true;
		this.refused();
		return false;
	}
	/** The radio did not take the frame in `out`. */
	refused(): void {
		this.blocked = true;
		this.frames.unsent();
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
