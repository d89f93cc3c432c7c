/** The virtual world: what happens to frames, and boards with clocks, queues and processors. */

import { expect } from "chai";
import { frameBytes, profileOf } from "ruvllm-esp32/espnow-federation/virtual/phy";
import type { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/world";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";
import { listen, middle, numbered, stream, world } from "../support/virtual";

/** A frame of 250 bytes and its acknowledgement at 1 Mbit/s; SIFS; DIFS. */
const LONG = 2536, SIFS = 10, DIFS = 50;

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
