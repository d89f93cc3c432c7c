import { expect } from "chai";
import { lengthOf, quantiseDelta, root } from "ruvllm-esp32/espnow-federation/learning/delta";
import { type Contribution, merge, MERGE, type Reputation } from "ruvllm-esp32/espnow-federation/learning/merge";
import { HEAD, putHead, readHead } from "ruvllm-esp32/espnow-federation/learning/messages";
import { Version } from "ruvllm-esp32/espnow-federation/learning/version";
import { rounds } from "../support/arguments";
import { type Random, seeded } from "../support/random";

function contribution(random: Random, address: number, size: number, most: number, shift = 0): Contribution {
	return { address, weight: random.from(1, 20), shift, values: Int8Array.from({ length: size }, () => random.from(-most, most)) };
}

describe("federation: merging what boards learned", () => {
	it("reads no message that is none", () => {
		const random = seeded("heads", 47), size = 20;
		for (let i = 0; i < rounds(2000); i++) {
			const bytes = random.bytes(random.below(120)), count = random.below(130), type = random.below(9), entries = random.below(6);
			if (bytes.length >= HEAD)
				putHead(new DataView(bytes.buffer), type, 1, 2, 3, entries);
			const head = readHead(bytes, count, size), length = [HEAD, HEAD, HEAD, HEAD + 8 + size, HEAD + 12 * entries, HEAD + 8, HEAD + 12 * entries + 2 * size][type];
			expect(head !== undefined).to.equal(bytes.length >= HEAD && count <= bytes.length && count === length);
			if (head)
				expect([head.type, head.entries, head.group, head.round, head.digest]).to.deep.equal([type, entries, 1, 2, 3]);
		}
	});
	it("a change in INT8 is as near as its shift allows, and roots are floors", () => {
		const random = seeded("changes", 42);
		for (const x of [0, 1, 2, 3, 4, 15, 16, 0x7fffffff, 46340 * 46340, 46340 * 46340 - 1])
			expect(root(x)).to.equal(Math.floor(Math.sqrt(x)));
		for (let i = 0; i < rounds(300); i++) {
			const size = random.from(1, 60), most = 1 << random.below(15), before = Int16Array.from({ length: size }, () => random.from(-16384, 16384)), after = before.map((x) => Math.max(-16384, Math.min(16384, x + random.from(-most, most)))), values = new Int8Array(size);
			const shift = quantiseDelta(values, after, before);
			expect(values.every((value, k) => Math.abs((value << shift) - (after[k]! - before[k]!)) <= 1 << shift >> 1), `${shift}`).to.equal(true);
			const exact = Math.sqrt(values.reduce((sum, value) => sum + (value << shift) ** 2, 0));
			expect(lengthOf({ values, shift })).to.be.within(exact - (1 << shift), exact);
		}
	});
	it("merges as its definition says, slowly", () => {
		const random = seeded("definition", 48);
		for (let i = 0; i < rounds(200); i++) {
			const size = random.from(1, 12), count = random.from(1, 12), list = Array.from({ length: count }, (_, b) => contribution(random, b, size, 127, random.below(6))), weights = Int16Array.from({ length: size }, () => random.from(-16384, 16384)), before = weights.slice();
			const middle = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length - 1 >> 1]!, lengths = list.map(lengthOf), bound = Math.max(MERGE.clip, middle(lengths)), usual = middle(list.map(({ weight }) => weight));
			merge(weights, list, new Map(), { ...MERGE, plausible: 0x7fffffff });
			for (let k = 0; k < size; k++) {
				const moves = list.map(({ values, shift }, b) => Math.floor(values[k]! * 2 ** shift * (lengths[b]! <= bound ? 1 : Math.floor(bound * 32768 / lengths[b]!) / 32768))), sorted = [...moves].sort((a, b) => a - b), trim = count < 4 ? 0 : Math.max(1, Math.floor(count / 5));
				const shares = list.map(({ weight }) => Math.min(weight, usual)), drawn = moves.map((move) => trim ? Math.min(sorted[count - 1 - trim]! + MERGE.allowance, Math.max(sorted[trim]! - MERGE.allowance, move)) : move);
				const sum = drawn.reduce((total, move, b) => total + move * shares[b]!, 0), all = shares.reduce((total, share) => total + share, 0), mean = Math.sign(sum) * Math.floor(Math.abs(sum) / all + 0.5);
				expect(weights[k]!, `${count} boards, weight ${k}`).to.equal(Math.max(-16384, Math.min(16384, before[k]! + Math.floor(mean * MERGE.rate / 256 + 0.5))));
			}
		}
	});
	it("one board moves no weight further than the rest and the allowance say, whatever it sends", () => {
		const random = seeded("bounds", 43), size = 24;
		for (let i = 0; i < rounds(150); i++) {
			const count = random.from(4, 9), honest = Array.from({ length: count - 1 }, (_, b) => contribution(random, 10 + b, size, 40)), bad = contribution(random, random.pick([1, 99]), size, 127, random.below(10));
			const moved = (list: Contribution[], reputation: Reputation = new Map()): Int16Array => {
				const weights = new Int16Array(size);
				merge(weights, list.sort((a, b) => a.address - b.address), reputation, MERGE);
				return weights;
			};
			const weights = moved([...honest, bad]);
			for (let k = 0; k < size; k++) {
				const values = honest.map(({ values }) => values[k]!), rate = MERGE.rate / 256;
				// Clipping draws honest ones towards 0 at most.
				expect(weights[k]! / rate).to.be.within(Math.min(0, ...values) - MERGE.allowance - 1, Math.max(0, ...values) + MERGE.allowance + 1);
			}
			expect(Array.from(moved([...honest, { ...bad, weight: 0 }]))).to.deep.equal(Array.from(moved(honest)));
		}
		// Three boards are too few to tell who is wrong: the length alone is bounded.
		const few = [contribution(random, 1, size, 10), contribution(random, 2, size, 10), contribution(random, 3, size, 127, 9)], weights = new Int16Array(size);
		expect(merge(weights, few, new Map()).length).to.be.at.most(MERGE.clip * MERGE.rate / 256 + size);
	});
	it("reputation: who is far again and again is not heard, and is heard again when it behaves", () => {
		const random = seeded("reputation", 44), size = 32, reputation: Reputation = new Map(), weights = new Int16Array(size), counted: boolean[] = [];
		for (let round = 0; round < 8; round++) {
			const list = [1, 2, 3, 4].map((address) => contribution(random, address, size, 30)), bad = round < 3 ? contribution(random, 5, size, 127, 9) : contribution(random, 5, size, 30);
			counted.push(merge(weights, [...list, bad], reputation).counted.includes(5));
		}
		expect(counted).to.deep.equal([false, false, false, false, false, true, true, true]);
		expect(reputation.size <= 1).to.equal(true);
	});
	it("a version goes over the air and comes back the same; a damaged one is refused", () => {
		const random = seeded("version", 45), version = new Version(20), copy = new Version(20);
		version.reputation.set(9, 2).set(4, 8);
		for (let i = 0; i < 20; i++)
			version.weights[i] = random.from(-16384, 16384);
		version.seal(3);
		const bytes = new Uint8Array(HEAD + version.bytes);
		version.write(bytes, HEAD);
		expect(copy.read(bytes, 2, 3, version.digest)).to.equal(true);
		copy.seal(3);
		expect(copy.digest).to.equal(version.digest);
		for (let i = 0; i < rounds(200); i++) {
			const bad = bytes.slice();
			bad[random.from(HEAD, bad.length - 1)]! ^= 1 << random.below(8);
			expect(new Version(20).read(bad, 2, 3, version.digest)).to.equal(false);
		}
		expect(new Version(20).read(bytes, 2, 4, version.digest)).to.equal(false);
	});
});
