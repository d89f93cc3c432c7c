/**
 * What the network's layers cost for a message: two nodes on one machine, joined by a wire that takes no time. Prints the
 * profile's ticks (instructions on the emulated board) for one message with its share of acknowledgements, both ends, without the
 * wire's own, which are measured alone. A message that is alone comes with timers, which allocate: its figure is the median, without
 * garbage collections.
 */

import { print } from "ruvllm-esp32/platform/console";
import { kernelTicks, profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import type { RadioPort } from "ruvllm-esp32/platform/radio";
import type { Sealer, SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";
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

/** Bytes of a node's buffer of a frame. */
const BUFFER = 266;

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
	readonly #slots = Array.from({ length: 8 }, () => new Uint8Array(BUFFER));
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
		// Whole, as a part would be a new object: garbage collections are no part of what is measured.
		slot.set(bytes);
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

const time = new Time(), capabilities = { model: 1, memory: 1, fastMemory: 1, fastSpeed: 1, slowSpeed: 1, services: 0, tags: 0 };
let seed = 1;
const random = (): number => seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;

/** Two ends, joined. */
function join(): [Wire, Wire] {
	const a = new Wire(1, 2), b = new Wire(2, 1);
	a.other = b;
	b.other = a;
	return [a, b];
}
function settle(a: Wire, b: Wire): void {
	for (let any = true; any;) {
		any = a.work();
		if (b.work())
			any = true;
	}
}
/** Ticks of `count` calls. */
function ticks(count: number, call: () => void): number {
	profile(true);
	for (let i = 0; i < count; i++)
		call();
	const all = totalTicks() - kernelTicks();
	profile(false);
	return all / count;
}

const COUNT = 64;
/** What the wire itself takes, copying and telling: no part of the layers. */
function wireTicks(): number {
	const [a, b] = join(), out = new Uint8Array(BUFFER), into = new Uint8Array(BUFFER);
	a.onSent = () => {};
	b.onReadable = () => {
		while (b.read(into))
			;
	};
	return ticks(COUNT, () => {
		a.send(2, out, 229);
		settle(a, b);
	});
}

/** Seals nothing: what is left is what sealed frames cost the layers, without cryptography. */
class NoSealer implements Sealer {
	readonly trailerBytes = 8;
	readonly open = false;
	key(): SenderKey {
		return { seal: (_counter, _bytes, plainOffset, plainCount) => plainOffset + plainCount + 8, open: () => true, close() {} };
	}
}

const message = new Uint8Array(206), wire = wireTicks();

/** Two nodes that have met; each line is of both ends, without the wire. */
function measure(kind: string, sealer?: Sealer): void {
	const [a, b] = join(), options = { clock: time, random, capabilities, ...sealer && { sealer } }, sender = new Node({ radio: a, ...options }), receiver = new Node({ radio: b, ...options });
	let sent = 0, got = 0;
	for (let i = 0; i < 2000 && (sender.alive().length < 2 || receiver.alive().length < 2); i++) {
		time.run(time.now + 1000);
		settle(a, b);
	}
	receiver.handle(Service.Test, () => got++);
	const exchange = (): void => {
		sent++;
		if (!sender.send(2, Service.Test, message, 206))
			throw new Error("there is no member to send to");
		settle(a, b);
	}, report = (name: string, call: () => void, median = false): void => {
		const before = a.frames + b.frames, each = median ? Array.from({ length: COUNT }, () => ticks(1, call)).sort((x, y) => x - y) : undefined;
		const all = each ? each[COUNT >> 1]! : ticks(COUNT, call), frames = Math.round(4 * (a.frames + b.frames - before) / COUNT) / 4;
		print(`${JSON.stringify({ name: `${kind}, ${name}`, unit: tickUnit(), ticks: Math.round(all - frames * wire), wire: Math.round(frames * wire), frames })}\n`);
	};
	for (let i = 0; i < 8; i++)
		exchange();
	report("in a stream", exchange);
	if (!sealer)
		report("alone, with its own acknowledgement", () => {
			exchange();
			time.run(time.now + 6000);
			settle(a, b);
		}, true);
	if (got !== sent)
		throw new Error(`${got} of ${sent} messages arrived`);
	sender.close();
	receiver.close();
}

measure("checksum");
measure("sealed, without the seal", new NoSealer());
