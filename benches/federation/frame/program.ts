/**
 * What the network's layers cost for a message: two nodes on one machine, joined by a wire that takes no time. Prints the
 * profile's ticks (instructions on the emulated board) for one message with its share of acknowledgements, both ends.
 */

import { print } from "ruvllm-esp32/platform/console";
import { kernelTicks, profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import type { RadioPort } from "ruvllm-esp32/platform/radio";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { Node } from "ruvllm-esp32/espnow-federation/node";

/** Time stands still but for timers, which come one after the other. */
class Time {
	now = 0;
	readonly #timers: { at: number; callback: (() => void) | undefined }[] = [];
	microseconds(): number {
		return this.now;
	}
	after(milliseconds: number, callback: () => void): unknown {
		const timer = { at: this.now + 1000 * milliseconds, callback };
		this.#timers.push(timer);
		return timer;
	}
	cancel(timer: unknown): void {
		if (timer)
			(timer as { callback: undefined }).callback = undefined;
	}
	run(until: number): void {
		for (;;) {
			let first = -1;
			for (let i = 0; i < this.#timers.length; i++)
				if (first < 0 || this.#timers[i]!.at < this.#timers[first]!.at)
					first = i;
			if (first < 0 || this.#timers[first]!.at > until)
				break;
			const [timer] = this.#timers.splice(first, 1);
			this.now = Math.max(this.now, timer!.at);
			timer!.callback?.();
		}
		this.now = until;
	}
}

class Wire implements RadioPort {
	readonly mtu = 250;
	readonly maxPeers = 20;
	readonly rssi = 0;
	readonly dropped = 0;
	channel = 1;
	onReadable: (() => void) | undefined;
	onSent: ((to: number, delivered: boolean) => void) | undefined;
	onWritable: (() => void) | undefined;
	other: Wire | undefined;
	frames = 0;
	readonly #slots = Array.from({ length: 8 }, () => new Uint8Array(250));
	readonly #counts: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
	#head = 0;
	#tail = 0;
	#sent = 0;

	constructor(readonly address: number, readonly from: number) {}
	addPeer(): void {}
	removePeer(): void {}
	send(_to: number, bytes: Uint8Array, count = bytes.length): boolean {
		this.#sent++;
		return this.broadcast(bytes, count);
	}
	broadcast(bytes: Uint8Array, count = bytes.length): boolean {
		this.other!.take(bytes, count);
		this.frames++;
		return true;
	}
	take(bytes: Uint8Array, count: number): void {
		const slot = this.#slots[this.#tail & 7]!;
		slot.set(count === bytes.length ? bytes : bytes.subarray(0, count));
		this.#counts[this.#tail++ & 7] = count;
	}
	read(into: Uint8Array): number {
		if (this.#head === this.#tail)
			return 0;
		into.set(this.#slots[this.#head & 7]!);
		return this.#counts[this.#head++ & 7]!;
	}
	/** @returns whether anything was to do */
	work(): boolean {
		const sent = this.#sent;
		for (; this.#sent > 0; this.#sent--)
			this.onSent?.(this.from, true);
		if (this.#head === this.#tail)
			return sent > 0;
		this.onReadable?.();
		return true;
	}
	close(): void {}
}

const time = new Time(), a = new Wire(1, 2), b = new Wire(2, 1), capabilities = { model: 1, memory: 1, fastMemory: 1, fastSpeed: 1, slowSpeed: 1, services: 0, tags: 0 };
a.other = b;
b.other = a;
let seed = 1;
const random = (): number => seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
const nodes = [a, b].map((radio) => new Node({ radio, clock: time, random, capabilities }));
const settle = (): void => {
	while ([a.work(), b.work()].some(Boolean))
		;
};
for (let i = 0; i < 2000 && nodes.some((node) => node.alive().length < 2); i++) {
	time.run(time.now + 1000);
	settle();
}
if (nodes.some((node) => node.alive().length < 2))
	throw new Error("the nodes did not meet");
let got = 0;
nodes[1]!.handle(Service.Test, () => got++);
const message = new Uint8Array(206);
function exchange(count: number, tick: boolean): void {
	for (let i = 0; i < count; i++) {
		nodes[0]!.send(2, Service.Test, message);
		settle();
		if (tick) {
			time.run(time.now + 6000);
			settle();
		}
	}
}
exchange(8, false);
const COUNT = 64;
for (const [name, tick] of [["in a stream", false], ["alone, with its own acknowledgement", true]] as const) {
	const before = a.frames + b.frames;
	profile(true);
	exchange(COUNT, tick);
	const all = totalTicks(), kernels = kernelTicks();
	profile(false);
	print(`${JSON.stringify({ name, unit: tickUnit(), ticks: Math.round(all / COUNT), kernels: Math.round(kernels / COUNT), frames: (a.frames + b.frames - before) / COUNT })}\n`);
}
if (got !== 8 + 2 * COUNT)
	throw new Error(`${got} messages arrived`);
