/** Boards that learn together, in a virtual world (not on riscv: models, boards and the world do not fit 400 KB). */

import { expect } from "chai";
import { MicroLoRA, TinyModel } from "ruvllm-esp32/engine";
import { DistributedMicroLora } from "ruvllm-esp32/espnow-federation/learning/distributed-micro-lora";
import type { DistributedMicroLoraOptions } from "ruvllm-esp32/espnow-federation/learning/options";
import { HEAD, putAddress, putHead, Type } from "ruvllm-esp32/espnow-federation/learning/messages";
import { crcOf, Version } from "ruvllm-esp32/espnow-federation/learning/version";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { town, type Town } from "../support/network";
import { type Random, seeded } from "../support/random";
import { SHAPE, smallModel } from "../support/small-model";
import type { WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";

const RANK = 4;
const SECOND = 1_000_000;
const PROMPTS = [[1, 40, 41], [1, 260, 70, 9], [1, 100], [1, 271, 271, 5], [1, 33, 290]];
const WANTED = [17, 203, 88, 150, 9];

interface Learner {
	model: TinyModel;
	lora: MicroLoRA;
	shared: DistributedMicroLora;
}

/** The likeliest token after some; the hidden state is the adapter's lesson then. */
function next(model: TinyModel, tokens: readonly number[]): number {
	tokens.forEach((token, i) => model.forward(token, i, i === tokens.length - 1));
	return model.logits.indexOf(model.logits.reduce((most, value) => Math.max(most, value)));
}

interface School extends Town {
	learners: Learner[];
	/** A board that is on again, with what it had recorded if it did not lose power. */
	enrol(index: number): Learner;
}

function school(count: number, worldOptions: WorldOptions, options: (index: number) => DistributedMicroLoraOptions = () => ({})): School {
	const here = town(count, worldOptions), learners: Learner[] = [];
	const enrol = (i: number): Learner => {
		const model = learners[i]?.model ?? new TinyModel(smallModel(), { adapterRank: RANK, contextLength: 16 }), lora = new MicroLoRA(model, { capacity: 8, rehearsalCapacity: 8 });
		return learners[i] = { model, lora, shared: new DistributedMicroLora(here.nodes[i]!, lora, 7, { roundMilliseconds: 3000, passes: 20, mostRounds: 40, merge: { allowance: 128, clip: 2048 }, ...options(i) }) };
	};
	for (let i = 0; i < count; i++)
		enrol(i);
	return { ...here, learners, enrol };
}

const teach = ({ model, lora }: Learner, lesson: number): void => {
	next(model, PROMPTS[lesson]!);
	lora.record(WANTED[lesson]!);
};
const knows = ({ model }: Learner, lesson: number): boolean => next(model, PROMPTS[lesson]!) === WANTED[lesson];
/** All that are on have one version, and know it of each other. */
const agreed = ({ learners, boards }: School): boolean => {
	const on = learners.filter((_, i) => boards[i]!.alive), count = on.length;
	return on.every(({ shared }) => shared.digest === on[0]!.shared.digest && shared.round > 0 && shared.agreement.boards === count && shared.agreement.agreeing === count);
};
/** Runs on until something holds, looked at ten times a second. */
function until({ world }: Town, holds: () => boolean, seconds: number): void {
	for (const end = world.now + seconds * SECOND; world.now < end && !holds();)
		world.run(world.now + SECOND / 10);
}
const weightsOf = ({ lora }: Learner): string => {
	const weights = new Int16Array(lora.size);
	lora.copyWeights(weights);
	return weights.join();
};

describe("federation: shared learning", () => {
	it("refuses what can't be, by its name", () => {
		const here = town(1, { seed: 1 }), model = new TinyModel(smallModel(), { adapterRank: RANK, contextLength: 16 }), lora = new MicroLoRA(model);
		for (const options of [{ passes: 0 }, { roundMilliseconds: 0.5 }, { mostRounds: 1001 }, { patienceMilliseconds: -1 }, { merge: { clip: 0 } }, { merge: { rate: 40000 } }])
			expect(codeOf(() => new DistributedMicroLora(here.nodes[0]!, lora, 1, options)), JSON.stringify(options)).to.equal("LEARNING_OPTION");
		for (const seed of [0, 1.5, -3])
			expect(codeOf(() => new DistributedMicroLora(here.nodes[0]!, lora, seed))).to.equal("LEARNING_OPTION");
		expect(codeOf(() => lora.setWeights(new Int16Array(3)))).to.equal("ADAPTER_FILE");
	});
	it("takes any bytes from others without harm", () => {
		const { learners, nodes, world } = school(2, { seed: 2 }), random = seeded("messages", 41), [one, two] = learners as [Learner, Learner];
		world.runUntil(() => nodes[0]!.alive().length === 2, 3 * SECOND);
		const before = weightsOf(one), size = one.lora.size, { group } = one.shared;
		for (let i = 0; i < rounds(1500); i++) {
			const type = random.below(8), bytes = random.bytes(random.pick([3, HEAD, HEAD + 8, HEAD + 8 + size, HEAD + 12 * random.below(5), HEAD + 2 * size]));
			if (bytes.length >= HEAD)
				putHead(new DataView(bytes.buffer), type, random.below(4) ? group : random.next(), random.below(4), random.below(3) ? one.shared.digest : random.next(), random.below(4) ? Math.floor((bytes.length - HEAD) / 12) : random.below(70));
			while (!nodes[1]!.send(nodes[0]!.address, Service.Learning, bytes))
				world.run(world.now + 10_000);
		}
		world.run(world.now + 2 * SECOND);
		expect(one.shared.statistics.malformed).to.be.above(rounds(100));
		// Whatever was committed by such bytes, weights stay in their range; and who is asked still learns.
		expect(before.length > 0 && weightsOf(one).split(",").every((text) => Math.abs(Number(text)) <= 16384)).to.equal(true);
		teach(two, 0);
		one.shared.share();
		world.runUntil(() => one.shared.statistics.rounds > 0 && one.shared.digest === two.shared.digest, world.now + 30 * SECOND);
		expect(one.shared.digest).to.equal(two.shared.digest);
	}).timeout(60000);
	for (const loss of [0, 0.2])
		it(`five boards learn what each was told, and have the same bits${loss ? ", although a fifth of the frames is lost" : ""}`, () => {
			const here = school(5, { seed: 51 + 10 * loss, loss }), { learners } = here;
			learners.forEach((learner, i) => teach(learner, i));
			until(here, () => here.nodes.every((node) => node.alive().length === 5), 5);
			learners[3]!.shared.share();
			until(here, () => agreed(here) && learners[0]!.shared.round > 4 && WANTED.every((_, lesson) => knows(learners[0]!, lesson)), 100);
			until(here, () => agreed(here), 20);
			expect(agreed(here)).to.equal(true);
			expect(new Set(learners.map(weightsOf)).size).to.equal(1);
			expect(WANTED.filter((_, lesson) => knows(learners[4]!, lesson)).length).to.be.at.least(4);
		}).timeout(120000);
	it("a joiner, a board that was away and one that rebooted have what the others have, and add what they know", () => {
		const here = school(4, { seed: 53, loss: 0.1 }), { learners, boards, nodes, world } = here;
		boards[3]!.kill();
		[0, 1, 2].forEach((i) => teach(learners[i]!, i));
		until(here, () => nodes.slice(0, 3).every((node) => node.alive().length === 3), 5);
		learners[0]!.shared.share();
		until(here, () => agreed(here) && learners[0]!.shared.round >= 3, 60);
		boards[1]!.kill();
		until(here, () => agreed(here) && learners[0]!.shared.round >= 5, 60);
		expect(agreed(here)).to.equal(true);
		for (const i of [3, 1]) {
			here.restart(i);
			here.enrol(i);
		}
		until(here, () => agreed(here), 30);
		expect(agreed(here)).to.equal(true);
		expect(learners[3]!.shared.statistics.adopted).to.be.at.least(1);
		teach(learners[3]!, 3);
		learners[3]!.shared.share();
		const { round } = learners[3]!.shared;
		until(here, () => agreed(here) && learners[3]!.shared.round > round, 60);
		expect([agreed(here), new Set(learners.map(weightsOf)).size]).to.deep.equal([true, 1]);
	}).timeout(120000);
	it("goes on when the board that calls dies in the middle of a round", () => {
		const here = school(4, { seed: 54 }), { learners, boards, nodes, world } = here;
		learners.forEach((learner, i) => teach(learner, i));
		until(here, () => nodes.every((node) => node.alive().length === 4), 5);
		const first = nodes.map(({ address }, i): [number, number] => [address, i]).sort(([a], [b]) => a - b)[0]![1], other = (first + 1) % 4;
		learners[other]!.shared.share();
		until(here, () => learners[other]!.shared.round >= 2, 30);
		boards[first]!.kill();
		const { round } = learners[other]!.shared;
		world.run(world.now + 3 * SECOND);
		learners[other]!.shared.share();
		until(here, () => agreed(here) && learners[other]!.shared.round > round, 60);
		expect(agreed(here)).to.equal(true);
		expect(learners[other]!.shared.round).to.be.above(round);
	}).timeout(120000);
	it("boards that merge in another way are another group, and learn for themselves", () => {
		const here = school(4, { seed: 55 }, (i) => i === 3 ? { merge: { rate: 256 } } : { roundMilliseconds: 500 }), { learners, nodes } = here;
		learners.forEach((learner, i) => teach(learner, i));
		until(here, () => nodes.every((node) => node.alive().length === 4), 5);
		learners[0]!.shared.share();
		learners[1]!.shared.share();
		until(here, () => [0, 1, 2].every((i) => learners[i]!.shared.round > 1 && learners[i]!.shared.digest === learners[0]!.shared.digest), 30);
		expect([0, 1, 2].map((i) => learners[i]!.shared.digest === learners[0]!.shared.digest)).to.deep.equal([true, true, true]);
		expect(learners[3]!.shared.round).to.equal(0);
		expect(learners[0]!.shared.statistics.foreign).to.be.above(0);
	}).timeout(120000);
	for (const [title, poison] of [["random", (random: Random, weight: number) => { void weight; return random.from(-16384, 16384); }], ["flipped", (_: Random, weight: number, common: number) => Math.max(-16384, Math.min(16384, common - 10 * (weight - common)))]] as [string, (random: Random, weight: number, common: number) => number][])
		it(`one poisoned board of five, ${title} and huge: excluded, and the others learn`, () => {
			const random = seeded("poison", 46), here: School = school(5, { seed: 56 }, (i) => i !== 2 ? {} : { train: (lora) => {
				const common = new Int16Array(lora.size), weights = new Int16Array(lora.size);
				lora.copyWeights(common);
				const result = lora.train(20);
				lora.copyWeights(weights);
				lora.setWeights(weights.map((weight, k) => poison(random, weight, common[k]!)));
				return { ...result, passes: 20, lessons: 1000 };
			} }), { learners, nodes } = here;
			learners.forEach((learner, i) => teach(learner, i));
			until(here, () => nodes.every((node) => node.alive().length === 5), 5);
			learners[0]!.shared.share();
			const honest = [0, 1, 3, 4];
			until(here, () => agreed(here) && honest.every((i) => knows(learners[0]!, i)), 100);
			until(here, () => agreed(here), 20);
			expect(agreed(here)).to.equal(true);
			expect(honest.filter((i) => knows(learners[0]!, i)).length, "lessons of honest boards").to.be.at.least(3);
			expect(learners[0]!.shared.excluded.join()).to.equal(String(nodes[2]!.address));
		}).timeout(120000);
	it("a board that calls can neither choose alone what counts nor bring in a version of its own", () => {
		const here = town(4, { seed: 57 }), bad = here.nodes[0]!, others: Learner[] = [];
		for (const node of here.nodes.slice(1)) {
			const model = new TinyModel(smallModel(), { adapterRank: RANK, contextLength: 16 }), lora = new MicroLoRA(model);
			others.push({ model, lora, shared: new DistributedMicroLora(node, lora, 7, { passes: 3 }) });
		}
		others.forEach((learner, i) => teach(learner, i));
		bad.self.services = 1 << Service.Learning;
		bad.announce();
		until(here, () => here.nodes.every((node) => node.alive().length === 4 && node.alive().every(({ services }) => services >> Service.Learning & 1)), 5);
		expect(here.nodes.every(({ address }) => address >= bad.address)).to.equal(true);
		const { group, digest } = others[0]!.shared, size = others[0]!.lora.size, forged = new Version(size), sendAll = (bytes: Uint8Array): void => {
			for (const { address } of here.nodes.slice(1))
				expect(bad.send(address, Service.Learning, bytes)).to.equal(true);
		};
		const message = (type: number, bytes: Uint8Array, round: number, of: number, entries = 0): Uint8Array => {
			putHead(new DataView(bytes.buffer), type, group, round, of, entries);
			return bytes;
		};
		forged.weights.fill(9999);
		forged.seal(1000);
		const answer = new Uint8Array(HEAD + forged.bytes);
		forged.write(answer, HEAD);
		let asked = 0;
		bad.handle(Service.Learning, (from, bytes) => {
			if (bytes[0] === Type.Fetch)
				asked++;
			void from;
		});
		sendAll(message(Type.State, new Uint8Array(HEAD), 1000, forged.digest));
		sendAll(message(Type.Version, answer, 1000, forged.digest));
		until(here, () => false, 3);
		expect(others.map(({ shared }) => [shared.round, shared.digest, shared.statistics.refused])).to.deep.equal(others.map(() => [0, digest, 1]));
		expect(asked).to.equal(0);
		// It calls, all train, and it lists only its own change.
		const change = new Uint8Array(HEAD + 8 + size), list = new Uint8Array(HEAD + 12);
		change.fill(127, HEAD + 8);
		change[HEAD + 6] = 60;
		putAddress(new DataView(change.buffer), HEAD, bad.address);
		sendAll(message(Type.Call, new Uint8Array(HEAD), 1, digest));
		sendAll(message(Type.Change, change, 1, digest));
		until(here, () => false, 2);
		putAddress(new DataView(list.buffer), HEAD, bad.address);
		new DataView(list.buffer).setUint32(HEAD + 8, crcOf(change, HEAD, change.length - HEAD, 0), true);
		sendAll(message(Type.Commit, list, 1, digest, 1));
		until(here, () => false, 2);
		expect(others.map(({ shared }) => [shared.round, shared.digest, shared.statistics.refused])).to.deep.equal(others.map(() => [0, digest, 2]));
		// When it is gone, the others go on.
		here.boards[0]!.kill();
		until(here, () => here.nodes.slice(1).every((node) => node.alive().length === 3), 5);
		others[2]!.shared.share();
		until(here, () => others.every(({ shared }) => shared.round > 0 && shared.digest === others[0]!.shared.digest && shared.agreement.agreeing === 3), 30);
		expect(others[0]!.shared.round).to.be.above(0);
		expect(new Set(others.map(weightsOf)).size).to.equal(1);
	}).timeout(60000);
});
