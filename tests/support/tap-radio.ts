/** A clock that tests move, and radios whose frames they see, hold back, and forge. */

import type { Clock } from "ruvllm-esp32/espnow-federation/network";
import type { RadioPort } from "ruvllm-esp32/platform/radio";

interface Wait {
	at: number;
	callback: () => void;
}

export class ManualClock implements Clock {
	now = 1_000_000;
	#waits: Wait[] = [];

	microseconds(): number {
		return this.now;
	}
	after(milliseconds: number, callback: () => void): Wait {
		const wait = { at: this.now + 1000 * milliseconds, callback };
		this.#waits.push(wait);
		return wait;
	}
	cancel(handle: unknown): void {
		this.#waits = this.#waits.filter((wait) => wait !== handle);
	}
	/** Lets time pass, with what is due in it. `between` is called after each. */
	pass(microseconds: number, between: () => void = () => {}): void {
		const end = this.now + microseconds;
		for (;;) {
			let next: Wait | undefined;
			for (const wait of this.#waits)
				if (wait.at <= end && (!next || wait.at < next.at))
					next = wait;
			if (!next)
				break;
			this.cancel(next);
			this.now = Math.max(this.now, next.at);
			next.callback();
			between();
		}
		this.now = end;
	}
}

export interface Tapped {
	from: number;
	/** undefined: to all. */
	to: number | undefined;
	bytes: Uint8Array;
}

/** Frames sent lie in `sent` until the test moves them. */
export class TapRadio implements RadioPort {
	readonly mtu = 250;
	readonly maxPeers: number = 20;
	channel = 1;
	onReadable: (() => void) | undefined;
	onSent: ((to: number, delivered: boolean) => void) | undefined;
	onWritable: (() => void) | undefined;
	readonly peers = new Set<number>();
	sent: Tapped[] = [];
	/** Frames that `send` and `broadcast` still take. */
	room = Infinity;
	from = 0;
	readonly rssi = 0;
	readonly dropped = 0;
	#waiting: Tapped[] = [];

	constructor(readonly address: number) {}

	addPeer(address: number): void {
		if (!this.peers.has(address) && this.peers.size >= this.maxPeers)
			throw new Error("more peers than the radio knows");
		this.peers.add(address);
	}
	removePeer(address: number): void {
		this.peers.delete(address);
	}
	send(to: number, bytes: Uint8Array, count = bytes.length): boolean {
		if (!this.peers.has(to))
			throw new Error("an unknown peer");
		return this.#take(to, bytes, count);
	}
	broadcast(bytes: Uint8Array, count = bytes.length): boolean {
		return this.#take(undefined, bytes, count);
	}
	#take(to: number | undefined, bytes: Uint8Array, count: number): boolean {
		if (count < 1 || count > this.mtu)
			throw new Error(`${count} bytes`);
		if (this.room <= 0)
			return false;
		this.room--;
		this.sent.push({ from: this.address, to, bytes: bytes.slice(0, count) });
		return true;
	}
	/** A frame comes in. */
	hear(from: number, bytes: Uint8Array): void {
		this.#waiting.push({ from, to: undefined, bytes });
		this.onReadable?.();
	}
	read(into: Uint8Array): number {
		const frame = this.#waiting.shift();
		if (!frame)
			return 0;
		this.from = frame.from;
		into.set(frame.bytes);
		return frame.bytes.length;
	}
	close(): void {}
}

/** Moves what the radios sent to those it is for, until nothing is under way. `see` gets each frame and receiver; what it returns false for is lost. */
export function carry(radios: readonly TapRadio[], see: (frame: Tapped, to: number) => boolean = () => true): void {
	for (let any = true; any;) {
		any = false;
		for (const radio of radios)
			for (const frame of radio.sent.splice(0)) {
				any = true;
				let arrives = false;
				for (const other of radios)
					if (other !== radio && (frame.to === undefined || frame.to === other.address) && see(frame, other.address)) {
						arrives = true;
						other.hear(radio.address, frame.bytes);
					}
				if (frame.to !== undefined)
					radio.onSent?.(frame.to, arrives);
			}
	}
}
