/**
 * Random runs in a virtual world, each from its seed alone: 1 to 8 boards, any mode, up to 20 % loss, duplicates, frames held back,
 * and a board that dies at a random token. Arguments: first=N, count=N, model=PATH, draft=PATH. A line of JSON for each run.
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { MixedDraft } from "ruvllm-esp32/engine/draft/text-draft";
import { FederationCoordinator } from "ruvllm-esp32/espnow-federation/federation";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { VirtualRandom } from "ruvllm-esp32/espnow-federation/virtual/random";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

export interface Run {
	seed: number;
	mode: string;
	boards: number;
	streams: number;
	rate: string;
	loss: number;
	/** Board that died, and at which token of the first stream; -1: none did. */
	victim: number;
	at: number;
	/** "equal", "wrong", "hang", or the code of an error. */
	outcome: string;
	seconds: number;
}

const option = (name: string): string => args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1);
const file: Pinned = openAsset(option("model")) as never, table: Pinned = openAsset(option("draft")) as never, CONTEXT = 64, TIMEOUT = 60;
const MODES = ["single", "pipeline", "speculative", "tensor", "replication", "experts", "auto"] as const, PROMPTS = ["Once upon a time", "Lily and Tom", "The dog", "One day, a big bear", "Mom said"];
const engine = new MicroEngine(new TinyModel(file, { contextLength: CONTEXT })), source = new ModelParts(file);

function run(seed: number): Run {
	const random = new VirtualRandom(seed, 0x20000), pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
	const mode = pick(MODES), count = 1 + random.below(8), streams = pick([1, 1, 1, 2, 3]), rate = pick(["1M", "54M", "MCS7"] as const), loss = random.below(21) / 100, whole = mode === "replication" || mode === "experts" || mode === "auto";
	const world = new VirtualWorld({ seed, rate, broadcastRate: pick(["1M", rate] as const), loss, duplicate: random.below(11) / 100, reorder: random.below(11) / 100, jitterMicroseconds: pick([0, 0, 2000]), stackMicroseconds: pick([0, 100, 1000]), mtu: pick([250, 250, 1470]) });
	// Whole requests end with the board that asked; there only others die.
	const dies = count > 1 && random.below(2) === 0, victim = dies ? whole ? 1 + random.below(count - 1) : random.below(count) : -1, at = 1 + random.below(12);
	const adopted: number[][] = [];
	let adoptedEnds = 0, adoptedError = "";
	const boards = Array.from({ length: count }, (_, b) => {
		const board = world.addBoard(), chance = (): number => board.random();
		const node = new Node({ radio: board.radio, clock: board.clock, random: chance, frameBytes: world.settings.mtu, capabilities: { model: source.model, memory: 1 << 20, fastMemory: pick([1 << 16, 1 << 18]), fastSpeed: 50_000 + random.below(100_000), slowSpeed: 5000 + random.below(20_000), services: 0, tags: b % 2 ? 2 : 1 } });
		const federation = new FederationCoordinator({ mode, lanes: streams, contextLength: CONTEXT, rate, timeoutMilliseconds: 1000 * TIMEOUT }, {
			network: node, source, random: chance, draft: () => new MixedDraft(table), expert: (text) => text.length % 2,
			onAdopted: (_owner, request, index, token) => (adopted[request] ??= [])[index] = token, onAdoptedEnd: (error) => {
				adoptedEnds++;
				adoptedError ||= error ? (error as { code?: string }).code ?? error.name : "";
			},
		});
		return { board, node, federation };
	});
	const result = { seed, mode, boards: count, streams, rate, loss, victim, at };
	if (!world.runUntil(() => boards.every(({ node }) => node.alive().length === count), 60e6))
		return { ...result, outcome: "never met", seconds: 60 };
	const start = world.now, asked = Array.from({ length: streams }, (_, s) => ({ prompt: engine.encode(pick(PROMPTS)), seed: seed + s, temperature: pick([0, 0.8, 0.8, 1.3]), penalty: pick([1, 1.2]), seen: [] as number[], over: false, error: "", number: 0 }));
	const settings = ({ seed, temperature, penalty }: (typeof asked)[number]): object => ({ maxTokens: 16, seed, temperature, repetitionPenalty: penalty });
	for (const one of asked)
		one.number = boards[0]!.federation.generate(one.prompt, {
			...settings(one), onToken: (token) => {
				if (token >= 0)
					one.seen.push(token);
				if (one === asked[0] && one.seen.length === at && victim >= 0)
					world.at(world.now + random.below(5000), () => boards[victim]!.board.kill());
			},
		}, (error) => {
			one.over = true;
			one.error = error ? (error as { code?: string }).code ?? error.name : "";
		});
	// Who takes over has the whole time again.
	const done = (): boolean => asked.every(({ over }) => over) || victim === 0 && asked.filter(({ over }) => !over).length <= adoptedEnds;
	const ended = world.runUntil(done, start + (2 * TIMEOUT + 5) * 1e6), failed = asked.find(({ error }) => error)?.error ?? adoptedError;
	const equal = asked.every((one) => {
		const tokens = one.seen.slice();
		(adopted[one.number] ?? []).forEach((token, i) => tokens[i] = token);
		return String(tokens) === String(engine.generate(one.prompt, settings(one)).tokens);
	});
	return { ...result, outcome: !ended ? "hang" : failed ? failed : equal ? "equal" : "wrong", seconds: (world.now - start) / 1e6 };
}

for (let seed = Number(option("first")), end = seed + Number(option("count")); seed < end; seed++)
	print(`${JSON.stringify(run(seed))}\n`);
