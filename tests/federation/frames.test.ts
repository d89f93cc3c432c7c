import { expect } from "chai";
import { OpenSealer } from "ruvllm-esp32/espnow-federation/frames/open-sealer";
import { get16, get48, getU32, put16, put32, put48 } from "ruvllm-esp32/espnow-federation/frames/layout";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { Frames } from "ruvllm-esp32/platform/frames";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { rounds } from "../support/arguments";
import { seeded } from "../support/random";
import { carry, ManualClock, type Tapped, TapRadio } from "../support/tap-radio";
import { GOLDEN } from "./golden";

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

describe("federation: frames", () => {
	it("an open network's seal finds damage, other networks, senders and starts, and frames that are too short", () => {
		const random = seeded("seal", 31), boot = random.bytes(8), key = new OpenSealer(7).key(0x246f28aabbcc, boot);
		for (let round = 0; round < rounds(300) + 3; round++) {
			const plain = 6 + random.below(12), body = random.below(40), frame = random.bytes(80), end = key.seal(round, frame, plain, body);
			expect(end).to.equal(plain + body + 4);
			expect(key.open(round, frame, plain, end)).to.equal(true);
			for (let short = 0; short < plain + 4; short++)
				expect(key.open(round, frame, plain, short)).to.equal(false);
			const at = random.below(end);
			frame[at]! ^= 1 << random.below(8);
			expect(key.open(round, frame, plain, end)).to.equal(false);
		}
		const frame = random.bytes(30), end = key.seal(1, frame, 6, 20), other = boot.slice();
		other[7]! ^= 1;
		for (const wrong of [new OpenSealer(8).key(0x246f28aabbcc, boot), new OpenSealer(7).key(0x246f28aabbcd, boot), new OpenSealer(7).key(0x256f28aabbcc, boot), new OpenSealer(7).key(0x246f28aabbcc, other)])
			expect(wrong.open(1, frame, 6, end)).to.equal(false);
		expect(key.open(1, frame, 6, 31)).to.equal(false);
	});
	it("numbers are little-endian, and come back", () => {
		const random = seeded("numbers", 32), bytes = new Uint8Array(8);
		put48(bytes, 1, 0x246f28aabbcc);
		expect(hex(bytes)).to.equal("00ccbbaa286f2400");
		for (let round = 0; round < rounds(1000) + 10; round++) {
			const low = random.next(), high = random.below(65536);
			put48(bytes, 2, high * 2 ** 32 + low);
			expect(get48(bytes, 2)).to.equal(high * 2 ** 32 + low);
			put32(bytes, 1, low);
			expect(getU32(bytes, 1)).to.equal(low);
			put16(bytes, 3, high);
			expect(get16(bytes, 3)).to.equal(high);
		}
	});
	it("a counter is taken once, and not when it is 64 behind; as a set of counters says", () => {
		const random = seeded("window", 33), frames = new Frames(1, new Memory(250), new Memory(250), new Memory(250), true, 4, 250, 1, 1, 16, 1000, 4, 20), place = frames.add(2);
		let top = 1000 + random.below(2 ** 30);
		frames.admit(place, 0, top, 0);
		for (let behind = 0; behind < 100; behind++)
			expect(frames.fresh(place, top - behind)).to.equal(false);
		const seen = new Set<number>(), start = top;
		for (let round = 0; round < rounds(5000) + 100; round++) {
			const counter = random.below(8) ? Math.max(0, top + 3 - random.below(80)) : top + 1 + random.below(random.below(4) ? 5 : 90);
			const expected = counter > start && counter > top - 64 && !seen.has(counter);
			expect(frames.fresh(place, counter), `${counter} after ${top}`).to.equal(expected);
			if (expected) {
				frames.took(place, counter, 0);
				seen.add(counter);
				top = Math.max(top, counter);
			}
		}
	});
	it("every type of frame has the bytes that docs/federation-protocol.md says", () => {
		const clock = new ManualClock(), radios = [1, 2, 3].map((i) => new TapRadio(0x246f28000000 + i)), frames: Tapped[] = [];
		const capabilities = { model: 0x11223344, memory: 0x10203040, fastMemory: 0x01020304, fastSpeed: 80000, slowSpeed: 20000, services: 0x8005, tags: 0xcafe };
		const nodes = radios.map((radio, i) => {
			let next = 0xa0b0c000 + 0x01000000 * i;
			return new Node({ radio, clock, random: () => next++, capabilities, network: 5 });
		});
		nodes[0]!.self.load = 9;
		let silent = false;
		const step = (): void => carry(radios, (frame) => {
			frames.push(frame);
			return !(silent && frame.from === radios[1]!.address);
		});
		clock.pass(200_000, step);
		expect(nodes[0]!.alive().length).to.equal(3);
		nodes[0]!.send(radios[1]!.address, Service.Test, new Uint8Array([1, 2, 3]));
		nodes[0]!.broadcast(Service.Router, new Uint8Array([7, 8]));
		step();
		clock.pass(10_000, step);
		const big = new Uint8Array(300).map((_, i) => i);
		nodes[0]!.send(radios[1]!.address, Service.Search, big);
		step();
		silent = true;
		clock.pass(900_000, step);
		for (const name of Object.keys(GOLDEN))
			expect(frames.some(({ bytes }) => hex(bytes) === GOLDEN[name]), name).to.equal(true);
	});
});
