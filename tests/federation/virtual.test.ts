/** The virtual world: what src/platform/radio.d.ts promises, times by the standard, faults by their settings, the same from the same seed. */
import { expect } from "chai";
import { frameBytes, profileOf } from "ruvllm-esp32/espnow-federation/virtual/phy";
import { type VirtualBoard, VirtualWorld, type WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";

/** A frame of 250 bytes and its acknowledgement at 1 Mbit/s; SIFS; DIFS. */
const LONG = 2536, ACK = 304, SIFS = 10, DIFS = 50;

const world = (options: Partial<WorldOptions> = {}, boards = 2): [VirtualWorld, ...VirtualBoard[]] => {
	const all = new VirtualWorld({ seed: 1, ...options });
	return [all, ...Array.from({ length: boards }, () => all.addBoard())];
};
/** What a board hears: time, sender, first byte, bytes. */
function listen(board: VirtualBoard): number[][] {
	const heard: number[][] = [], into = new Uint8Array(board.radio.mtu);
	board.radio.onReadable = () => {
		for (let count; (count = board.radio.read(into)) > 0;)
			heard.push([board.world.now, board.radio.from, into[0]!, count]);
	};
	return heard;
}
const numbered = (n: number, bytes = 250): Uint8Array => new Uint8Array(bytes).fill(n);
/** Sends numbered frames as the radio takes them. */
function stream(from: VirtualBoard, to: VirtualBoard, count: number, bytes = 20): void {
	let next = 0;
	from.radio.addPeer(to.address);
	from.radio.onWritable = () => {
		while (next < count && from.radio.send(to.address, numbered(next & 255, bytes)))
			next++;
	};
	from.radio.onWritable();
}
const middle = (heard: number[][], column: number): number[] => heard.map((row) => row[column]!);

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

describe("federation/virtual: faults", () => {
	it("loses, duplicates and holds back as often as it was told", () => {
		const count = rounds(3000), seed = seeded("faults", 20).next();
		const [all, a, b] = world({ seed, rate: "54M", loss: 0.2, duplicate: 0.1, reorder: 0.05, queue: 64 }), heard = listen(b!);
		stream(a!, b!, count);
		all.run(1e8);
		const { lost, duplicated, reordered, heard: taken, arrived, failed } = all.statistics;
		const within = (found: number, of: number, chance: number): void => {
			expect(Math.abs(found - of * chance), `${found} of ${of}, chance ${chance}`).to.be.at.most(5 * Math.sqrt(of * chance * (1 - chance)));
		};
		expect([taken, failed, heard.length]).to.deep.equal([count, 0, arrived]);
		within(lost, count, 0.2);
		within(duplicated, count - lost, 0.1);
		within(reordered, count - lost, 0.05);
		expect(arrived).to.equal(count - lost + duplicated);
		const numbers = middle(heard, 2), late = numbers.filter((n, i) => i > 0 && (n - numbers[i - 1]! & 255) > 128).length;
		expect(late).to.be.above(0);
	});
	it("tells the sender of a loss on the air, not of one behind it", () => {
		const [all, a, b] = world({ airLoss: 1, rate: "54M" }), sent: boolean[] = [], heard = listen(b!);
		a!.radio.addPeer(b!.address);
		a!.radio.onSent = (_, delivered) => sent.push(delivered);
		a!.radio.send(b!.address, numbered(1));
		all.run(1e6);
		expect([sent, heard.length, all.statistics.frames, all.statistics.failed]).to.deep.equal([[false], 0, 7, 1]);
		const [other, c, d] = world({ loss: 1, macRetries: 0 }), told: boolean[] = [], nothing = listen(d!);
		c!.radio.addPeer(d!.address);
		c!.radio.onSent = (_, delivered) => told.push(delivered);
		c!.radio.send(d!.address, numbered(1));
		other.run(1e6);
		expect([told, nothing.length, other.statistics.lost]).to.deep.equal([[true], 0, 1]);
	});
	it("delivers once what is sent again for want of an acknowledgement", () => {
		const [all, a, b] = world({ acknowledgementLoss: 1, rate: "54M", macRetries: 3 }), sent: boolean[] = [], heard = listen(b!);
		a!.radio.addPeer(b!.address);
		a!.radio.onSent = (_, delivered) => sent.push(delivered);
		a!.radio.send(b!.address, numbered(1));
		all.run(1e6);
		expect([sent, heard.length, all.statistics.frames]).to.deep.equal([[false], 1, 4]);
	});
	it("broadcasts to all who hear, reports none, and retries none", () => {
		const [all, a, ...others] = world({}, 5), heard = others.map(listen);
		let reports = 0;
		a!.radio.onSent = () => reports++;
		a!.radio.broadcast(numbered(9));
		all.run(1e5);
		expect(heard.map((list) => list.length)).to.deep.equal([1, 1, 1, 1]);
		expect([reports, all.statistics.broadcast, all.statistics.frames, all.statistics.airtimeMicroseconds]).to.deep.equal([0, 1, 1, LONG]);
	});
	it("parts groups, and brings them together", () => {
		const [all, a, b, c] = world({}, 3), heard = [b!, c!].map(listen), sent: boolean[] = [];
		a!.radio.addPeer(c!.address);
		a!.radio.onSent = (_, delivered) => sent.push(delivered);
		const both = (): void => {
			a!.radio.broadcast(numbered(1, 10));
			a!.radio.send(c!.address, numbered(2, 10));
			all.run(all.now + 1e5);
		};
		all.partition([[a!.address, b!.address]]);
		both();
		expect([heard[0]!.length, heard[1]!.length, sent]).to.deep.equal([1, 0, [false]]);
		all.partition(undefined);
		both();
		expect([heard[0]!.length, heard[1]!.length, sent]).to.deep.equal([2, 2, [false, true]]);
	});
});

describe("federation/virtual: boards", () => {
	it("sends after the time that its code spent, and works when it is free", () => {
		const [all, a, b] = world({ rate: "54M" }), times: number[] = [], done: number[] = [], seen: number[] = [], into = new Uint8Array(250), airtime = profileOf("54M").airtime(frameBytes(10));
		a!.radio.addPeer(b!.address);
		b!.radio.onReadable = () => {
			seen.push(all.now);
			while (b!.radio.read(into))
				b!.spend(3000);
			done.push(b!.clock.microseconds());
		};
		a!.clock.after(1, () => {
			a!.spend(500);
			a!.radio.send(b!.address, numbered(1, 10));
			a!.spend(500);
			times.push(a!.clock.microseconds());
			a!.radio.send(b!.address, numbered(2, 10));
		});
		a!.clock.after(1.2, () => times.push(all.now));
		all.run(1e5);
		expect(times).to.deep.equal([2000, 2000]);
		expect(done).to.deep.equal([1500 + airtime + 3000, 1500 + airtime + 6000]);
		expect(seen).to.deep.equal([1500 + airtime, 1500 + airtime + 3000]);
		expect([a!.statistics.busyMicroseconds, b!.statistics.busyMicroseconds]).to.deep.equal([1000, 6000]);
	});
	it("bounds both queues, and says when there is room", () => {
		const [all, a, b] = world({ queue: 4, rate: "54M" });
		let writable = 0;
		a!.radio.addPeer(b!.address);
		a!.radio.onWritable = () => writable++;
		const taken = Array.from({ length: 6 }, (_, i) => a!.radio.send(b!.address, numbered(i)));
		expect(taken).to.deep.equal([true, true, true, true, false, false]);
		all.run(1e5);
		expect(writable).to.equal(1);
		for (let i = 0; i < 3; i++)
			a!.radio.broadcast(numbered(10 + i));
		all.run(2e5);
		expect([b!.radio.dropped, all.statistics.dropped, writable]).to.deep.equal([3, 3, 1]);
		const heard = listen(b!);
		a!.radio.broadcast(numbered(20));
		all.run(3e5);
		expect([middle(heard, 2), b!.radio.dropped]).to.deep.equal([[0, 1, 2, 3], 4]);
	});
	it("calls onReadable once, until all was read", () => {
		const [all, a, b] = world(), into = new Uint8Array(250);
		let calls = 0;
		b!.radio.onReadable = () => calls++;
		for (let i = 0; i < 3; i++)
			a!.radio.broadcast(numbered(i));
		all.run(1e5);
		expect(calls).to.equal(1);
		for (let i = 0; i < 3; i++)
			expect(b!.radio.read(into)).to.equal(250);
		a!.radio.broadcast(numbered(3));
		all.run(2e5);
		expect(calls).to.equal(1);
		expect([b!.radio.read(into), b!.radio.read(into)]).to.deep.equal([250, 0]);
		a!.radio.broadcast(numbered(4));
		all.run(3e5);
		expect(calls).to.equal(2);
	});
	it("waits, cancels, and ignores handles that are none", () => {
		const [all, a] = world({}, 1), order: number[] = [];
		a!.clock.after(2, () => order.push(2));
		const never = a!.clock.after(1, () => order.push(0));
		a!.clock.after(1, () => order.push(1));
		a!.clock.after(2, () => order.push(3));
		a!.clock.cancel(never);
		for (const handle of [undefined, 5, {}, never])
			a!.clock.cancel(handle);
		expect(all.runUntil(() => order.length === 1, 1e6)).to.equal(true);
		expect(all.now).to.equal(1000);
		expect(all.runUntil(() => order.length === 9, 1e6)).to.equal(false);
		expect([order, all.now]).to.deep.equal([[1, 2, 3], 1e6]);
	});
	it("dies with all it had, and starts anew", () => {
		const [all, a, b] = world(), heard = listen(b!), sent: boolean[] = [], old = a!.radio, oldClock = a!.clock;
		let late = 0;
		a!.radio.addPeer(b!.address);
		a!.clock.after(50, () => late++);
		for (let i = 0; i < 4; i++)
			a!.radio.send(b!.address, numbered(i));
		all.at(4000, () => { a!.kill(); });
		all.run(40_000);
		expect([heard.length, late, a!.alive, all.statistics.discarded]).to.deep.equal([1, 0, false, 3]);
		b!.radio.addPeer(a!.address);
		b!.radio.onSent = (_, delivered) => sent.push(delivered);
		b!.radio.send(a!.address, numbered(5));
		all.run(1e5);
		expect(sent).to.deep.equal([false]);
		a!.reboot((board) => {
			expect([board.clock.microseconds(), board.boot, codeOf(() => old.broadcast(numbered(0)))]).to.deep.equal([0, 2, "RADIO_CLOSED"]);
			expect(codeOf(() => board.radio.send(b!.address, numbered(0)))).to.equal("RADIO_PEER");
			oldClock.after(1, () => late++);
			board.radio.broadcast(numbered(6));
		});
		all.run(2e5);
		expect([late, heard.at(-1)!.slice(1)]).to.deep.equal([0, [a!.address, 6, 250]]);
	});
	it("loses no frame without saying so", () => {
		const random = seeded("conservation", 5);
		for (let round = rounds(20); round > 0; round--) {
			const count = 2 + random.below(5), chance = (): number => random.pick([0, 0, 0.1, 0.5]);
			const [all, ...boards] = world({ seed: random.next(), rate: random.pick(["1M", "54M", "MCS7"]), loss: chance(), airLoss: chance(), acknowledgementLoss: chance(), duplicate: chance(), reorder: chance(), queue: 1 + random.below(5), macRetries: random.below(4) }, count);
			const starts = (board: VirtualBoard): void => {
				const into = new Uint8Array(250);
				board.radio.onReadable = () => {
					board.spend(random.below(2000));
					while (board.radio.read(into)) ;
				};
				for (const other of boards)
					if (other !== board)
						board.radio.addPeer(other.address);
				const turn = (): void => {
					if (board.random() % 4)
						board.radio.send(boards.filter((other) => other !== board)[board.random() % (count - 1)]!.address, numbered(1, 1 + board.random() % 250));
					else
						board.radio.broadcast(numbered(2, 1 + board.random() % 250));
					if (all.now < 2e5)
						board.clock.after(board.random() % 8, turn);
				};
				turn();
			};
			boards.forEach(starts);
			for (let i = 0; i < 6; i++)
				all.at(random.below(200_000), random.pick([() => boards[0]!.kill(), () => boards[0]!.reboot(starts), () => { boards[1]!.radio.channel = 1 + random.below(2); }, () => all.partition([[boards[0]!.address]]), () => all.partition(undefined)]));
			all.run(5e7);
			const s = all.statistics;
			expect(s.sent, `round ${round}`).to.equal(s.acknowledged + s.failed + s.broadcast + s.discarded);
			expect(s.heard + s.duplicated, `round ${round}`).to.equal(s.arrived + s.lost + s.dropped + s.abandoned);
			expect(s.frames).to.equal(boards.reduce((sum, board) => sum + board.statistics.frames, 0));
			expect(s.arrived).to.equal(boards.reduce((sum, board) => sum + board.statistics.arrived, 0));
		}
	});
});
