/** Sessions on a network that loses nothing (not on riscv: the models of eight boards do not fit one). */

import { expect } from "chai";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { SessionCoordinator, type CoordinatorSettings } from "ruvllm-esp32/espnow-federation/sessions/coordinator";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { Hub, type HubBoard } from "../support/hub";
import { codeOf } from "../support/code-of";
import { type Random, seeded } from "../support/random";
import { SHAPE, tinyModel } from "../support/small-model";

const shape = { ...SHAPE, numLayers: 5 }, file = pinned(tinyModel(7, shape)), parts = new ModelParts(file);
const engine = new MicroEngine(new TinyModel(file, { contextLength: 48 }));

function pinned(bytes: Uint8Array): Memory {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
}

function cluster(count: number, settings: Partial<CoordinatorSettings> = {}): { hub: Hub; boards: HubBoard[]; coordinators: SessionCoordinator[]; adopted: number[] } {
	const hub = new Hub(), boards: HubBoard[] = [], adopted: number[] = [];
	for (let b = 0; b < count; b++)
		boards.push(hub.add(100 + b, { model: parts.model }));
	const coordinators = boards.map((network) => new SessionCoordinator({ network, source: parts, goal: "throughput", random: () => 77, onAdopted: (_owner, _request, index, token) => adopted[index] = token, ...settings }));
	return { hub, boards, coordinators, adopted };
}

const settings = (random: Random): { maxTokens: number; seed: number; temperature: number; repetitionPenalty: number } => ({ maxTokens: 24, seed: random.next(), temperature: random.pick([0, 0.8, 1.5]), repetitionPenalty: random.pick([1, 1.3]) });
const prompt = (random: Random): number[] => Array.from({ length: random.from(1, 20) }, () => random.from(3, 290));

/** Knows the right answers, and lies now and then. */
class Oracle implements Draft {
	readonly name = "oracle";
	#tokens: number[] = [];
	constructor(readonly answers: readonly number[], readonly random: Random) {}
	reset(tokens: ArrayLike<number>, count = tokens.length): void {
		this.#tokens = Array.from({ length: count }, (_, i) => tokens[i]!);
	}
	push(token: number): void {
		this.#tokens.push(token);
	}
	propose(into: Int32Array, count: number): number {
		for (let i = 0; i < count; i++)
			into[i] = this.answers[this.#tokens.length + i] === undefined || (this.#tokens.length + i) % 3 === 0 ? 5 : this.answers[this.#tokens.length + i]!;
		return count;
	}
}

describe("sessions", () => {
	it("refuse bad requests with a code", () => {
		const { coordinators } = cluster(2), done = (): void => {};
		expect(codeOf(() => coordinators[0]!.generate([], {}, done))).to.equal("PROMPT_TOKEN");
		expect(codeOf(() => coordinators[0]!.generate([1, 300], {}, done))).to.equal("PROMPT_TOKEN");
		expect(codeOf(() => coordinators[0]!.generate(new Array<number>(49).fill(1), {}, done))).to.equal("PROMPT_TOO_LONG");
		expect(codeOf(() => coordinators[0]!.generate([1], { temperature: 99 }, done))).to.equal("CONFIG_TEMPERATURE");
	});

	it("draw one board's tokens, for 1 to 8 boards", () => {
		const random = seeded("sessions", 1);
		for (let count = 1; count <= 8; count++) {
			const { hub, coordinators } = cluster(count), config = settings(random), ids = prompt(random);
			let result: GenerationResult | undefined, error: Error | undefined;
			coordinators[0]!.generate(ids, config, (e, r) => [error, result] = [e, r]);
			hub.until(() => !!result || !!error, 60e6);
			expect(error).to.equal(undefined);
			expect(result!.tokens, `${count} boards`).to.deep.equal(engine.generate(ids, config).tokens);
			expect(coordinators[0]!.leader!.plan!.stages.filter(({ from, to }) => from < to).length).to.be.at.least(Math.min(count, 3));
		}
	});

	it("the same with several streams", () => {
		const random = seeded("streams", 2), { hub, coordinators } = cluster(4, { lanes: 3 }), asked = Array.from({ length: 7 }, () => ({ ids: prompt(random), config: settings(random) }));
		const results: (GenerationResult | undefined)[] = asked.map(() => undefined);
		asked.forEach(({ ids, config }, i) => coordinators[1]!.generate(ids, config, (_, result) => results[i] = result));
		expect(hub.until(() => results.every(Boolean), 60e6)).to.equal(true);
		asked.forEach(({ ids, config }, i) => expect(results[i]!.tokens).to.deep.equal(engine.generate(ids, config).tokens));
	});

	it("the same with drafted tokens, right and wrong", () => {
		const random = seeded("drafts", 3);
		for (let round = 0; round < 5; round++) {
			const ids = prompt(random), config = settings(random), { tokens } = engine.generate(ids, config);
			const { hub, coordinators } = cluster(4, { mode: "speculative", draft: () => new Oracle([...ids, ...tokens], random) });
			let result: GenerationResult | undefined;
			coordinators[0]!.generate(ids, config, (_, r) => result = r);
			expect(hub.until(() => !!result, 60e6)).to.equal(true);
			expect(result!.tokens).to.deep.equal(tokens);
			const { drafted, accepted } = coordinators[0]!.leader!.statistics;
			expect(accepted).to.be.greaterThan(0);
			expect(accepted).to.be.lessThan(drafted);
		}
	});

	it("go on when a worker dies", () => {
		const random = seeded("death", 4);
		for (let round = 0; round < 8; round++) {
			const { hub, boards, coordinators } = cluster(5, { mode: round & 1 ? "pipeline" : "single" }), ids = prompt(random), config = settings(random);
			let result: GenerationResult | undefined;
			coordinators[0]!.generate(ids, config, (_, r) => result = r);
			const victim = boards[random.from(1, 4)]!;
			hub.at(random.below(30_000), () => hub.kill(victim));
			expect(hub.until(() => !!result, 60e6)).to.equal(true);
			expect(result!.tokens).to.deep.equal(engine.generate(ids, config).tokens);
		}
	});

	it("go on on another board when the coordinator dies", () => {
		const random = seeded("coordinator", 5);
		for (let round = 0; round < 8; round++) {
			const ids = prompt(random), config = settings(random), { tokens } = engine.generate(ids, config), seen: number[] = [];
			const { hub, boards, coordinators, adopted } = cluster(4);
			let ended = false;
			coordinators[0]!.generate(ids, { ...config, onToken: (token) => void (token >= 0 && seen.push(token)) }, () => ended = true);
			// Not before the others know of the request: what nobody knows dies with its board.
			hub.at(random.from(1000, 30_000), () => hub.kill(boards[0]!));
			hub.until(() => ended, 8e6);
			const all = seen.map((token) => token);
			adopted.forEach((token, i) => all[i] = token);
			expect(all).to.deep.equal(tokens);
		}
	});
});
