import { expect } from "chai";
import { FrameType, PAYLOAD_AT, put16, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import { Dropped } from "ruvllm-esp32/espnow-federation/frames/statistics";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { Frames } from "ruvllm-esp32/platform/frames";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { Chunks } from "ruvllm-esp32/platform/states";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { complete, Stream, town, type Town } from "../support/network";
import { seeded } from "../support/random";

const small = host === "riscv";

function join(here: Town): void {
	expect(here.world.runUntil(() => complete(here), here.world.now + 20_000_000), "all joined").to.equal(true);
}

const view = (memory: Memory): Uint8Array => new Uint8Array(memory as unknown as ArrayBuffer);

/** Two boards of an open network that have admitted each other, without a node. `step` brings what lies in a's buffer to b. */
function pair(segments = 64, longest = 1000) {
	const memories = [1, 2, 3, 4, 5].map(() => new Memory(250));
	let message = view(memories[4]!);
	const a = new Frames(1, memories[0]!, memories[1]!, new Memory(250), true, 4, 250, 1, 1, segments, longest, 4, 20);
	const b = new Frames(2, memories[2]!, memories[3]!, memories[4]!, true, 4, 250, 1, 1, segments, longest, 4, 20);
	const [out, fromB, toA, into] = [0, 2, 1, 3].map((i) => view(memories[i]!)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array], at = a.add(2);
	a.restart(5);
	b.restart(6);
	a.admit(at, 6, 0, 0);
	b.admit(b.add(1), 5, 0, 0);
	a.join(at, 1, 11, 10);
	b.join(0, 1, 10, 11);
	const step = (count: number, hear: (service: number, length: number, message: Uint8Array) => void): void => {
		into.set(out);
		for (let found = b.receive(1, count, 1000), left = 200; left > 0 && (found < -1 || found & 12); left--) {
			if (found > 0 && found & 4)
				hear(found >> 8 & 15, found >> 12, message);
			else if (found < -1) {
				const memory = new Memory(-2 - found);
				b.message(memory);
				message = view(memory);
				found = 8;
			}
			found = found & 8 ? b.take(1) : 0;
		}
	};
	/** Acknowledgements. */
	step.back = (now: number): void => {
		for (let written = b.next(now); written; written = b.next(now)) {
			if (written & 1 << 27) {
				b.usePeer(1);
				written = b.write(0, now);
			}
			toA.set(fromB);
			a.receive(2, written & 0xfff, now);
			b.reported(1, true, now);
		}
	};
	return { a, b, at, out, step };
}

describe("federation: link", () => {
	it("Frames refuses bad arguments, and names of classes that are not its own", () => {
		const { a, at } = pair(), memory = new Memory(250), buffer = new ArrayBuffer(20), wrong = (call: () => unknown): void => {
			const code = codeOf(call);
			expect(code === "RangeError" || code === "TypeError", code).to.equal(true);
		};
		const make = (change: number, value: unknown): unknown => {
			const all: unknown[] = [1, memory, memory, memory, true, 4, 250, 1, 1, 16, 1000, 4, 20];
			all[change] = value;
			return Reflect.construct(Frames, all);
		};
		expect(make(0, 2) instanceof Frames).to.equal(true);
		for (const [change, values] of [[0, [-1, NaN, 2 ** 53]], [1, [undefined, buffer, new Uint8Array(250), new Memory(249)]], [2, [null, new Memory(10)]], [3, ["", new Memory(10)]], [5, [3, 17, 8]], [6, [63, 1501, 0.5]],
			[7, [-1, 16]], [8, [16]], [9, [0, 4097]], [10, [0, 65536]], [11, [0, 4097]], [12, [0, -1]]] as const)
			for (const value of values)
				wrong(() => make(change, value));
		wrong(() => Reflect.construct(Frames, [1, memory, memory, memory, true, 4, 250, 1, 1, 16, 1000, 4, 20], Memory));
		for (const place of [-1, 1, 4, 0.5, NaN, undefined, {}]) {
			wrong(() => { a.remove(place as never); });
			wrong(() => { a.admit(place as never, 0, 0, 0); });
			wrong(() => { a.join(place as never, 1, 0, 0); });
			wrong(() => a.write(place as never, 0));
			wrong(() => a.heard(place as never, 0));
		}
		for (const now of [-1, NaN, Infinity, 2 ** 53]) {
			wrong(() => a.receive(2, 20, now));
			wrong(() => a.next(now));
			wrong(() => a.work(now));
		}
		for (const tag of [-2, 65536, 0.5])
			wrong(() => { a.join(at, 1, tag, 0); });
		wrong(() => a.send(2, 1, undefined as never, 0, 5, 0, true));
		wrong(() => a.send(2, 1, buffer, 16, 5, 0, true));
		wrong(() => a.send(2, 1, buffer, -1, 5, 0, true));
		expect([a.send(2, 16, buffer, 0, 5, 0, true), a.send(2, -1, buffer, 0, 5, 0, true), a.send(2, 1, buffer, 0, 1001, 0, true), a.send(2, 1, buffer, 0, -1, 0, true), a.send(3, 1, buffer, 0, 5, 0, true)]).to.deep.equal([-2, -2, -3, -3, -1]);
		wrong(() => a.stamp(16, 1, 50));
		wrong(() => a.stamp(1, 1, 5));
		wrong(() => a.stamp(1, 1, 247));
		wrong(() => { a.message(new Memory(100)); });
		wrong(() => a.statistic(12));
		wrong(() => { a.count(-1); });
	});
	it("Frames and Chunks take thousands of arbitrary calls with an error or a result", () => {
		const random = seeded("natives", 41), memory = new Memory(4096), classes = [Frames.prototype, Chunks.prototype] as unknown as Record<string, (...values: unknown[]) => unknown>[];
		const make = (): object[] => [
			new Frames(1, memory, new Memory(300), new Memory(300), random.below(2) > 0, 4, 250, 1, 1, 16, 1000, 4, 3), new Chunks(memory, 64, 16, memory, 7, 1),
		];
		let things = make(), refused = 0;
		const values: unknown[] = [
			undefined, null, true, 0, 1, 1, 2, 2, 3, 4, 5, -1, 16, 60, 250, 2 ** 31, 2 ** 48, 2 ** 53, -(2 ** 31), 0.5, NaN, Infinity, "", "text", {}, [], () => 1, Symbol("s"), 10n,
			memory, new Memory(300), new ArrayBuffer(32), new ArrayBuffer(300), new Uint8Array(100), Memory.prototype, Frames.prototype, new Proxy({}, {}),
		];
		const any = (): unknown => random.below(3) ? values[3 + random.below(12)] : random.pick(values), bytes = new Uint8Array(memory as unknown as ArrayBuffer), calls = rounds(30000);
		for (let i = 0; i < calls; i++) {
			const kind = random.below(2), names = Object.getOwnPropertyNames(classes[kind]), name = random.pick(names);
			if (i % 500 === 0)
				things = make();
			bytes[random.below(64)] = random.below(20);
			try {
				if (name === "constructor")
					Reflect.construct(random.below(2) ? Frames : Chunks, [any(), any(), any(), any(), any(), any(), any(), any(), any(), any(), any(), any(), any()], any() as never);
				else
					classes[kind]![name]!.apply(random.below(20) ? things[kind] : any(), [any(), any(), any(), any(), any(), any(), any()]);
			}
			catch (error) {
				refused++;
				if (!(error instanceof Error) || error.message === "")
					throw new Error(`call ${i} of ${name} threw ${String(error)}`);
			}
		}
		expect(refused).to.be.within(calls / 20, calls - 1);
	}).timeout(120000);
	it("takes any bytes as a segment without harm: refuses, or delivers what is inside them", () => {
		const random = seeded("segments", 42), { a, b, out, step } = pair(), total = rounds(20000) + 200;
		let delivered = 0;
		for (let round = 0; round < total; round++) {
			const count = 1 + random.below(64);
			put16(out, 6, 11);
			put16(out, 8, 0);
			put32(out, 10, 0);
			put16(out, 14, round);
			out.set(random.bytes(count), 16);
			out[16]! &= random.below(3) ? 0x7f : 0xff;
			step(a.stamp(1, FrameType.Data, 16 + count), (service, length) => {
				delivered++;
				expect(service < 16 && length <= 1000).to.equal(true);
			});
		}
		expect(delivered).to.be.above(0);
		expect(b.statistic(Dropped.Malformed)).to.be.above(0);
		expect(b.statistic(0) + b.statistic(6)).to.equal(0);
	});
	it("a sequence far ahead and one that came are refused, what comes early waits, and a full pool leaves room for what it waits for", () => {
		const { a, b, out, step } = pair(16), got: number[] = [];
		const send = (sequence: number): void => {
			put16(out, 6, 11);
			put16(out, 8, 0);
			put32(out, 10, 0);
			put16(out, 14, sequence);
			out[16] = 0x3f;
			out[17] = sequence;
			step(a.stamp(1, FrameType.Data, 18), (_service, _length, message) => got.push(message[0]!));
		};
		const free = b.free();
		send(33);
		send(40000);
		expect([got.length, b.free(), b.statistic(6)]).to.deep.equal([0, free, 1]);
		for (let sequence = 31; sequence > 0; sequence--)
			send(sequence);
		expect([got.length, b.free()]).to.deep.equal([0, 4]);
		send(31);
		expect(b.statistic(6)).to.equal(2);
		for (let again = 0; again < 4; again++)
			for (let sequence = 0; sequence < 32; sequence++)
				send(sequence);
		expect(got).to.deep.equal(Array.from({ length: 32 }, (_, i) => i));
		expect(b.free()).to.equal(free);
	});
	it("a message of any length comes back from its segments", () => {
		const random = seeded("lengths", 43), { a, b, step } = pair(192, small ? 1000 : 16384);
		for (const count of [0, 1, 223, 224, 225, 226, 227, 228, 229, 450, 451, 452, 453, 454, small ? 1000 : 16384]) {
			const bytes = random.bytes(count);
			let came = -1, now = 1000;
			expect(a.send(2, 5, bytes.buffer, 0, count, now, false)).to.equal(0);
			const hear = (service: number, length: number, message: Uint8Array): void => {
				came = length;
				expect(service).to.equal(5);
				for (let i = 0; i < length; i++)
					if (message[i] !== bytes[i])
						throw new Error(`byte ${i} of ${length}`);
			};
			for (let i = 0; i < 200 && came < 0; i++) {
				for (let written = a.next(now); written; written = a.next(now)) {
					if (written & 1 << 27) {
						expect(a.usePeer(2)).to.equal(1);
						written = a.write(0, now);
					}
					step(written & 0xfff, hear);
					a.reported(2, true, now);
				}
				now += 10_000;
				b.work(now);
				step.back(now);
			}
			expect(came, `${count} bytes`).to.equal(count);
		}
		expect(a.statistic(4)).to.equal(0);
	});
	it("an answer of 206 bytes fits one frame of 250", () => {
		const here = town(1, { seed: 1 });
		expect(here.nodes[0]!.frameBytes).to.equal(250 - PAYLOAD_AT - 4);
		expect(250 - PAYLOAD_AT - 8).to.be.at.least(206);
	});
	for (const [seed, loss, air] of [[1, 0, 0], [2, 0.02, 0.05], [3, 0.05, 0.2], [4, 0.1, 0.1], [5, 0.2, 0.1]] as const)
		it(`each message arrives once, in order: ${100 * loss} % of frames lost, ${100 * air} % of attempts, doubled, reordered, late`, () => {
			const random = seeded("link", seed), count = rounds(300) + 17;
			const here = town(2, { seed, loss, airLoss: air, acknowledgementLoss: air / 2, duplicate: 0.05, reorder: 0.1, jitterMicroseconds: 3000 });
			join(here);
			const lengths = Array.from({ length: count }, (_, i) => i % 60 === 59 && !small ? 16384 : 3 + random.below(random.below(4) ? 220 : 900));
			const both = [[0, 1], [1, 0]].map(([from, to]) => new Stream(here.nodes[from!]!, here.nodes[to!]!, (n) => lengths[n]!, small ? 1024 : 16384));
			both.forEach((stream) => {
				stream.from.onDrain(() => stream.push(count));
				stream.push(count);
			});
			here.world.runUntil(() => both.every((stream) => stream.arrived.length === count), here.world.now + 120_000_000);
			for (const stream of both)
				expect([stream.arrived.length, stream.inOrder, stream.damaged]).to.deep.equal([count, true, 0]);
			here.world.run(here.world.now + 1_000_000);
			for (const stream of both)
				expect(stream.arrived.length).to.equal(count);
		});
	it("through a partition that is too short to be noticed, nothing is lost; after one that was, what is sent next arrives", () => {
		const here = town(2, { seed: 6, loss: 0.05 }), a = here.nodes[0]!, b = here.nodes[1]!, events: string[] = [];
		join(here);
		const stream = new Stream(a, b, () => 100);
		a.watch((event) => events.push(event));
		a.onDrain(() => stream.push(300));
		stream.push(150);
		here.world.partition([[a.address], [b.address]]);
		here.world.run(here.world.now + 700_000);
		here.world.partition(undefined);
		here.world.runUntil(() => stream.arrived.length === 150, here.world.now + 5_000_000);
		expect([events.length, stream.inOrder, stream.arrived.length]).to.deep.equal([0, true, 150]);
		here.world.partition([[a.address], [b.address]]);
		here.world.run(here.world.now + 3_000_000);
		expect(a.send(b.address, Service.Test, new Uint8Array(10))).to.equal(false);
		here.world.partition(undefined);
		join(here);
		expect(events).to.deep.equal(["left", "joined"]);
		stream.push(300);
		here.world.runUntil(() => stream.arrived.length === 300, here.world.now + 5_000_000);
		expect([stream.inOrder, stream.arrived.length, stream.damaged]).to.deep.equal([true, 300, 0]);
	});
	it("to a board that reboots again and again, each message arrives at most once, in order, and only at the start it was sent to", () => {
		const random = seeded("reboots", 44), here = town(2, { seed: 7, loss: 0.1, reorder: 0.05, duplicate: 0.05 }), a = here.nodes[0]!;
		let next = 0, boots = 0, arrivedAll = 0;
		const bytes = new Uint8Array(40), bootOf = new Map<number, number>();
		for (let round = 0; round < rounds(60) + 3; round++) {
			const b = here.nodes[1]!;
			let last = -1;
			b.handle(Service.Test, (_from, got) => {
				const n = got[0]! | got[1]! << 8;
				expect(n).to.be.above(last);
				expect(bootOf.get(n)).to.equal(b.self.boot);
				last = n;
				arrivedAll++;
			});
			join(here);
			for (let i = random.below(40); i >= 0; i--) {
				bytes[0] = next;
				bytes[1] = next >> 8;
				bootOf.set(next, a.member(b.address)!.boot);
				if (a.send(b.address, Service.Test, bytes))
					next++;
			}
			here.world.run(here.world.now + random.below(60_000));
			here.restart(1);
			boots++;
			if (random.below(2))
				here.world.run(here.world.now + random.below(2_000_000));
		}
		expect(arrivedAll).to.be.above(boots);
	});
	it("a sender that is told to wait can go on at onDrain; nothing is lost, and memory stays bounded", () => {
		const here = town(2, { seed: 8, rate: "1M" }, { segments: 24 });
		join(here);
		const a = here.nodes[0]!, b = here.nodes[1]!, stream = new Stream(a, b, () => 200), wanted = small ? 60 : 400;
		let drains = 0;
		a.onDrain(() => {
			drains++;
			stream.push(wanted);
		});
		stream.push(wanted);
		expect(stream.sent).to.be.below(24);
		here.world.runUntil(() => stream.arrived.length === wanted, here.world.now + 30_000_000);
		expect([stream.arrived.length, stream.inOrder, stream.damaged]).to.deep.equal([wanted, true, 0]);
		expect(drains).to.be.above(1);
	});
	it("small messages that wait anyway share frames", () => {
		const here = town(2, { seed: 9, rate: "1M" });
		join(here);
		const a = here.nodes[0]!, b = here.nodes[1]!, stream = new Stream(a, b, (n) => 3 + n % 20), before = a.statistics.framesSent;
		stream.push(200);
		here.world.runUntil(() => stream.arrived.length === 200, here.world.now + 5_000_000);
		expect([stream.arrived.length, stream.inOrder, stream.damaged]).to.deep.equal([200, true, 0]);
		expect(a.statistics.framesSent - before).to.be.below(40);
	});
	if (!small)
		it("one board talks with 24 others over a radio that knows 20", () => {
			const here = town(25, { seed: 10, loss: 0.02 });
			join(here);
			const hub = here.nodes[0]!, others = here.nodes.slice(1), came = new Map<number, number>();
			for (const node of others)
				node.handle(Service.Test, (from, bytes, count) => { node.send(from, Service.Test, bytes, count); });
			hub.handle(Service.Test, (from, bytes) => {
				expect(bytes[0]).to.equal(came.get(from) ?? 0);
				came.set(from, bytes[0]! + 1);
			});
			const bytes = new Uint8Array(100);
			for (let round = 0; round < 20; round++) {
				bytes[0] = round;
				for (const node of others)
					expect(hub.send(node.address, Service.Test, bytes)).to.equal(true);
				here.world.run(here.world.now + 30_000);
			}
			here.world.runUntil(() => others.every((node) => came.get(node.address) === 20), here.world.now + 10_000_000);
			for (const node of others)
				expect(came.get(node.address), node.address.toString(16)).to.equal(20);
		});
});
