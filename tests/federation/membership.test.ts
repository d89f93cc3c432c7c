import { expect } from "chai";
import type { RuvllmError } from "ruvllm-esp32/core/errors";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { host } from "ruvllm-esp32/platform/runtime";
import { print } from "ruvllm-esp32/platform/console";
import { rounds } from "../support/arguments";
import { CAPABILITIES, complete, nodeOn, Stream, town, type Town } from "../support/network";
import { seeded } from "../support/random";
import { carry, ManualClock, TapRadio } from "../support/tap-radio";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

const small = host === "riscv", SECOND = 1_000_000, HOUR = 3600 * SECOND;

/** Four boards and more do not fit 400 KB of RAM beside the runner, XS and the virtual world. */
const itRoomy = small ? (): void => {} : it;

function join(here: Town): void {
	expect(here.world.runUntil(() => complete(here), here.world.now + 20 * SECOND), "all joined").to.equal(true);
}
/** Calls of watch since now: "joined 3" is event and number of the board. */
function log(node: Node): string[] {
	const events: string[] = [];
	node.watch((event, member) => events.push(`${event} ${member.address & 255}`));
	return events;
}

describe("federation: membership", () => {
	it("boards of other networks stay strangers", () => {
		const here = town(2, { seed: 1 }), third = nodeOn(here.world.addBoard(), { network: 1 });
		here.world.run(3 * SECOND);
		expect([here.nodes[0]!.alive().length, here.nodes[1]!.alive().length, third.alive().length]).to.deep.equal([2, 2, 1]);
		expect(third.statistics.forged).to.be.above(5);
		expect(third.statistics.framesSent).to.be.below(20);
	});
	itRoomy("members speak the highest version that both know; without one they are refused, and the operator is told once", () => {
		const world = new VirtualWorld({ seed: 2, rate: "54M" }), errors: [RuvllmError, number][] = [];
		const onError = (error: RuvllmError, address: number): void => { errors.push([error, address]); };
		const nodes = ([[1, 1], [1, 3], [2, 4], [4, 5]] as const).map((versions) => nodeOn(world.addBoard(), { versions, onError }));
		world.run(3 * SECOND);
		expect(nodes.map((node) => node.alive().map(({ address }) => address & 255).join(" "))).to.deep.equal(["1 2", "1 2 3", "2 3 4", "3 4"]);
		// 1 and 3, 1 and 4, 2 and 4: each told by both sides.
		expect(errors.length).to.equal(6);
		for (const [error, address] of errors) {
			expect(error.code).to.equal("FEDERATION_VERSION");
			expect(error.message).to.contain(`02:00:00:00:00:0${address & 255}`);
		}
		const streams = [[0, 1], [1, 2], [2, 3]].map(([a, b]) => new Stream(nodes[a!]!, nodes[b!]!, () => 50));
		streams.forEach((stream) => stream.push(5));
		world.run(world.now + SECOND);
		for (const stream of streams)
			expect(stream.arrived.length).to.equal(5);
	});
	it("capabilities and load arrive; a change is told", () => {
		const here = town(2, { seed: 3 }), a = here.nodes[0]!, b = here.nodes[1]!, events = log(a);
		join(here);
		Object.assign(b.self, { load: 77, tags: 0xffffffff, model: 0x80000001, services: 0x8001, memory: 123456, fastMemory: 5, fastSpeed: 80000, slowSpeed: 7 });
		b.announce();
		here.world.run(here.world.now + 20_000);
		const { load, tags, model, services, memory, fastMemory, fastSpeed, slowSpeed } = a.member(b.address)!;
		expect([load, tags, model, services, memory, fastMemory, fastSpeed, slowSpeed]).to.deep.equal([77, 0xffffffff, 0x80000001, 0x8001, 123456, 5, 80000, 7]);
		expect(events).to.deep.equal(["joined 2", "changed 2"]);
		expect(a.members.map(({ address }) => address & 255)).to.deep.equal([1, 2]);
		expect(a.member(5)).to.equal(undefined);
	});
	itRoomy("there are at most maxMembers, and a dead one makes room", () => {
		const errors: string[] = [], here = town(3, { seed: 4 }, { maxMembers: 2, onError: (error, address) => errors.push(`${error.code} ${address & 255}`) });
		join(here);
		const late = nodeOn(here.world.addBoard());
		here.nodes.push(nodeOn(here.world.addBoard(), { maxMembers: 2 }));
		here.world.run(here.world.now + 3 * SECOND);
		expect(here.nodes[0]!.alive().length).to.equal(3);
		expect(late.alive().map(({ address }) => address & 255)).to.deep.equal([4, 5]);
		expect(here.nodes[3]!.alive().map(({ address }) => address & 255)).to.deep.equal([4, 5]);
		here.boards[1]!.kill();
		here.boards[2]!.kill();
		here.world.run(here.world.now + 4 * SECOND);
		expect(here.nodes[0]!.alive().length).to.equal(3);
		expect(here.nodes[0]!.member(late.address)!.alive).to.equal(true);
		expect(here.nodes[3]!.alive().map(({ address }) => address & 255)).to.deep.equal([1, 4, 5]);
		expect(errors.sort()).to.deep.equal([4, 4, 4, 5, 5, 5].map((board) => `FEDERATION_MEMBERS ${board}`));
	});
	it("a board that reboots leaves, then joins with another boot number; one that says good-bye leaves at once", () => {
		const here = town(3, { seed: 5 }), a = here.nodes[0]!;
		join(here);
		const events = log(a), boot = a.member(here.nodes[1]!.address)!.boot;
		here.restart(1);
		here.world.run(here.world.now + SECOND);
		expect(events).to.deep.equal(["left 2", "joined 2"]);
		expect(a.member(here.nodes[1]!.address)!.boot).to.not.equal(boot);
		expect(complete(here)).to.equal(true);
		here.nodes[2]!.close();
		here.world.run(here.world.now + 5000);
		expect(events.slice(2)).to.deep.equal(["left 3"]);
		here.world.run(here.world.now + 5 * SECOND);
		expect(events.length).to.equal(3);
	});
	itRoomy("before its counter ends, a board takes a new boot number, and goes on", () => {
		const here = town(2, { seed: 6 }, { counterLimit: 1000 });
		join(here);
		const a = here.nodes[0]!, b = here.nodes[1]!, events = log(b), boot = a.self.boot, stream = new Stream(a, b, () => 200), wanted = 3000;
		a.onDrain(() => stream.push(wanted));
		a.watch(() => stream.push(wanted));
		stream.push(wanted);
		here.world.run(here.world.now + 6 * SECOND);
		expect(a.self.boot).to.not.equal(boot);
		expect(events.slice(0, 2)).to.deep.equal(["left 1", "joined 1"]);
		expect(complete(here)).to.equal(true);
		// What was queued when it changed is dropped, as at a reboot; order stays.
		expect(stream.arrived.every((n, i) => i === 0 || n > stream.arrived[i - 1]!)).to.equal(true);
		expect(stream.arrived.length).to.be.above(wanted - 300);
	});
	it("a dead board is found within 1.5 s, with up to a frame in five lost", () => {
		const random = seeded("deaths", 45);
		let longest = 0, found = 0;
		for (let round = 0; round < rounds(60) + 2; round++) {
			const here = town(small ? 3 : 4, { seed: random.next(), loss: random.below(21) / 100 });
			join(here);
			here.world.run(here.world.now + random.below(2 * SECOND));
			const dead = random.pick(here.boards), rest = here.nodes.filter((node) => node.address !== dead.address), at = here.world.now;
			expect(complete(here), "nobody left before").to.equal(true);
			for (const node of rest)
				node.watch((event, member) => {
					if (event === "left" && member.address === dead.address) {
						found++;
						longest = Math.max(longest, here.world.now - at);
					}
				});
			if (random.below(2))
				rest[0]!.send(dead.address, Service.Test, new Uint8Array(100));
			dead.kill();
			here.world.run(at + 1_500_000);
			expect(rest.every((node) => node.alive().length === rest.length), `round ${round}`).to.equal(true);
		}
		print(`    (simulated: ${found} deaths found, the last after ${longest} us)\n`);
		expect(longest).to.be.below(1_500_000);
	});
	itRoomy("a board whose link fails is found dead earlier, when others do not hear it either", () => {
		const here = town(5, { seed: 46 });
		join(here);
		here.world.run(here.world.now + 2 * SECOND);
		const at = here.world.now, times: number[] = [], dead = here.nodes[4]!.address;
		here.nodes[0]!.watch((event) => {
			if (event === "left")
				times.push(here.world.now - at);
		});
		here.boards[4]!.kill();
		here.nodes[0]!.send(dead, Service.Test, new Uint8Array(100));
		here.world.run(at + 2 * SECOND);
		expect(times.length).to.equal(1);
		expect(times[0]! < 1_100_000, `${times[0]} us`).to.equal(true);
	});
	for (const [count, minutes, loss, air] of small ? [[2, 1, 0.2, 0]] as const : [[2, 60, 0.2, 0], [5, 5, 0.2, 0], [5, 2, 0.1, 0.3], [12, 1, 0.2, 0]] as const)
		it(`nobody is found dead who lives: ${count} boards, ${minutes} minutes, ${100 * loss} % of frames lost, ${100 * air} % of attempts`, () => {
			const here = town(count, { seed: 47 + count, loss, airLoss: air });
			join(here);
			const events = here.nodes.map(log);
			here.world.run(here.world.now + minutes / 60 * HOUR);
			expect(events.flat()).to.deep.equal([]);
			expect(complete(here)).to.equal(true);
		});
	it("others' word saves a board that one does not hear, but not for ever", () => {
		const clock = new ManualClock(), radios = [1, 2, 3].map((i) => new TapRadio(i));
		const random = seeded("deaf", 48), nodes = radios.map((radio) => new Node({ radio, clock, random: () => random.next(), capabilities: CAPABILITIES }));
		let deaf = false;
		const step = (): void => carry(radios, (frame, to) => !(deaf && frame.from === 3 && to === 1));
		clock.pass(SECOND, step);
		expect(nodes.map((node) => node.alive().length)).to.deep.equal([3, 3, 3]);
		const events = log(nodes[0]!);
		deaf = true;
		clock.pass(3 * SECOND, step);
		expect(events).to.deep.equal([]);
		clock.pass(SECOND, step);
		expect(events).to.deep.equal(["left 3"]);
		expect(nodes[1]!.alive().length).to.equal(3);
	});
	itRoomy("halves that were parted find each other again", () => {
		const here = town(4, { seed: 52, loss: 0.1 });
		join(here);
		const [a, b, c, d] = here.nodes.map(({ address }) => address) as [number, number, number, number];
		for (let round = 0; round < 3; round++) {
			here.world.partition([[a, b], [c, d]]);
			here.world.run(here.world.now + 2 * SECOND);
			expect(here.nodes.map((node) => node.alive().length)).to.deep.equal([2, 2, 2, 2]);
			here.world.partition(undefined);
			here.world.run(here.world.now + 2 * SECOND);
			expect(complete(here)).to.equal(true);
		}
	});
	itRoomy("boards find each other on any of 13 channels, and islands merge on the channel of the lowest address", () => {
		const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
		const here = town(3, { seed: 53, loss: 0.1 }, { channels: all });
		join(here);
		const world = new VirtualWorld({ seed: 54, rate: "54M", loss: 0.05 });
		const nodes = [1, 2, 3, 4].map((i) => nodeOn(world.addBoard({ channel: 1 }), { channels: i % 2 ? [6, 1] : [1, 6] }));
		const halves = [[0, 2], [1, 3]].map((half) => half.map((i) => world.boards[i]!.address));
		world.partition(halves);
		expect(world.runUntil(() => nodes.every((node) => node.alive().length === 2), 20 * SECOND)).to.equal(true);
		const channels = (): Set<number> => new Set(world.boards.map((board) => board.radio.channel));
		expect(world.runUntil(() => channels().size === 2 && halves.every((half) => new Set(half.map((address) => world.board(address)!.radio.channel)).size === 1), world.now + 60 * SECOND)).to.equal(true);
		world.partition(undefined);
		expect(world.runUntil(() => nodes.every((node) => node.alive().length === 4) && channels().size === 1, world.now + 60 * SECOND)).to.equal(true);
		const lowest = nodes.map(log);
		world.run(world.now + 30 * SECOND);
		expect(lowest.flat()).to.deep.equal([]);
	});
	itRoomy("25 boards that are switched on together know each other within 2 s", () => {
		const here = town(25, { seed: 55 });
		expect(here.world.runUntil(() => complete(here), 2 * SECOND)).to.equal(true);
	});
});
