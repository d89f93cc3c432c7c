/** All layers together: sessions on nodes on virtual radios that lose, repeat and reorder frames, while boards die. */

import { expect } from "chai";
import { LookupDraft } from "ruvllm-esp32/engine/draft/text-draft";
import { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { type Random, seeded } from "../support/random";
import { SHAPE, tinyModel } from "../support/small-model";
import { Swarm } from "../support/swarm";

const shape = { ...SHAPE, numLayers: 4 }, file = pinned(tinyModel(7, shape)), parts = new ModelParts(file);
const engine = new MicroEngine(new TinyModel(file, { contextLength: 48 }));

function pinned(bytes: Uint8Array): Memory {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
}

const request = (random: Random): { ids: number[]; config: object } => ({
	ids: Array.from({ length: random.from(1, 12) }, () => random.from(3, 290)),
	config: { maxTokens: random.from(4, 16), seed: random.next(), temperature: random.pick([0, 0.8, 1.5]), repetitionPenalty: random.pick([1, 1.3]), stopAtEnd: random.below(2) === 0 },
});

const MODES = ["pipeline", "tensor", "speculative"] as const, draft = (): LookupDraft => new LookupDraft(300);
const boardsThatKnow = (swarm: Swarm): number => swarm.boards.filter(({ sessions }) => [...sessions.workers.values()].some(({ lanes }) => lanes.some(({ request }) => request))).length;

describe("federation", () => {
	it("draws one board's tokens over radios that lose, repeat and reorder frames", () => {
		const random = seeded("federation", 11);
		for (let round = 0; round < 20; round++) {
			const seed = random.next(), boards = random.from(1, 8), { ids, config } = request(random);
			const mode = random.pick(MODES), what = `seed ${seed}, ${mode}, ${boards} boards`;
			const swarm = new Swarm({ boards, source: parts, session: { mode, draft }, world: { seed, rate: random.pick(["1M", "54M"]), loss: random.below(21) / 100, duplicate: random.below(6) / 100, reorder: random.below(6) / 100 } });
			expect(swarm.meet(), `${what}: all meet`).to.equal(true);
			const outcome = swarm.generate(0, ids, config);
			swarm.world.runUntil(() => outcome.over, swarm.world.now + 60e6);
			expect(outcome.error, what).to.equal(undefined);
			expect(outcome.result?.tokens, what).to.deep.equal(engine.generate(ids, config).tokens);
		}
	});

	it("the same when a board dies", () => {
		const random = seeded("deaths", 12);
		for (let round = 0; round < 20; round++) {
			const seed = random.next(), boards = random.from(2, 6), { ids, config } = request(random), { tokens } = engine.generate(ids, config);
			const mode = random.pick(MODES), swarm = new Swarm({ boards, source: parts, session: { mode, draft }, world: { seed, rate: "54M", loss: random.below(11) / 100 } });
			expect(swarm.meet(), `seed ${seed}: all meet`).to.equal(true);
			const outcome = swarm.generate(0, ids, config), { world } = swarm, victim = random.below(boards), start = world.now;
			// A request that no other board has heard of dies with its board.
			world.runUntil(() => outcome.over || boardsThatKnow(swarm) > 0, start + 10e6);
			world.run(world.now + random.below(60_000));
			const done = outcome.over;
			swarm.boards[victim]!.board.kill();
			world.runUntil(() => outcome.over || swarm.adoptedEnd, start + 60e6);
			const seen = outcome.seen.slice();
			swarm.adopted.forEach((token, i) => seen[i] = token);
			expect(outcome.error, `seed ${seed}: ${mode}, board ${victim} of ${boards}`).to.equal(undefined);
			expect(seen, `seed ${seed}: ${mode}, board ${victim} of ${boards}, ${done ? "behind the end" : "before"}`).to.deep.equal(tokens);
		}
	});
});
