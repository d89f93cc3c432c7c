/** Counters of what happened to frames: C keeps them (platform/frames). */

import type { NetworkStatistics } from "ruvllm-esp32/espnow-federation/network";
import type { Frames } from "ruvllm-esp32/platform/frames";

/** Reasons for which a frame is dropped, as Frames numbers them. */
export const Dropped = { Malformed: 7, UnknownVersion: 8, UnknownSender: 9, Forged: 10, Replayed: 11 } as const;

export class Statistics implements NetworkStatistics {
	readonly #frames: Frames;

	constructor(frames: Frames) {
		this.#frames = frames;
	}

	get framesSent(): number {
		return this.#frames.statistic(0);
	}
	get bytesSent(): number {
		return this.#frames.statistic(1);
	}
	get framesReceived(): number {
		return this.#frames.statistic(2);
	}
	get bytesReceived(): number {
		return this.#frames.statistic(3);
	}
	get retries(): number {
		return this.#frames.statistic(4);
	}
	get acknowledgements(): number {
		return this.#frames.statistic(5);
	}
	get duplicates(): number {
		return this.#frames.statistic(6);
	}
	get malformed(): number {
		return this.#frames.statistic(Dropped.Malformed);
	}
	get unknownVersion(): number {
		return this.#frames.statistic(Dropped.UnknownVersion);
	}
	get unknownSender(): number {
		return this.#frames.statistic(Dropped.UnknownSender);
	}
	get forged(): number {
		return this.#frames.statistic(Dropped.Forged);
	}
	get replayed(): number {
		return this.#frames.statistic(Dropped.Replayed);
	}
	toJSON(): NetworkStatistics {
		const { framesSent, bytesSent, framesReceived, bytesReceived, retries, acknowledgements, duplicates, malformed, unknownVersion, unknownSender, forged, replayed } = this;
		return { framesSent, bytesSent, framesReceived, bytesReceived, retries, acknowledgements, duplicates, malformed, unknownVersion, unknownSender, forged, replayed };
	}
}
