/** How long a message takes from a program to another's and back, halved: what a hop of a pipeline costs beside its airtime for more bytes. */

import { type Network, Service } from "ruvllm-esp32/espnow-federation/network";

const PING = 1, PONG = 2, BYTES = 7;
/** Pings of a round, to each member; the smallest counts as the way itself, the rest is waiting. */
const ROUND = 3;

export class HopMeter {
	readonly #network: Network;
	readonly #bytes = new Uint8Array(BYTES);
	/** Smallest round trip to each member in microseconds. */
	readonly #trips = new Map<number, number>();
	readonly #sent = new Map<number, number>();
	#numbers = 0;
	#left = 0;
	#done: (() => void) | undefined;

	constructor(network: Network) {
		this.#network = network;
		network.handle(Service.Router, (from, bytes, count) => this.#message(from, bytes, count));
		network.watch((event, { address }) => event === "left" && this.#trips.delete(address));
	}

	/** Microseconds of a hop, the mean over members that answered; undefined: none has yet. */
	get hop(): number | undefined {
		if (this.#trips.size === 0)
			return undefined;
		let sum = 0;
		for (const trip of this.#trips.values())
			sum += trip;
		return Math.floor(sum / this.#trips.size / 2);
	}

	/** Asks all living members, one after the other, some times. `done` is called when the round is over, answered or not. */
	measure(done?: () => void): void {
		this.#done = done;
		this.#left = ROUND;
		this.#round();
	}

	#round(): void {
		const { clock } = this.#network, others = this.#network.alive().filter(({ address }) => address !== this.#network.address);
		if (this.#left-- <= 0 || others.length === 0) {
			const done = this.#done;
			this.#done = undefined;
			done?.();
			return;
		}
		others.forEach(({ address }, i) => clock.after(8 * i, () => this.#ping(address)));
		clock.after(8 * others.length + 40, () => this.#round());
	}

	#ping(to: number): void {
		const number = this.#numbers = this.#numbers + 1 & 0xffff;
		this.#sent.set(number, this.#network.clock.microseconds());
		// Answers that never come must not fill memory.
		if (this.#sent.size > 64)
			this.#sent.delete(this.#sent.keys().next().value!);
		this.#write(to, PING, number);
	}

	#write(to: number, kind: number, number: number): void {
		this.#bytes[0] = kind;
		this.#bytes[1] = number;
		this.#bytes[2] = number >> 8;
		this.#network.send(to, Service.Router, this.#bytes);
	}

	#message(from: number, bytes: Uint8Array, count: number): void {
		if (count !== BYTES)
			return;
		const number = bytes[1]! | bytes[2]! << 8, sent = this.#sent.get(number);
		if (bytes[0] === PING)
			this.#write(from, PONG, number);
		else if (bytes[0] === PONG && sent !== undefined) {
			this.#sent.delete(number);
			const trip = this.#network.clock.microseconds() - sent, before = this.#trips.get(from);
			// A slow answer now and then says little; a hop that has become longer shows in time.
			this.#trips.set(from, before === undefined || trip < before ? trip : before + (trip - before >> 4));
		}
	}
}
