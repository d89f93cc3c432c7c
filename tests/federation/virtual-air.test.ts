/** The virtual radio: what worlds take, and how long frames are on the air. */

import { expect } from "chai";
import { frameBytes, profileOf } from "ruvllm-esp32/espnow-federation/virtual/phy";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { listen, middle, numbered, stream, world } from "../support/virtual";

/** A frame of 250 bytes and its acknowledgement at 1 Mbit/s; SIFS; DIFS. */
const LONG = 2536, ACK = 304, SIFS = 10, DIFS = 50;

describe("federation/virtual: settings", () => {
	it("refuses options, boards and times that are none", () => {
		for (const options of [undefined, null, {}, { seed: -1 }, { seed: 1.5 }, { seed: 2 ** 32 }, { seed: "1" }, { seed: 1, loss: -0.1 }, { seed: 1, airLoss: 1.1 }, { seed: 1, duplicate: NaN },
			{ seed: 1, reorder: "0.5" }, { seed: 1, rate: "3M" }, { seed: 1, broadcastRate: 1 }, { seed: 1, mtu: 251 }, { seed: 1, queue: 0 }, { seed: 1, queue: 1.5 }, { seed: 1, macRetries: -1 },
			{ seed: 1, jitterMicroseconds: -1 }, { seed: 1, stackMicroseconds: Infinity }, { seed: 1, reorderMicroseconds: 0 }, { seed: 1, losses: 0.1 }, { seed: 1, shortSlots: 9 }])
			expect(codeOf(() => new VirtualWorld(options as never)), JSON.stringify(options)).to.equal("VIRTUAL_OPTIONS");
		const [all, a] = world({}, 1);
		for (const options of [{ address: 0 }, { address: 2 ** 48 - 1 }, { address: 0x010000000000 }, { address: 1.5 }, { address: a!.address }, { rate: "9M" }, { channel: 0 }, { channel: 14 }])
			expect(codeOf(() => all.addBoard(options as never)), JSON.stringify(options)).to.equal("VIRTUAL_OPTIONS");
		all.run(10);
		for (const time of [9, -1, NaN, Infinity])
			expect(codeOf(() => all.at(time, () => {})), String(time)).to.equal("RangeError");
		for (const time of [-1, NaN, Infinity]) {
			expect(codeOf(() => a!.spend(time)), String(time)).to.equal("RangeError");
			expect(codeOf(() => a!.clock.after(time, () => {})), String(time)).to.equal("RangeError");
		}
	});
	it("refuses receivers, datagrams and buffers as the port says", () => {
		const [, a, b] = world(), { radio } = a!, bytes = new Uint8Array(300);
		for (const bad of [0, -1, 1.5, NaN, 2 ** 48, 0x010000000000, 0xffffffffffff]) {
			expect(codeOf(() => radio.send(bad, bytes, 1)), String(bad)).to.equal("RangeError");
			expect(codeOf(() => radio.addPeer(bad)), String(bad)).to.equal("RangeError");
		}
		expect(codeOf(() => radio.send(b!.address, bytes, 1))).to.equal("RADIO_PEER");
		expect(codeOf(() => radio.addPeer(b!.address, { rate: "3M" as never }))).to.equal("RangeError");
		expect(codeOf(() => radio.addPeer(b!.address, { localKey: new Uint8Array(15) }))).to.equal("RangeError");
		radio.addPeer(b!.address);
		for (const [count, code] of [[0, "RADIO_LENGTH"], [251, "RADIO_LENGTH"], [-1, "RangeError"], [1.5, "RangeError"], [301, "RangeError"]] as const) {
			expect(codeOf(() => radio.send(b!.address, bytes, count)), String(count)).to.equal(code);
			expect(codeOf(() => radio.broadcast(bytes, count)), String(count)).to.equal(code);
		}
		expect(codeOf(() => radio.broadcast("text" as never))).to.equal("TypeError");
		expect(codeOf(() => radio.read(new Uint8Array(249)))).to.equal("RangeError");
		expect(codeOf(() => { radio.channel = 14; })).to.equal("RangeError");
		radio.close();
		for (const action of [() => radio.broadcast(bytes, 1), () => radio.send(b!.address, bytes, 1), () => radio.read(bytes), () => radio.addPeer(5), () => { radio.channel = 2; }])
			expect(codeOf(action)).to.equal("RADIO_CLOSED");
	});
	it("knows 20 peers at one time", () => {
		const [, a] = world({}, 1), { radio } = a!;
		for (let i = 1; i <= radio.maxPeers; i++)
			radio.addPeer(i);
		expect(radio.maxPeers).to.equal(20);
		expect(codeOf(() => radio.addPeer(21))).to.equal("RADIO_PEERS");
		radio.addPeer(7, { rate: "54M" });
		radio.removePeer(99);
		radio.removePeer(7);
		radio.addPeer(21);
		expect(codeOf(() => radio.send(7, new Uint8Array(1)))).to.equal("RADIO_PEER");
	});
});

describe("federation/virtual: times", () => {
	it("gives frames the airtime of the standard, computed by hand", () => {
		expect([1, 250, 251, 500, 1470].map((count) => frameBytes(count))).to.deep.equal([44, 293, 301, 550, 1548]);
		expect(frameBytes(250, true)).to.equal(309);
		// 192 + 293 x 8 / speed, rounded up; (22 + 293 x 8) / bits of a symbol = 98.6, 49.3, 24.6, 16.4, 12.3, 10.95 symbols; 91 and 9.1 of HT.
		const known = { "1M": [2536, 304], "2M": [1364, 248], "5M5": [619, 213], "11M": [406, 203], "6M": [422, 50], "12M": [226, 38], "24M": [126, 34], "36M": [94, 34], "48M": [78, 34], "54M": [70, 34], MCS0: [406, 50], MCS7: [82, 34] } as const;
		for (const [rate, times] of Object.entries(known))
			expect([profileOf(rate as "1M").airtime(293), profileOf(rate as "1M").acknowledgement], rate).to.deep.equal(times);
	});
	it("sends at once on an idle channel, and backs off after a frame", () => {
		const [all, a, b] = world(), heard = listen(b!), sent: unknown[] = [];
		a!.radio.addPeer(b!.address);
		a!.radio.onSent = (to, delivered) => sent.push([all.now, to, delivered]);
		all.at(1000, () => { a!.radio.send(b!.address, numbered(1)); a!.radio.send(b!.address, numbered(2)); });
		all.run(20_000);
		const end = 1000 + LONG + SIFS + ACK;
		expect(heard[0]).to.deep.equal([1000 + LONG, a!.address, 1, 250]);
		expect(sent[0]).to.deep.equal([end, b!.address, true]);
		const slots = (heard[1]![0]! - LONG - end - DIFS) / 20;
		expect(slots).to.be.within(0, 31).and.to.equal(Math.floor(slots));
		expect(all.statistics.airtimeMicroseconds).to.equal(2 * (LONG + ACK));
		expect(all.channel(1).busyMicroseconds).to.equal(2 * (LONG + SIFS + ACK));
		expect(all.now).to.equal(20_000);
	});
	it("lets frames that meet on an idle channel collide, and sends them again", () => {
		const [all, a, b, c] = world({ rate: "54M" }, 3), heard = listen(c!);
		all.at(500, () => {
			for (const [i, board] of [a!, b!].entries()) {
				board.radio.addPeer(c!.address);
				board.radio.send(c!.address, numbered(i));
			}
		});
		all.run(50_000);
		expect(all.statistics.collisions).to.be.at.least(1);
		expect(all.statistics.collided).to.equal(2 * all.statistics.collisions);
		expect(middle(heard, 2).sort()).to.deep.equal([0, 1]);
		expect(all.statistics.retries).to.equal(all.statistics.frames - 2);
	});
	it("backs off by short slots and the smaller window where it is told", () => {
		const [all, a, b] = world({ shortSlots: true }), heard = listen(b!), count = rounds(200) + 10;
		stream(a!, b!, count, 250);
		all.run(2e6);
		const slots = heard.slice(1).map((row, i) => (row[0]! - heard[i]![0]! - (SIFS + ACK + LONG + SIFS + 2 * 9)) / 9);
		expect(slots.length).to.equal(count - 1);
		for (const n of slots)
			expect(n).to.be.within(0, 15).and.to.equal(Math.floor(n));
		expect(new Set(slots).size).to.be.above(5);
	});
	it("adds the stack's time and keeps the order under jitter", () => {
		const [all, a, b] = world({ rate: "MCS7", stackMicroseconds: 400, jitterMicroseconds: 3000 }), heard = listen(b!), count = rounds(400) + 20;
		stream(a!, b!, count);
		all.run(1e6);
		expect(middle(heard, 2)).to.deep.equal(Array.from({ length: count }, (_, i) => i & 255));
		expect(heard[0]![0]).to.be.within(400, 3600);
	});
	it("is the same from the same seed, and another from another", () => {
		const trace = (seed: number): number[][] => {
			const [all, ...boards] = world({ seed, rate: "54M", loss: 0.1, airLoss: 0.1, duplicate: 0.1, reorder: 0.1, jitterMicroseconds: 50 }, 4), heard = boards.map(listen);
			for (let i = 0; i < 4; i++)
				stream(boards[i]!, boards[i + 1 & 3]!, 15);
			all.run(1e6);
			return [...heard.flat(), Object.values(all.statistics), boards.map((board) => board.random())];
		};
		expect(trace(7)).to.deep.equal(trace(7));
		expect(trace(7)).not.to.deep.equal(trace(8));
	});
	it("keeps channels apart, and none busier than time passes", () => {
		const [all] = world({ rate: "54M" }, 0), count = rounds(600) + 10;
		const pairs = [1, 1, 1, 6].map((channel) => [all.addBoard({ channel }), all.addBoard({ channel })] as const), heard = pairs.map(([, to]) => listen(to));
		for (const [from, to] of pairs)
			stream(from, to, count);
		pairs[0]![0].radio.addPeer(pairs[3]![1].address);
		for (let i = 0; i < 40; i++) {
			all.run(all.now + 500 + i);
			for (const channel of [1, 6])
				expect(all.channel(channel).busyMicroseconds).to.be.at.most(all.now);
		}
		all.run(5e6);
		expect(heard.map((list) => list.length)).to.deep.equal([count, count, count, count]);
		expect(all.channel(1).busyMicroseconds).to.be.above(2 * all.channel(6).busyMicroseconds);
		pairs[3]![1].radio.channel = 1;
		pairs[0]![0].radio.send(pairs[3]![1].address, numbered(77));
		all.run(6e6);
		expect(heard[3]!.at(-1)!.slice(1, 3)).to.deep.equal([pairs[0]![0].address, 77]);
	});
});
