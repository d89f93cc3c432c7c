import { expect } from "chai";
import { AeadSealer } from "ruvllm-esp32/espnow-federation/frames/aead";
import type { Sealer } from "ruvllm-esp32/espnow-federation/frames/sealer";
import { OpenSealer } from "ruvllm-esp32/espnow-federation/frames/open-sealer";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { Service, type NetworkStatistics } from "ruvllm-esp32/espnow-federation/network";
import { rounds } from "../support/arguments";
import { itSecure } from "../support/crypto";
import { CAPABILITIES } from "../support/network";
import { seeded } from "../support/random";
import { carry, ManualClock, type Tapped, TapRadio } from "../support/tap-radio";

const A = 0x246f28000001, B = 0x246f28000002, STRANGER = 0x246f28000003;
const dropped = (s: NetworkStatistics): number => s.malformed + s.unknownVersion + s.unknownSender + s.forged + s.replayed;

/** Two members with traffic; everything that was on the air lies in `recorded`. */
function scene(sealer: () => Sealer, seed: number) {
	const clock = new ManualClock(), radios = [new TapRadio(A), new TapRadio(B)], recorded: Tapped[] = [], random = seeded("hostile", seed);
	const make = (radio: TapRadio): Node => new Node({ radio, clock, random: () => random.next(), capabilities: CAPABILITIES, sealer: sealer() });
	const nodes = radios.map(make), events: string[] = [];
	const step = (): void => carry(radios, (frame) => {
		recorded.push(frame);
		return true;
	});
	clock.pass(500_000, step);
	nodes[0]!.watch((event, member) => events.push(`${event} ${member.address & 255}`));
	let messages = 0, sent = 0;
	nodes[0]!.handle(Service.Test, (from, bytes, count) => {
		expect([from, count, bytes[0]]).to.deep.equal([B, 50, messages++ & 255]);
	});
	const talk = (): void => {
		const bytes = new Uint8Array(50);
		bytes[0] = sent;
		if (nodes[1]!.send(A, Service.Test, bytes))
			sent++;
		step();
	};
	for (let i = 0; i < 50; i++) {
		talk();
		clock.pass(10_000, step);
	}
	return { clock, radios, recorded, random, nodes, events, step, talk, make, counts: () => [messages, sent] };
}

function suite(name: string, sealer: () => Sealer, other: () => Sealer, test: (title: string, body: () => void) => unknown = it): void {
	test(`${name}: forged, replayed, cut, random and foreign frames have no effect, and each is counted`, () => {
		const { clock, radios, recorded, random, nodes, events, step, talk, counts } = scene(sealer, 61), victim = nodes[0]!, radio = radios[0]!;
		const foreign: Tapped[] = [], outsider = new TapRadio(STRANGER), outside = new Node({ radio: outsider, clock, random: () => random.next(), capabilities: CAPABILITIES, sealer: other() });
		clock.pass(2_000_000, () => {
			foreign.push(...outsider.sent.splice(0));
			step();
		});
		outside.close();
		const fromB = recorded.filter(({ from }) => from === B), own = recorded.filter(({ from }) => from === A), total = rounds(100_000), kinds = [0, 0, 0, 0, 0, 0, 0];
		for (let i = 0; i < total; i++) {
			const kind = random.below(7), before = dropped(victim.statistics), ticks = i % 100 === 0;
			let { from, bytes } = random.pick(fromB);
			if (kind === 0)
				bytes = random.bytes(1 + random.below(250));
			else if (kind === 1) {
				bytes = bytes.slice();
				bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
			}
			else if (kind === 2)
				bytes = bytes.slice(0, random.below(bytes.length)).slice(0, 249);
			else if (kind === 3)
				from = random.below(2) ? STRANGER : random.below(2 ** 40);
			else if (kind === 4)
				({ from, bytes } = random.pick(foreign));
			else if (kind === 5)
				({ from, bytes } = random.pick(own));
			if (bytes.length === 0)
				continue;
			kinds[kind]!++;
			radio.hear(from, bytes);
			// Chai in a hundred thousand rounds would take longer than the frames.
			if (dropped(victim.statistics) !== before + 1 || radio.sent.length > 0)
				throw new Error(`round ${i}, kind ${kind}: ${dropped(victim.statistics) - before} counted, ${radio.sent.length} answers`);
			if (ticks) {
				talk();
				clock.pass(20_000, step);
			}
		}
		clock.pass(100_000, step);
		expect(events).to.deep.equal([]);
		expect(victim.alive().map(({ address }) => address)).to.deep.equal([A, B]);
		const [messages, sent] = counts();
		expect(messages).to.equal(sent);
		expect(messages).to.be.above(50);
		expect(Math.min(...kinds)).to.be.above(0);
	});
	test(`${name}: what a board sent before it rebooted admits nobody, and parts nobody`, () => {
		const { clock, radios, recorded, random, nodes, events, step, make, counts } = scene(sealer, 62), radio = radios[0]!;
		const old = recorded.filter(({ from }) => from === B);
		nodes[1]!.close();
		step();
		nodes[1] = make(radios[1]!);
		clock.pass(1_000_000, step);
		expect(events).to.deep.equal(["left 2", "joined 2"]);
		const boot = nodes[0]!.member(B)!.boot, [messages] = counts();
		let answers = 0;
		for (let i = 0; i < rounds(3000) + 100; i++) {
			radio.hear(B, random.pick(old).bytes);
			answers += radio.sent.length;
			clock.pass(1000, step);
		}
		expect(events.length).to.equal(2);
		expect([nodes[0]!.member(B)!.boot, nodes[0]!.member(B)!.alive, nodes[1]!.alive().length, counts()[0]]).to.deep.equal([boot, true, 2, messages]);
		expect(answers).to.be.below(rounds(3000) / 10 + 100);
	});
	test(`${name}: a flood of strangers' Hello costs few keys, and displaces no member`, () => {
		const { clock, radios, recorded, nodes, events, step, random } = scene(sealer, 63), hello = recorded.find(({ from, bytes }) => from === B && bytes[1] === 1)!.bytes;
		const before = nodes[0]!.statistics.unknownSender, many = rounds(20_000) + 100;
		for (let i = 0; i < many; i++) {
			const bytes = hello.slice();
			bytes.set(random.bytes(8), 6);
			radios[0]!.hear(0x300000000000 + random.below(2 ** 30), bytes);
			if (i % 1000 === 0)
				clock.pass(10_000, step);
		}
		// Those that were refused without looking: all but the burst, and one for each 10 ms.
		expect(nodes[0]!.statistics.unknownSender - before).to.be.above(many - 32 - many / 1000 - 3);
		expect(events).to.deep.equal([]);
		expect(nodes[0]!.alive().length).to.equal(2);
		nodes[1]!.close();
		step();
		const late = new TapRadio(STRANGER), node = new Node({ radio: late, clock, random: () => random.next(), capabilities: CAPABILITIES, sealer: sealer() });
		clock.pass(2_000_000, () => carry([radios[0]!, late]));
		expect(node.alive().length).to.equal(2);
	});
}

describe("federation: hostile frames", () => {
	suite("open network", () => new OpenSealer(1), () => new OpenSealer(2));
	suite("closed network", () => new AeadSealer(new Uint8Array(16).fill(7)), () => new AeadSealer(new Uint8Array(16).fill(8)), itSecure);
});
