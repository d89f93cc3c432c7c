/** Who takes a whole request: by speed and load as MicroFastGRNN sees them; and commands of a home that any engine writes (not on riscv: a world of boards does not fit one). */

import { expect } from "chai";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { END, readAnswer, spelled } from "ruvllm-esp32/engine/home/answer";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";
import { FIRST_CHARACTER, symbol } from "ruvllm-esp32/engine/home/symbols";
import { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { FederationCoordinator } from "ruvllm-esp32/espnow-federation/federation";
import type { Member } from "ruvllm-esp32/espnow-federation/network";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { leastWork, type Selector } from "ruvllm-esp32/espnow-federation/sessions/dispatcher";
import { GrnnSelector, MOST_CHIPS } from "ruvllm-esp32/espnow-federation/sessions/grnn-selector";
import { TimedParts } from "ruvllm-esp32/espnow-federation/virtual/timed-parts";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { codeOf } from "../support/code-of";
import { pinnedModel } from "../support/pinned";
import { seeded } from "../support/random";
import { SHAPE } from "../support/small-model";

const LAYERS = 3, file = pinnedModel(7, { ...SHAPE, numLayers: LAYERS }), alone = new MicroEngine(new TinyModel(file, { contextLength: 48 }));
const routerFile = (): Uint8Array => new Uint8Array(openAsset("router.rvgr"));

function roundRobin(): Selector {
	let next = 0;
	return { choose: (boards) => next++ % boards.length };
}

const member = (address: number, more: Partial<Member> = {}): Member => ({
	address, boot: 1, load: 0, roundTrip: 1000, alive: true, model: 1, memory: 1, fastMemory: 1, fastSpeed: 100_000, slowSpeed: 100_000, services: 0, tags: 0, ...more,
});

/** Thirty requests of the first board, one each 40 ms, to four, of which each is `slower` times as slow as a fast one. Milliseconds from a request to its end, the mean and the last. */
function run(selector: Selector, slower: readonly number[], announced: readonly number[], seed: number): { mean: number; all: number } {
	const random = seeded("streams", seed), world = new VirtualWorld({ seed, rate: "54M", loss: 0.02 });
	const boards = slower.map((factor, b) => {
		const board = world.addBoard(), own = (): number => board.random(), layer = 500_000 * factor;
		const source = new TimedParts(file, () => ({ embed: 0, call: 0, layer, layerPosition: 0, project: layer, attend: 0, attendPosition: 0, feed: 0, finish: 0 }), (microseconds) => board.spend(microseconds));
		const node = new Node({ radio: board.radio, clock: board.clock, random: own, capabilities: { model: source.model, memory: 1 << 20, fastMemory: 1 << 18, fastSpeed: announced[b]!, slowSpeed: announced[b]!, services: 0, tags: 0 } });
		return { node, federation: new FederationCoordinator({ mode: "replication", contextLength: 48 }, { network: node, source, random: own, ...b === 0 ? { selector } : {} }) };
	});
	expect(world.runUntil(() => boards.every(({ node }) => node.alive().length === boards.length), 10e6)).to.equal(true);
	const start = world.now, times: number[] = [];
	for (let i = 0; i < 30; i++) {
		const ids = Array.from({ length: random.from(1, 8) }, () => random.from(3, 290)), config = { maxTokens: random.from(8, 40), seed: random.next() };
		world.at(start + 40_000 * i, () => {
			const asked = world.now;
			boards[0]!.federation.generate(ids, config, (_error, result) => {
				expect(result?.tokens).to.deep.equal(alone.generate(ids, config).tokens);
				times.push((world.now - asked) / 1000);
			});
		});
	}
	expect(world.runUntil(() => times.length === 30, world.now + 120e6)).to.equal(true);
	return { mean: times.reduce((a, b) => a + b) / 30, all: (world.now - start) / 1000 };
}

describe("federation/experts", () => {
	it("refuses a file that is none", () => {
		expect(codeOf(() => new GrnnSelector({ file: new Uint8Array(5) }))).to.equal("GRNN_FILE");
	});

	it("mixed speeds, as announced: streams end sooner than in turns", () => {
		for (const seed of [31, 32]) {
			const slower = [1, 1, 4, 8], announced = slower.map((factor) => Math.round(100_000 / factor));
			const turns = run(roundRobin(), slower, announced, seed), routed = run(new GrnnSelector({ file: routerFile() }), slower, announced, seed), again = run(new GrnnSelector({ file: routerFile() }), slower, announced, seed);
			expect(routed).to.deep.equal(again);
			expect(routed.mean).to.be.below(0.6 * turns.mean);
			expect(routed.all).to.be.below(turns.all);
		}
	});

	it("boards that are slower than they say are found out", () => {
		let trusting = 0, routed = 0;
		// Equals are told apart by their address: what comes first must not be fast each time.
		for (const slower of [[1, 1, 4, 8], [8, 4, 1, 1], [4, 1, 8, 1]]) {
			const announced = slower.map(() => 100_000);
			trusting += run(leastWork, slower, announced, 33).mean;
			routed += run(new GrnnSelector({ file: routerFile() }), slower, announced, 33).mean;
		}
		expect(routed).to.be.below(0.9 * trusting);
	});

	it("learns what a token takes, whatever was lost between", () => {
		const random = seeded("answers", 35), selector = new GrnnSelector(), boards = [member(1), member(2)], time = [900, 7000];
		const outstanding = [0, 0];
		for (let i = 0; i < 200; i++) {
			const chosen = selector.choose(boards, outstanding, 8);
			// One in five is never said to be finished.
			if (random.below(5))
				selector.finished(boards[chosen]!, time[chosen]! * (8 + 64), 64);
		}
		expect(selector.tokenMicroseconds(1)).to.be.within(600, 1300);
		expect(selector.tokenMicroseconds(2)).to.be.above(2 * selector.tokenMicroseconds(1)!);
		expect(selector.tokenMicroseconds(3)).to.equal(undefined);
		selector.finished(member(9), 1000, 5);
	});

	it("always names a board of the list, also of more than there are chips, as they come and go", () => {
		const random = seeded("lists", 36), selector = new GrnnSelector();
		for (let i = 0; i < 600; i++) {
			const boards = Array.from({ length: 40 }, (_, address) => member(address, { load: random.below(256), roundTrip: random.below(200_000), fastSpeed: random.below(3) ? 100_000 : random.below(1000) })).filter(() => random.below(3));
			if (boards.length === 0)
				continue;
			const outstanding = boards.map(() => random.below(4)), chosen = selector.choose(boards, outstanding, random.below(3000));
			expect(boards[chosen], `${chosen} of ${boards.length}`).to.not.equal(undefined);
			if (random.below(2))
				selector.finished(random.pick(boards), random.below(2) ? random.next() : random.below(1e6), random.below(500));
		}
		const one = selector.choose([member(77)], [0], 0);
		expect(one).to.equal(0);
		expect(new Set(Array.from({ length: MOST_CHIPS + 4 }, (_, i) => selector.choose([member(i)], [0], 1)))).to.deep.equal(new Set([0]));
	});

	it("commands: any engine answers as HomeCommands does, and what the grammar does not know is nothing", () => {
		const model = new TinyModel(openAsset("home.ruvm") as never, { contextLength: 128 }), engine = new MicroEngine(model);
		const home = new Home({ areas: [{ name: "Kitchen", id: "kitchen" }], entities: [{ name: "Glowworm", id: "light.glowworm" }, { name: "Drawbridge", id: "cover.drawbridge" }] }), commands = new HomeCommands(model, home);
		for (const sentence of ["make the Glowworm green", "turn off the lights in the kitchen", "lower the drawbridge", "set a pasta timer for half an hour", "add brown bread and o'brien's butter to the shopping list", "who won the world cup"]) {
			const { text, stopReason } = engine.generate(commands.prompt(sentence), { maxTokens: 24, greedy: true, stop: [END] });
			expect(stopReason, sentence).to.equal("stop");
			expect(readAnswer(text, sentence, home), sentence).to.deep.equal(commands.understand(sentence).action);
			expect(readAnswer(`${text}${END}and more`, sentence, home), sentence).to.deep.equal(commands.understand(sentence).action);
			expect(readAnswer(text.slice(1), sentence, home), sentence).to.equal(undefined);
		}
		for (const sentence of ["", "?!", "very ".repeat(60)])
			expect(codeOf(() => commands.prompt(sentence))).to.equal("HOME_SENTENCE");
		const random = seeded("answers", 37), sentence = "turn the glowworm in the kitchen green in 5 minutes";
		let read = 0;
		for (let i = 0; i < 2000; i++) {
			const wild = Array.from({ length: random.below(8) }, () => random.below(4) ? String.fromCharCode(random.from(0xe000, 0xe0ff)) : random.pick([" glowworm", "\ufffd", " 5", "\u0000", " minutes"])).join("");
			const text = random.below(2) ? wild : random.below(2) ? String.fromCharCode(FIRST_CHARACTER + symbol("intent:HassBroadcast")) + String.fromCharCode(FIRST_CHARACTER + symbol("slot:message")) + wild : "none";
			read += readAnswer(text, sentence, home) === undefined ? 0 : 1;
			expect(spelled(text)).to.be.a("string");
		}
		expect(read).to.be.within(1, 1000);
		expect(readAnswer("", sentence, home)).to.equal(undefined);
		expect(readAnswer("x ".repeat(10_000), sentence, home)).to.equal(undefined);
		expect(readAnswer(END, "very ".repeat(60), home)).to.equal(undefined);
		expect(spelled(String.fromCharCode(FIRST_CHARACTER + symbol("intent:none")) + " a B")).to.equal("intent:none a b");
	});
});
