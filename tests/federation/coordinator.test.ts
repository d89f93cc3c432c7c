/** FederationCoordinator: modes for whole requests, and the choice among all. */

import { expect } from "chai";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { type FederationConfig, FederationCoordinator, type FederationParts } from "ruvllm-esp32/espnow-federation/federation";
import type { Capabilities } from "ruvllm-esp32/espnow-federation/network";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { type VirtualBoard, VirtualWorld, type WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";
import { codeOf } from "../support/code-of";
import { pinnedModel } from "../support/pinned";
import { type Random, seeded } from "../support/random";
import { SHAPE } from "../support/small-model";

const stories = pinnedModel(7, { ...SHAPE, numLayers: 4 }), orders = pinnedModel(8, { ...SHAPE, numLayers: 3 });
const storyParts = new ModelParts(stories), orderParts = new ModelParts(orders);
const alone = [stories, orders].map((file) => new MicroEngine(new TinyModel(file, { contextLength: 48 })));

interface Board {
	board: VirtualBoard;
	node: Node;
	federation: FederationCoordinator;
}

function cluster(world: VirtualWorld, count: number, config: Partial<FederationConfig>, parts: (b: number) => Partial<FederationParts> = () => ({}), capabilities: (b: number) => Partial<Capabilities> = () => ({})): Board[] {
	const boards = Array.from({ length: count }, (_, b): Board => {
		const board = world.addBoard(), random = (): number => board.random(), source = parts(b).source ?? storyParts;
		const node = new Node({
			radio: board.radio, clock: board.clock, random,
			capabilities: { model: source.model, memory: 1 << 20, fastMemory: 1 << 18, fastSpeed: 100_000, slowSpeed: 20_000, services: 0, tags: 0, ...capabilities(b) },
		});
		return { board, node, federation: new FederationCoordinator(config, { network: node, source, random, ...parts(b) }) };
	});
	expect(world.runUntil(() => boards.every(({ node }) => node.alive().length === count), 10e6)).to.equal(true);
	return boards;
}

const world = (random: Random, options: Partial<WorldOptions> = {}): VirtualWorld => new VirtualWorld({ seed: random.next(), rate: "54M", loss: 0.05, ...options });
const settings = (random: Random): Partial<InferenceConfig> => ({ maxTokens: random.from(4, 20), seed: random.next(), temperature: random.pick([0, 0.8]) });
const prompt = (random: Random): number[] => Array.from({ length: random.from(1, 12) }, () => random.from(3, 290));

interface Outcome {
	error?: Error | undefined;
	result?: GenerationResult | undefined;
	tokens: number[];
}

function ask({ federation }: Board, ids: string | ArrayLike<number>, config: Partial<InferenceConfig>): Outcome {
	const outcome: Outcome = { tokens: [] };
	federation.generate(ids, { ...config, onToken: (token) => void (token >= 0 && outcome.tokens.push(token)) }, (error, result) => Object.assign(outcome, { error, result }));
	return outcome;
}

const over = (outcomes: readonly Outcome[]): boolean => outcomes.every(({ error, result }) => error || result);

describe("federation/coordinator", () => {
	it("refuses modes and lanes that there are not", () => {
		const random = seeded("coordinators", 20), [board] = cluster(world(random), 1, {});
		const make = (config: object): string => codeOf(() => new FederationCoordinator(config, { network: board!.node, source: storyParts, random: () => 1 }))!;
		expect(make({ mode: "faster" })).to.equal("FEDERATION_MODE");
		expect(make({ lanes: 0 })).to.equal("FEDERATION_LANES");
		expect(make({ lanes: 17 })).to.equal("FEDERATION_LANES");
		expect(codeOf(() => board!.federation.generate([], {}, () => {}))).to.equal("PROMPT_TOKEN");
	});

	it("replication: streams run on boards of their own, tokens are one board's", () => {
		const random = seeded("replication", 21), w = world(random), boards = cluster(w, 4, { mode: "replication", lanes: 2 });
		const asked = Array.from({ length: 9 }, () => ({ ids: prompt(random), config: settings(random) })), outcomes = asked.map(({ ids, config }) => ask(boards[0]!, ids, config));
		const used = boards.filter(({ board }) => boards[0]!.federation.dispatcher.outstanding(board.address) > 0).length;
		expect(w.runUntil(() => over(outcomes), 60e6)).to.equal(true);
		expect(used).to.equal(4);
		asked.forEach(({ ids, config }, i) => {
			const { tokens, text, stopReason } = alone[0]!.generate(ids, config);
			expect(outcomes[i]!.result).to.deep.include({ tokens, text, stopReason });
			expect(outcomes[i]!.tokens).to.deep.equal(tokens);
		});
	});

	it("a request outlives the board that it runs on", () => {
		const random = seeded("moves", 22);
		for (let round = 0; round < 6; round++) {
			const w = world(random), boards = cluster(w, 4, { mode: "replication" }), ids = prompt(random), config = { ...settings(random), maxTokens: 20 };
			const outcome = ask(boards[0]!, ids, config), holder = boards.find(({ board }) => boards[0]!.federation.dispatcher.outstanding(board.address) > 0)!;
			if (holder !== boards[0])
				holder.board.kill();
			expect(w.runUntil(() => over([outcome]), w.now + 30e6)).to.equal(true);
			expect(outcome.result?.tokens).to.deep.equal(alone[0]!.generate(ids, config).tokens);
		}
	});

	it("experts: a request goes to a board with the model that it is for, or fails with a sentence", () => {
		const random = seeded("experts", 23), w = world(random);
		const boards = cluster(w, 4, { mode: "experts" }, (b) => ({ source: b < 2 ? storyParts : orderParts, expert: (text) => text[0] === 0x6f ? 1 : text[0] === 0x73 ? 0 : 2 }), (b) => ({ tags: b < 2 ? 1 : 2 }));
		const config = { maxTokens: 8, seed: 5 }, story = ask(boards[3]!, "some story", config), order = ask(boards[0]!, "order", config), nobody = ask(boards[0]!, "x", config);
		expect(w.runUntil(() => over([story, order, nobody]), 60e6)).to.equal(true);
		expect(story.result?.tokens).to.deep.equal(alone[0]!.generate("some story", config).tokens);
		expect(order.result?.tokens).to.deep.equal(alone[1]!.generate("order", config).tokens);
		expect((nobody.error as { code?: string }).code).to.equal("FEDERATION_ABSENT");
	});

	it("auto: says what it chose and why; small models stay on one board, large ones are cut", () => {
		const random = seeded("auto", 24);
		for (const [fastMemory, mode] of [[1 << 18, "single"], [1000, "pipeline"]] as const) {
			const w = world(random, { loss: 0 }), boards = cluster(w, 4, { mode: "auto", rate: "54M" }, undefined, () => ({ fastMemory: fastMemory === 1000 ? 9000 : fastMemory, fastSpeed: 100_000, slowSpeed: fastMemory === 1000 ? 300 : 50_000 }));
			boards[0]!.federation.hops.measure();
			w.run(w.now + 1e6);
			const ids = prompt(random), config = settings(random), outcome = ask(boards[0]!, ids, config), { choice } = boards[0]!.federation;
			expect(choice!.mode).to.equal(mode);
			expect(choice!.why).to.match(/ms a token projected for 1 stream over 4 boards/);
			expect(w.runUntil(() => over([outcome]), w.now + 60e6)).to.equal(true);
			expect(outcome.result?.tokens).to.deep.equal(alone[0]!.generate(ids, config).tokens);
		}
	});

	it("hostile messages to sessions and requests have no effect", () => {
		const random = seeded("hostile", 25), w = world(random, { loss: 0 }), boards = cluster(w, 3, { mode: "pipeline", lanes: 2 });
		const ids = prompt(random), config = { ...settings(random), maxTokens: 20 }, outcome = ask(boards[0]!, ids, config);
		for (let i = 0; i < 1500; i++)
			w.at(w.now + 200 * i, () => {
				const bytes = random.bytes(random.from(1, 60));
				if (random.below(2))
					bytes[0] = random.below(12);
				boards[2]!.node.send(boards[random.below(2)]!.board.address, random.below(3) as 0, bytes);
			});
		expect(w.runUntil(() => over([outcome]), 60e6)).to.equal(true);
		w.run(w.now + 1e6);
		expect(outcome.error).to.equal(undefined);
		expect(outcome.result?.tokens).to.deep.equal(alone[0]!.generate(ids, config).tokens);
	});
});
