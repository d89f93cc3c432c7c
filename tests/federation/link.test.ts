import { expect } from "chai";
import { get16, getU32, PAYLOAD_AT, put16 } from "ruvllm-esp32/espnow-federation/frames/layout";
import { PeerTable } from "ruvllm-esp32/espnow-federation/link/peer-table";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { LinkPool, LinkState } from "ruvllm-esp32/platform/link";
import { host } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { complete, Stream, town, type Town } from "../support/network";
import { seeded } from "../support/random";
import { TapRadio } from "../support/tap-radio";

const small = host === "riscv";

function join(here: Town): void {
	expect(here.world.runUntil(() => complete(here), here.world.now + 20_000_000), "all joined").to.equal(true);
}

describe("federation: link", () => {
	it("refuses pools, links and buffers that can't be", () => {
		for (const [bytes, segments] of [[15, 10], [4097, 10], [100, 0], [100, 4097], [NaN, 10], [100, 1.5]] as const)
			expect(codeOf(() => new LinkPool(bytes, segments)), `${bytes} ${segments}`).to.equal("RangeError");
		const pool = new LinkPool(100, 10), buffer = new ArrayBuffer(50);
		for (const longest of [0, 65536, -1, NaN])
			expect(codeOf(() => new LinkState(pool, longest)), String(longest)).to.equal("RangeError");
		expect(codeOf(() => new LinkState({} as never, 100))).to.not.equal("none");
		const link = new LinkState(pool, 100);
		for (const [offset, count] of [[-1, 5], [46, 5], [0, 51], [51, 0], [0, -1]] as const) {
			expect(codeOf(() => link.push(1, buffer, offset, count)), `push ${offset} ${count}`).to.equal("RangeError");
			expect(codeOf(() => link.read(buffer, offset, count, true, 0)), `read ${offset} ${count}`).to.equal("RangeError");
			expect(codeOf(() => link.take(buffer, offset, count)), `take ${offset} ${count}`).to.equal("RangeError");
		}
		expect(codeOf(() => link.push(16, buffer, 0, 5))).to.equal("RangeError");
		expect(codeOf(() => link.push(1, {} as never, 0, 5))).to.equal("TypeError");
	});
	it("takes any bytes as a frame without harm: refuses, or delivers what is inside them; no segment is lost", () => {
		const random = seeded("bodies", 41), pool = new LinkPool(64, 40), link = new LinkState(pool, 2000), into = new Uint8Array(2000);
		const seen = { strange: 0, duplicate: 0, bad: 0, messages: 0 };
		link.reset(5, 6);
		for (let round = 0; round < rounds(8000) + 1500; round++) {
			const frame = random.bytes(80), count = random.below(75);
			if (random.below(8))
				put16(frame, 0, 6);
			put16(frame, 8, random.below(4) ? random.below(60) : random.next());
			frame[10]! &= random.below(3) ? 0x7f : 0xff;
			const found = link.read(frame.buffer as ArrayBuffer, 0, count, random.below(8) > 0, 1000 * round);
			seen.strange += found & 1;
			seen.duplicate += found >> 2 & 1;
			for (let got = 0; (got = link.take(into.buffer as ArrayBuffer, 0, 2000)) !== -1;)
				if (got >= 0) {
					seen.messages++;
					expect(got >> 4 <= 2000).to.equal(true);
				}
				else {
					expect(got).to.equal(-2);
					seen.bad++;
				}
			if (random.below(50) === 0)
				link.reset(5, 6);
		}
		for (const [name, times] of Object.entries(seen))
			expect(times, name).to.be.above(0);
		link.reset(5, 6);
		expect(pool.free()).to.equal(40);
	});
	it("a sequence far ahead, one that came, a segment without its beginning and what finds the pool full are not taken", () => {
		const pool = new LinkPool(20, 2), link = new LinkState(pool, 1000), frame = new Uint8Array(20), into = new ArrayBuffer(1000);
		link.reset(1, 2);
		const read = (sequence: number, head: number, tag = 2): number => {
			put16(frame, 0, tag);
			put16(frame, 8, sequence);
			frame[10] = head;
			return link.read(frame.buffer as ArrayBuffer, 0, 15, true, 0);
		};
		const next = (): number[] => {
			const body = new Uint8Array(40);
			expect(link.write(body.buffer as ArrayBuffer, 0, 40)).to.equal(8);
			return [get16(body, 2), getU32(body, 4)];
		};
		expect(read(0, 0x3f, 3) & 1).to.equal(1);
		expect(read(33, 0x3f) & 16).to.equal(0);
		expect(read(40000, 0x3f)).to.equal(4);
		expect(next()).to.deep.equal([0, 0]);
		expect(read(0, 0x0f) & 16).to.equal(16);
		expect([link.take(into, 0, 1000), link.take(into, 0, 1000)]).to.deep.equal([-2, -1]);
		expect([read(3, 0x3f), read(3, 0x3f), read(5, 0x3f)]).to.deep.equal([0, 4, 0]);
		read(4, 0x3f);
		expect(next()).to.deep.equal([1, 0b1010]);
		link.reset(1, 2);
		expect([pool.free(), next()]).to.deep.equal([2, [0, 0]]);
	});
	it("a message of any length comes back from its segments", () => {
		const random = seeded("lengths", 42), pool = new LinkPool(60, 400), from = new LinkState(pool, 16384), to = new LinkState(pool, 16384), frame = new ArrayBuffer(80);
		from.reset(1, 2);
		to.reset(2, 1);
		for (const count of [0, 1, 58, 59, 60, 116, 117, 175, 176, small ? 500 : 2000]) {
			const bytes = random.bytes(count + 1), got = new Uint8Array(count + 1);
			expect(from.push(5, bytes.buffer as ArrayBuffer, 0, count)).to.equal(true);
			for (let now = 0; !from.idle(); now += 1000) {
				while (from.wants(now)) {
					const length = from.write(frame, 0, 80);
					if (from.sent(now) < 0)
						break;
					to.read(frame, 0, length, true, now);
				}
				const length = to.write(frame, 0, 80);
				to.sent(now);
				from.read(frame, 0, length, false, now);
			}
			expect(to.take(got.buffer as ArrayBuffer, 0, count + 1), `${count} bytes`).to.equal(count << 4 | 5);
			for (let i = 0; i < count; i++)
				if (got[i] !== bytes[i])
					throw new Error(`byte ${i} of ${count}`);
		}
	});
	it("the time to wait for an acknowledgement is 8 to 200 ms, whatever was measured, and doubles when nothing comes", () => {
		const random = seeded("time-outs", 43), byte = new ArrayBuffer(1), frame = new ArrayBuffer(40), answer = new Uint8Array(8);
		for (let round = 0; round < rounds(200) + 5; round++) {
			const pool = new LinkPool(30, 20), link = new LinkState(pool, 100), typical = 1 << random.below(22);
			link.reset(1, 2);
			let now = random.below(2 ** 31), last = 0;
			for (let i = 1; i <= 30; i++) {
				expect(link.push(1, byte, 0, 1)).to.equal(true);
				link.write(frame, 0, 40);
				link.sent(now);
				let wait = link.deadline(now);
				for (let lost = random.below(4); lost > 0; lost--) {
					expect(wait >= 8000 && wait <= 200_000, `${wait} us`).to.equal(true);
					now += wait;
					link.expire(now);
					expect(link.wants(now)).to.equal(true);
					link.write(frame, 0, 40);
					link.sent(now);
					last = wait;
					wait = link.deadline(now);
					expect(wait).to.equal(Math.min(200_000, 2 * last));
				}
				now += 1 + random.below(typical);
				put16(answer, 0, 2);
				put16(answer, 2, i);
				expect(link.read(answer.buffer as ArrayBuffer, 0, 8, false, now)).to.equal(2);
				expect(link.idle()).to.equal(true);
			}
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
