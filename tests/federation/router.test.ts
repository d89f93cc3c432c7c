import { expect } from "chai";
import { contentFeatures } from "ruvllm-esp32/espnow-federation/router/content-features";
import { MicroFastGRNN, type MicroGRNNConfig } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
import { unpackRouter, WEIGHT_BYTES } from "ruvllm-esp32/espnow-federation/router/router-file";
import { RoutingFeatures } from "ruvllm-esp32/espnow-federation/router/routing-features";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { contentWord, log2, requestBytes, RouterKernel, stateBytes } from "ruvllm-esp32/platform/router";
import { bytewords, wordFeatures } from "../../tools/train/router/content-features";
import { KernelPolicy } from "../../tools/train/router/kernel";
import { packRouters as pack, type Router } from "../../tools/train/router/file";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { type Random, seeded } from "../support/random";
import { best, newSlowRouter, slowCell, slowInput, slowLog2, type SlowRequest, slowScores } from "../support/router-reference";

/** Those of native/content-seeds.h. */
const SEEDS = [49628, 37839, 4909, 22633, 3294, 40331];

const packRouters = (routers: readonly Router[]): Uint8Array => pack(routers, (bytes) => crc32(bytes as never, 0, bytes.length, 0));
const fileOf = (random: Random): Uint8Array => packRouters([
	{ kind: "load", experts: 0, bytes: random.bytes(WEIGHT_BYTES) }, { kind: "content", experts: 4, bytes: random.bytes(WEIGHT_BYTES) },
]);

function requestFor(random: Random, chips: number): SlowRequest {
	const wide = random.below(2);
	return {
		position: random.below(256), mean: random.from(-128, 127), variance: random.below(128),
		loads: Array.from({ length: chips }, () => wide ? random.below(256) : random.below(4)),
		hops: Array.from({ length: chips }, () => random.below(3) ? random.below(wide ? 65536 : 3000) : 0),
	};
}

const featuresOf = ({ position, mean, variance, loads, hops }: SlowRequest, alive: readonly boolean[] = []): RoutingFeatures => new RoutingFeatures({
	embedMean: mean, embedVar: variance, position, chipLoads: loads.map((load, c) => alive[c] === false ? -1 : load), chipHops: hops,
});

const scoresOf = (router: MicroFastGRNN): (number | undefined)[] => Array.from({ length: router.numChips }, (_, c) => router.score(c));

describe("federation/router", () => {
	it("refuses sizes, kinds and files that it can't have", () => {
		const make = (config: Partial<MicroGRNNConfig>): string => codeOf(() => new MicroFastGRNN({ numChips: 5, ...config } as MicroGRNNConfig));
		for (const bad of [{ numChips: 0 }, { numChips: 17 }, { numChips: 2.5 }, { numChips: undefined }, { inputDim: 7 }, { hiddenDim: 8 }, { zeta: -1 }, { zeta: 256 }, { nu: NaN }, { kind: "both" }, { kind: "content", numChips: 1 }, { kind: "content", numChips: 5 }])
			expect(make(bad as never), JSON.stringify(bad)).to.equal("GRNN_OPTION");
		const random = seeded("files", 3), file = fileOf(random);
		expect(make({ file })).to.equal("none");
		expect(make({ file, kind: "content", numChips: 3 })).to.equal("GRNN_OPTION");
		expect(make({ file: packRouters([]) })).to.equal("GRNN_FILE");
		for (const bad of [new Uint8Array(0), file.slice(0, -1), new Uint8Array(200), "file", packRouters([{ kind: "load", experts: 2, bytes: new Uint8Array(WEIGHT_BYTES) }])])
			expect(make({ file: bad as never })).to.equal("GRNN_FILE");
		for (let i = 0; i < file.length; i++) {
			const bad = file.slice();
			bad[i]! ^= 1 << random.below(8);
			expect(codeOf(() => unpackRouter(bad, "load")), `byte ${i}`).to.equal("GRNN_FILE");
		}
	});
	it("refuses requests, observations and rewards that can't be, and then changes nothing", () => {
		for (const bad of [{ position: -1 }, { position: 256 }, { position: 1.5 }, { position: NaN }, { chipLoads: [] }, { chipLoads: new Array(17).fill(1) }, { chipLoads: [1, -2] }, { chipLoads: [256] }, { chipLoads: undefined },
			{ chipHops: [1] }, { chipHops: [1, 65536] }, { chipHops: [0, -1] }, { embedMean: 128 }, { embedVar: -1 }])
			expect(codeOf(() => new RoutingFeatures({ position: 1, chipLoads: [1, 2], ...bad } as never)), JSON.stringify(bad)).to.equal("GRNN_INPUT");
		const router = new MicroFastGRNN({ numChips: 3 }), input = [0, 0, 10, 5, 6, 7];
		router.step(input);
		const before = [router.route(), ...scoresOf(router)];
		for (const bad of [undefined, [], input.slice(1), [...input, 0], [...input, 0, 0, -1], [0, 0, 256, 0, 0, 0], [-129, 0, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0], [0, 0, 0, -2, 0, 0], [0, 0, 0, "a", 0, 0], new RoutingFeatures({ position: 1, chipLoads: [1, 2] })])
			expect(codeOf(() => router.step(bad as never))).to.equal("GRNN_INPUT");
		expect([router.route(), ...scoresOf(router)]).to.deep.equal(before);
		for (const [position, mean, variance] of [[-1, 0, 0], [256, 0, 0], [NaN, 0, 0], [1, 200, 0], [1, 0, -5]])
			expect(codeOf(() => router.decide(position!, mean, variance))).to.equal("GRNN_INPUT");
		for (const [chip, time, work, code] of [[3, 1, 1, "GRNN_OPTION"], [-1, 1, 1, "GRNN_OPTION"], [NaN, 1, 1, "GRNN_OPTION"], [0, -1, 1, "GRNN_INPUT"], [0, NaN, 1, "GRNN_INPUT"], [0, 2 ** 31, 1, "GRNN_INPUT"], [0, 1, 0, "GRNN_INPUT"], [0, 1, 65536, "GRNN_INPUT"]] as const)
			expect(codeOf(() => router.observe(chip, time, work))).to.equal(code);
		for (const reward of [-129, 128, 0.5, NaN, undefined])
			expect(codeOf(() => router.learn(reward as never))).to.equal("GRNN_INPUT");
		for (const chip of [3, -1, undefined])
			expect([codeOf(() => router.score(chip as never)), codeOf(() => router.setAlive(chip as never, true)), codeOf(() => router.slowness(chip as never)), codeOf(() => router.setSpeed(chip as never, 5))]).to.deep.equal(new Array(4).fill("GRNN_OPTION"));
		expect(codeOf(() => router.setSpeed(0, 0))).to.equal("GRNN_OPTION");
		const texts = new MicroFastGRNN({ numChips: 2, kind: "content" });
		for (const bad of [[1, 2, 3], new Int8Array(9), [0, 0, 0, 0, 0, 0, 0, 128], undefined])
			expect(codeOf(() => texts.step(bad as never))).to.equal("GRNN_INPUT");
		expect([codeOf(() => texts.observe(0, 1, 1)), codeOf(() => texts.decide(1))]).to.deep.equal(["GRNN_INPUT", "GRNN_INPUT"]);
	});
	it("the kernel refuses other objects, and sizes that are out of range", () => {
		const bytes = stateBytes() + requestBytes(), memory = new Memory(bytes);
		for (const bad of [undefined, {}, [], new ArrayBuffer(bytes)])
			expect(() => new RouterKernel(bad as never, 0, 4)).to.throw(TypeError);
		expect(() => new RouterKernel(new Memory(bytes - 1), 0, 4)).to.throw(RangeError);
		for (const [kind, chips] of [[2, 4], [-1, 4], [0, 0], [0, 17], [1, 1], [1, 5]])
			expect(() => new RouterKernel(memory, kind!, chips!)).to.throw(RangeError);
		expect(() => RouterKernel.prototype.step.call({} as never)).to.throw();
		/* Sizes that scripts write over are put back. */
		const kernel = new RouterKernel(memory, 0, 2);
		new Uint8Array(memory as never).fill(255);
		for (let i = 0; i < 100; i++) {
			kernel.step();
			expect(kernel.route()).to.be.within(0, 1);
			kernel.observe(1, 2 ** 31 - 1, 1, 0);
			kernel.learn(-128);
		}
	});
	it("has 140 bytes at most, for 16 chips too", () => {
		expect(new MicroFastGRNN({ numChips: 16 }).memoryBytes).to.be.most(140);
		expect(new MicroFastGRNN({ numChips: 4, kind: "content" }).memoryBytes).to.equal(stateBytes());
	});
	it("logarithms, inputs, hidden state and scores are those of the reference", () => {
		for (const x of [1, 2, 3, 4, 7, 1023, 1024, 1025, 65535, 2 ** 31 - 1])
			expect(log2(x), `log2 of ${x}`).to.equal(slowLog2(x));
		const random = seeded("chips", 11);
		for (let round = 0; round < rounds(60) + 4; round++) {
			const chips = random.from(1, 16), file = fileOf(random), router = new MicroFastGRNN({ numChips: chips, file });
			const slow = newSlowRouter("load", new Int8Array(router.weights().buffer), chips);
			for (let c = 0; c < chips; c++) {
				const speed = random.from(1, 1 << random.from(1, 24));
				router.setSpeed(c, speed);
				slow.slow[c] = slowLog2(speed);
			}
			for (let step = 0; step < 6; step++) {
				const q = requestFor(random, chips);
				slow.alive = slow.alive.map(() => random.below(4) > 0);
				slow.hidden = slowCell(slow, slowInput(slow, q));
				router.step(featuresOf(q, slow.alive));
				const expected = slowScores(slow, q), chosen = best(expected);
				expect(chosen < 0 ? codeOf(() => router.route()) : router.route()).to.equal(chosen < 0 ? "GRNN_CHIPS" : chosen);
				expect(scoresOf(router)).to.deep.equal(expected);
				expect(router.chosen).to.equal(chosen < 0 ? undefined : chosen);
			}
		}
	});
	it("experts' scores are those of the reference", () => {
		const random = seeded("experts", 12);
		for (let round = 0; round < rounds(40) + 4; round++) {
			const router = new MicroFastGRNN({ numChips: 4, kind: "content", file: fileOf(random) }), slow = newSlowRouter("content", new Int8Array(router.weights().buffer), 4);
			for (let step = 0; step < 8; step++) {
				const x = Array.from({ length: 8 }, () => random.from(-128, 127));
				router.step(x);
				slow.hidden = slowCell(slow, x);
				expect(router.route()).to.equal(best(slowScores(slow, requestFor(random, 4))));
				expect(scoresOf(router)).to.deep.equal(slowScores(slow, requestFor(random, 4)));
			}
		}
	});
	it("the trainer's kernel decides and learns as the device's", () => {
		const random = seeded("trainer", 17);
		for (let round = 0; round < rounds(20) + 2; round++) {
			const chips = random.from(1, 16), router = new MicroFastGRNN({ numChips: chips, file: fileOf(random) }), policy = new KernelPolicy(new Int8Array(router.weights().buffer), new Array<number>(chips).fill(10240));
			for (let step = 0; step < 20; step++) {
				const { position, loads, hops } = requestFor(random, chips);
				router.loads.set(loads as number[]);
				router.hops.set(hops as number[]);
				const chip = router.decide(position), time = random.below(1 << random.from(1, 30));
				expect(policy.choose({ position, loads: router.loads, hops: router.hops, alive: loads.map(() => true), waits: new Float64Array(0), takes: new Float64Array(0) })).to.equal(chip);
				router.observe(chip, time);
				policy.observe(chip, time, router.work, hops[chip]!);
				expect(Array.from(policy.slow)).to.deep.equal(loads.map((_, c) => router.slowness(c)));
			}
		}
	});
	it("features of words depend on their bytes alone, and are the trainer's", () => {
		for (const bad of [undefined, 5, [116], new ArrayBuffer(4)])
			expect(codeOf(() => contentFeatures(bad as never))).to.equal("TEXT");
		expect(codeOf(() => contentFeatures("a", new Int8Array(7)))).to.equal("GRNN_INPUT");
		expect(codeOf(() => contentFeatures("a", new Uint8Array(8) as never))).to.equal("GRNN_INPUT");
		expect(() => contentWord("abc", 4, new Int8Array(8))).to.throw(RangeError);
		expect(() => contentWord("abc", 0, new Int8Array(7))).to.throw(RangeError);
		expect(() => contentWord({} as never, 0, new Int8Array(8))).to.throw();
		expect(Array.from(contentFeatures(" ... "))).to.deep.equal(new Array(8).fill(0));
		expect(contentFeatures("TURN on")).to.deep.equal(contentFeatures("turn"));
		const text = "Once upon a TIME, Lily didn't see 25 z\u00fcge; wordsthatarelongerthantwentyfourletters a\u4e2d", out = new Int8Array(8);
		let at = 0;
		for (const word of bytewords(text)) {
			at = contentWord(text, at, out);
			expect(Array.from(out), word).to.deep.equal(wordFeatures(word, SEEDS));
		}
		expect(contentWord(text, at, out)).to.equal(0);
	});
	it("reading a text is a step for each of its first 24 words, from a new start", () => {
		const random = seeded("texts", 18), file = fileOf(random), one = new MicroFastGRNN({ numChips: 4, kind: "content", file }), two = new MicroFastGRNN({ numChips: 4, kind: "content", file });
		for (const bad of [undefined, 5, {}])
			expect(codeOf(() => one.read(bad as never))).to.equal("TEXT");
		expect(codeOf(() => new MicroFastGRNN({ numChips: 4 }).read("a"))).to.equal("GRNN_INPUT");
		for (let i = 0; i < 10; i++) {
			const words = Array.from({ length: random.below(40) }, () => random.pick(["turn", "on", "the", "Light", "a", "dog", "was", "happy", "99", "it's"]));
			expect(one.read(words.join(i & 1 ? ", " : " "))).to.equal(Math.min(24, words.length));
			two.reset();
			words.slice(0, 24).forEach((word) => two.step(contentFeatures(word)));
			expect(one.route()).to.equal(two.route());
			expect(scoresOf(one)).to.deep.equal(scoresOf(two));
		}
	});
	it("decide is step and route, and does the same again after the same", () => {
		const random = seeded("decide", 13), file = fileOf(random), one = new MicroFastGRNN({ numChips: 7, file }), two = new MicroFastGRNN({ numChips: 7, file });
		for (let i = 0; i < 40; i++) {
			const q = requestFor(random, 7);
			one.step(featuresOf(q).toInput());
			two.loads.set(q.loads as number[]);
			two.hops.set(q.hops as number[]);
			expect(two.decide(q.position, q.mean, q.variance)).to.equal(one.route());
			expect(scoresOf(two)).to.deep.equal(scoresOf(one));
			one.observe(one.chosen!, 5000);
			two.observe(two.chosen!, 5000);
			one.learn(i % 5);
			two.learn(i % 5);
		}
		one.reset();
		expect(one.chosen).to.equal(undefined);
	});
	it("who permutes chips permutes scores", () => {
		const random = seeded("permutations", 14);
		for (let round = 0; round < rounds(60) + 3; round++) {
			const chips = random.from(2, 16), file = fileOf(random), one = new MicroFastGRNN({ numChips: chips, file }), two = new MicroFastGRNN({ numChips: chips, file });
			const place = Array.from({ length: chips }, (_, c) => c);
			for (let i = chips - 1; i > 0; i--) {
				const j = random.below(i + 1);
				[place[i], place[j]] = [place[j]!, place[i]!];
			}
			for (let step = 0; step < 5; step++) {
				const q = requestFor(random, chips), alive = place.map(() => random.below(5) > 0), chip = random.below(chips), time = random.below(1000000);
				alive[chip] = true;
				one.step(featuresOf(q, alive));
				two.step(featuresOf({ ...q, loads: place.map((c) => q.loads[c]!), hops: place.map((c) => q.hops[c]!) }, place.map((c) => alive[c]!)));
				one.route();
				const chosen = two.route();
				expect(scoresOf(two)).to.deep.equal(place.map((c) => one.score(c)));
				expect(one.score(place[chosen]!)).to.equal(one.score(one.chosen!));
				one.observe(chip, time, 5);
				two.observe(place.indexOf(chip), time, 5);
			}
		}
	});
	it("without a file it goes by least expected work, with speeds that it was told", () => {
		const router = new MicroFastGRNN({ numChips: 3 }, 42);
		router.setSpeed(0, 1000);
		router.setSpeed(1, 4000);
		router.setSpeed(2, 30000);
		const route = (position: number, ...loads: number[]): number => (router.step([0, 0, position, ...loads]), router.route());
		expect([route(10, 0, 0, 0), route(10, 60, 0, 0), route(10, 30, 0, 0), route(10, 255, 200, 0), route(10, 255, 255, 0), route(10, -1, 255, 0)]).to.deep.equal([0, 1, 0, 0, 0, 2]);
		router.step([0, 0, 10, 0, 0, -1, 60000, 0, 0]);
		expect(router.route()).to.equal(1);
	});
	it("finds out that a board has become four times slower, and that it is fast again", () => {
		const router = new MicroFastGRNN({ numChips: 4 }), random = seeded("a slow board", 15), speeds = [2000, 2000, 2000, 2000];
		const share = (requests: number): number => {
			let first = 0;
			for (let i = 0; i < requests; i++) {
				router.loads.set(speeds.map(() => random.below(20)));
				const chip = router.decide(random.below(60)), noise = random.from(80, 120) / 100;
				router.observe(chip, Math.round(router.work * speeds[chip]! * noise));
				first += Number(chip === 0);
			}
			return first / requests;
		};
		expect(share(300)).to.be.within(0.15, 0.35);
		expect(router.slowness(0)).to.be.within(slowLog2(2000) - 300, slowLog2(2000) + 300);
		speeds[0] = 8000;
		share(150);
		/* It is asked less and less, so not all of the two octaves is seen. */
		expect(router.slowness(0)).to.be.within(slowLog2(2000) + 700, slowLog2(8000) + 300);
		expect(share(150)).to.be.below(0.1);
		speeds[0] = 2000;
		share(4000);
		expect(share(300)).to.be.within(0.1, 0.4);
	});
	it("stays within bounds under rewards that are constant, wild or meant to harm", () => {
		const random = seeded("rewards", 16);
		for (const reward of [() => 127, () => -128, () => random.from(-128, 127), (chosen: number) => chosen === 0 ? -128 : 127, (_: number, i: number) => i & 1 ? 127 : -128]) {
			const router = new MicroFastGRNN({ numChips: 3 });
			router.setSpeed(2, 64000);
			let worst = 0;
			for (let i = 0; i < rounds(1000) + 100; i++) {
				router.loads.set([random.below(4), random.below(4), random.below(4)]);
				worst += Number(router.decide(10) === 2);
				router.learn(reward(router.chosen!, i));
			}
			/* Sixty times slower: whatever it is told, it does not go there while the others have next to nothing to do. */
			expect(worst).to.equal(0);
		}
		const constant = new MicroFastGRNN({ numChips: 3 }), untouched = new MicroFastGRNN({ numChips: 3 });
		for (let i = 0; i < 200; i++) {
			constant.loads.set([5, 9, 30]);
			untouched.loads.set([5, 9, 30]);
			constant.decide(10);
			untouched.decide(10);
			constant.learn(50);
		}
		/* Nothing is better than anything else. */
		expect([0, 1, 2].map((c) => Math.abs(constant.score(c)! - untouched.score(c)!) <= 12000)).to.deep.equal([true, true, true]);
	});
	it("learns which of two things that it does is rewarded", () => {
		const router = new MicroFastGRNN({ numChips: 2, kind: "content" }, 5), x = [20, -30, 10, 0, 5, 60, -7, 1];
		router.step(x);
		const first = router.route();
		for (let i = 0; i < 100; i++) {
			router.reset();
			router.step(x);
			router.learn(router.route() === first ? -100 : 100);
		}
		router.reset();
		router.step(x);
		expect(router.route()).to.equal(1 - first);
	});
	it("wild times move an estimate by little, and out of no bounds", () => {
		const router = new MicroFastGRNN({ numChips: 2 });
		const before = router.slowness(0);
		router.observe(0, 2 ** 31 - 1, 1);
		expect(router.slowness(0) - before).to.be.within(1, 1024);
		for (let i = 0; i < 300; i++)
			router.observe(0, 2 ** 31 - 1, 1);
		expect(router.slowness(0)).to.be.most(24 << 10);
		for (let i = 0; i < 400; i++)
			router.observe(0, 0, 65535);
		expect(router.slowness(0)).to.equal(0);
	});
});
