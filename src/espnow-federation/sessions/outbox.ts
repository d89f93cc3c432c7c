/** Messages in order, when the network has no room for them at once: each is kept until it has. */

import type { Network, Service } from "ruvllm-esp32/espnow-federation/network";

interface Waiting {
	to: number;
	bytes: Uint8Array;
}

export class Outbox {
	readonly #network: Network;
	readonly #service: Service;
	#waiting: Waiting[] = [];
	#closed = false;
	readonly #stop: () => void;

	constructor(network: Network, service: Service) {
		this.#network = network;
		this.#service = service;
		this.#stop = network.onDrain(() => this.#flush());
	}

	/** Copied only when the network can't take it now; what is for a board that left is dropped. */
	post(to: number, bytes: Uint8Array, count: number): void {
		if (this.#waiting.length > 0 && this.#waiting.some((one) => one.to === to) || !this.#network.send(to, this.#service, bytes, count))
			this.#keep(to, bytes.slice(0, count));
	}

	/** One frame to all that hear it; tried again when the radio has no room. */
	broadcast(bytes: Uint8Array, count: number): void {
		if (this.#network.broadcast(this.#service, bytes, count))
			return;
		const copy = bytes.slice(0, count);
		this.#network.clock.after(1, () => this.#closed || this.broadcast(copy, count));
	}

	/** How many wait for room. */
	get waiting(): number {
		return this.#waiting.length;
	}

	/** Forgets what waits for a board. */
	drop(to: number): void {
		this.#waiting = this.#waiting.filter((one) => one.to !== to);
	}

	close(): void {
		this.#closed = true;
		this.#stop();
		this.#waiting = [];
	}

	#keep(to: number, bytes: Uint8Array): void {
		if (this.#network.member(to)?.alive)
			this.#waiting.push({ to, bytes });
	}

	#flush(): void {
		const full = new Set<number>();
		this.#waiting = this.#waiting.filter(({ to, bytes }) => {
			if (!this.#network.member(to)?.alive)
				return false;
			if (full.has(to) || !this.#network.send(to, this.#service, bytes))
				full.add(to);
			return full.has(to);
		});
	}
}
