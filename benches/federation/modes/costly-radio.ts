/** A virtual board's radio whose frames take its processor's time: what the federation's own layers cost on a chip. */

import type { PeerOptions, RadioPort } from "ruvllm-esp32/platform/radio";

export class CostlyRadio implements RadioPort {
	readonly #radio: RadioPort;
	readonly #spend: (microseconds: number) => void;
	readonly #send: number;
	readonly #receive: number;
	#rest = 0;

	/** @param send microseconds of a frame that is sent @param receive of one that is read */
	constructor(radio: RadioPort, spend: (microseconds: number) => void, send: number, receive: number) {
		this.#radio = radio;
		this.#spend = spend;
		this.#send = send;
		this.#receive = receive;
	}
	get address(): number {
		return this.#radio.address;
	}
	get mtu(): number {
		return this.#radio.mtu;
	}
	get maxPeers(): number {
		return this.#radio.maxPeers;
	}
	get from(): number {
		return this.#radio.from;
	}
	get rssi(): number {
		return this.#radio.rssi;
	}
	get dropped(): number {
		return this.#radio.dropped;
	}
	get channel(): number {
		return this.#radio.channel;
	}
	set channel(channel: number) {
		this.#radio.channel = channel;
	}
	get onReadable(): (() => void) | undefined {
		return this.#radio.onReadable;
	}
	set onReadable(callback: (() => void) | undefined) {
		this.#radio.onReadable = callback;
	}
	get onSent(): ((to: number, delivered: boolean) => void) | undefined {
		return this.#radio.onSent;
	}
	set onSent(callback: ((to: number, delivered: boolean) => void) | undefined) {
		this.#radio.onSent = callback;
	}
	get onWritable(): (() => void) | undefined {
		return this.#radio.onWritable;
	}
	set onWritable(callback: (() => void) | undefined) {
		this.#radio.onWritable = callback;
	}
	addPeer(address: number, options?: PeerOptions): void {
		this.#radio.addPeer(address, options);
	}
	removePeer(address: number): void {
		this.#radio.removePeer(address);
	}
	send(to: number, bytes: Uint8Array, count?: number): boolean {
		this.#take(this.#send);
		return this.#radio.send(to, bytes, count);
	}
	broadcast(bytes: Uint8Array, count?: number): boolean {
		this.#take(this.#send);
		return this.#radio.broadcast(bytes, count);
	}
	read(into: Uint8Array): number {
		const count = this.#radio.read(into);
		if (count > 0)
			this.#take(this.#receive);
		return count;
	}
	close(): void {
		this.#radio.close();
	}
	#take(microseconds: number): void {
		const all = this.#rest + microseconds, whole = Math.floor(all);
		this.#rest = all - whole;
		if (whole)
			this.#spend(whole);
	}
}
