import { expect } from "chai";
import { PAYLOAD_AT } from "ruvllm-esp32/espnow-federation/frames/layout";
import { Assembly, fill, segmentsOf } from "ruvllm-esp32/espnow-federation/link/chunks";
import { PeerTable } from "ruvllm-esp32/espnow-federation/link/peer-table";
import { Receiver } from "ruvllm-esp32/espnow-federation/link/receiver";
import { RoundTrip } from "ruvllm-esp32/espnow-federation/link/round-trip";
import { SegmentPool } from "ruvllm-esp32/espnow-federation/link/segment-pool";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { host } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { complete, Stream, town, type Town } from "../support/network";
import { seeded } from "../support/random";
import { TapRadio } from "../support/tap-radio";

const small = host === "riscv";

function join(here: Town): void {
	expect(here.world.runUntil(() => complete(here), here.world.now + 20_000_000), "all joined").to.equal(true);
}

describe("federation: link", () => {
	it("takes any bytes as a segment without harm: refuses, or delivers what is inside them", () => {
		const random = seeded("segments", 41), assembly = new Assembly(2000), memory = new Uint8Array(64), payload = new Uint8Array(memory.buffer as ArrayBuffer, 1);
		let delivered = 0, refused = 0;
		for (let round = 0; round < rounds(8000) + 200; round++) {
			const count = 1 + random.below(64);
			memory.set(random.bytes(64));
			memory[0]! &= random.below(3) ? 0x7f : 0xff;
			if (!assembly.take(memory, payload, count, (service, bytes, length) => {
				delivered++;
				expect(service < 16 && length <= bytes.length && length <= 2000).to.equal(true);
			}))
				refused++;
		}
		expect(delivered).to.be.above(0);
		expect(refused).to.be.above(0);
	});
	it("a sequence far ahead, a segment without its beginning and a full pool are refused", () => {
		const pool = new SegmentPool(20, 2), receiver = new Receiver(pool, 1000), bytes = new Uint8Array(20), payload = new Uint8Array(bytes.buffer as ArrayBuffer, 1);
		const take = (sequence: number, head: number): number => {
			bytes[0] = head;
			return receiver.take(sequence, bytes, payload, 5, 0, () => {});
		};
		expect(take(33, 0x3f)).to.equal(-1);
		expect(take(40000, 0x3f)).to.equal(0);
		expect(take(0, 0x0f)).to.equal(-2);
		expect(receiver.next).to.equal(1);
		expect(take(3, 0x3f)).to.equal(1);
		expect(take(3, 0x3f)).to.equal(0);
		expect(take(5, 0x3f)).to.equal(1);
		expect(take(4, 0x3f)).to.equal(-1);
		expect(receiver.bitmap).to.equal(0b1010);
		receiver.reset();
		expect(pool.free).to.equal(2);
	});
	it("a message of any length comes back from its segments", () => {
		const random = seeded("lengths", 42), pool = new SegmentPool(60, 400), assembly = new Assembly(16384);
		for (const count of [0, 1, 58, 59, 60, 116, 117, 175, 176, small ? 500 : 16384]) {
			const bytes = random.bytes(count), segments: number[] = [];
			for (let at = 0, first = true; first || at < count; first = false) {
				segments.push(pool.take());
				at = fill(pool, segments.at(-1)!, 5, bytes, at, count);
			}
			expect(segments.length, `${count} bytes`).to.equal(segmentsOf(count, 60));
			let came = -1;
			for (const segment of segments)
				expect(assembly.take(pool.segments[segment]!, pool.payloads[segment]!, pool.lengths[segment]!, (service, got, length) => {
					came = length;
					expect(service).to.equal(5);
					for (let i = 0; i < length; i++)
						if (got[i] !== bytes[i])
							throw new Error(`byte ${i} of ${length}`);
				})).to.equal(true);
			expect(came).to.equal(count);
			for (const segment of segments)
				pool.release(segment);
		}
	});
	it("the time to wait is 8 to 200 ms, whatever was measured", () => {
		const random = seeded("time-outs", 43);
		for (let round = 0; round < rounds(200) + 5; round++) {
			const trip = new RoundTrip(), typical = 1 << random.below(22);
			for (let i = 0; i < 50; i++) {
				if (random.below(4))
					trip.sample(1 + random.below(typical));
				else
					trip.backOff();
				expect(trip.timeout >= 8000 && trip.timeout <= 200_000 && Number.isInteger(trip.timeout) && Number.isInteger(trip.smoothed)).to.equal(true);
			}
			trip.sample(typical);
			const before = trip.timeout;
			trip.backOff();
			expect(trip.timeout).to.equal(Math.min(200_000, 2 * before));
		}
	});
	it("who was used least lately makes room in the radio, but none with frames in the MAC", () => {
		const radio = new TapRadio(1), table = new PeerTable(radio, undefined);
		const peers = Array.from({ length: 20 }, (_, i) => table.use(100 + i)!);
		for (const peer of peers)
			peer.inMac = 1;
		expect(table.use(200)).to.equal(undefined);
		peers[5]!.inMac = peers[3]!.inMac = peers[4]!.inMac = 0;
		table.use(103);
		expect(table.use(200)!.address).to.equal(200);
		expect([radio.peers.has(104), radio.peers.has(103), radio.peers.size]).to.deep.equal([false, true, 20]);
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
