/** Messages that wait until the network has room for them, in order for each receiver. */

import type { Network, Service } from "ruvllm-esp32/espnow-federation/network";

export class Outbox {
	readonly #network: Network;
	readonly #service: Service;
	readonly #waiting: { to: number; bytes: Uint8Array }[] = [];
	readonly #stop: () => void;

	constructor(network: Network, service: Service) {
		this.#network = network;
		this.#service = service;
		this.#stop = network.onDrain(() => this.#flush());
	}

	/** The bytes must not change any more. To whom is gone, nothing is sent. */
	send(to: number, bytes: Uint8Array): void {
		this.#waiting.push({ to, bytes });
		this.#flush();
	}

	/** What was for a board that left. */
	forget(address: number): void {
		for (let i = this.#waiting.length; i-- > 0;)
			if (this.#waiting[i]!.to === address)
				this.#waiting.splice(i, 1);
	}

	close(): void {
		this.#stop();
		this.#waiting.length = 0;
	}

	#flush(): void {
		const full = new Set<number>();
		for (let i = 0; i < this.#waiting.length;) {
			const { to, bytes } = this.#waiting[i]!;
			if (!this.#network.member(to)?.alive || (!full.has(to) && this.#network.send(to, this.#service, bytes)))
				this.#waiting.splice(i, 1);
			else {
				full.add(to);
				i++;
			}
		}
	}
}
