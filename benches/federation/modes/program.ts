/** Scenarios on virtual boards: real arithmetic, simulated time. Argument "scenarios" (JSON, a list); assets: models and tables of drafts. A line of JSON for each. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { MixedDraft } from "ruvllm-esp32/engine/draft/text-draft";
import { FederationCoordinator } from "ruvllm-esp32/espnow-federation/federation";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";
import { type PartCosts, TimedParts } from "ruvllm-esp32/espnow-federation/virtual/timed-parts";
import type { TensorShare } from "ruvllm-esp32/engine/tensor-part";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { CostlyRadio } from "./costly-radio";
import type { ChipCosts, Outcome, Scenario } from "./scenario";

const PROMPTS = ["Once upon a time", "Lily and Tom went to", "The little dog was", "One day a boy"];
const CONTEXT = 112;
/** Microseconds by which tasks wake later than others, at most: equal boards do not begin to send in the same microsecond. */
const JITTER = 60;

const paths = new Map(args.filter((text) => /^[\w.-]+=/.test(text) && !text.startsWith("scenarios=")).map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]));
const scenarios = JSON.parse(args.find((text) => text.startsWith("scenarios="))!.slice(10)) as Scenario[];
const files = new Map<string, Pinned>();
function asset(name: string): Pinned {
	const known = files.get(name) ?? openAsset(paths.get(name)!) as never;
	files.set(name, known);
	return known;
}

/** Weights fill fast memory first; what is beyond is read from slow memory, or multiplied, whichever takes longer. */
function costs(shape: ModelShape, chip: ChipCosts, coordinator: boolean): (layers: number, share?: TensorShare) => PartCosts {
	const work = workloadOf(shape), matrix = (macs: number, bytes: number, slow: number): number => Math.max(macs * chip.perMac, bytes * slow * chip.perByte);
	return (layers, share) => {
		const heads = share ? (share.heads.to - share.heads.from) / shape.numHeads : 1, columns = share ? (share.hidden.to - share.hidden.from) / shape.hiddenDim : 1, d = shape.embedDim, h = shape.hiddenDim;
		const qkv = work.layerMacs - d * d - 3 * d * h, own = qkv * heads + d * d + 2 * d * h * columns + d * h, scale = work.layerBytes / work.layerMacs;
		const bytes = layers * own * scale + (coordinator ? work.outputBytes : 0), slow = Math.max(0, bytes - chip.fastMemory) / Math.max(1, bytes);
		const part = (macs: number): number => matrix(macs, macs * scale, slow);
		return {
			embed: chip.embed + (coordinator ? chip.turn : 0), call: coordinator ? 0 : chip.hop, layer: chip.rest + part(work.layerMacs), layerPosition: chip.perPosition, project: chip.project + matrix(work.outputMacs, work.outputBytes, slow),
			attend: chip.hop / 2 + heads * 0.3 * chip.rest + part(qkv * heads), attendPosition: heads * chip.perPosition, feed: chip.hop / 2 + 0.4 * chip.rest + part(d * d + 2 * d * h * columns), finish: 0.3 * chip.rest + part(d * h),
		};
	};
}

interface Stream {
	prompt: Int32Array;
	times: number[];
	over: boolean;
	tokens: number[];
	error: string | undefined;
}

function run(scenario: Scenario): Outcome {
	const { boards: count, mode, streams, rate, mtu, stack, loss, chip, seed, kill } = scenario, file = asset(scenario.model);
	const world = new VirtualWorld({ seed, rate, broadcastRate: rate, mtu, loss, stackMicroseconds: stack, jitterMicroseconds: JITTER }), adopted: number[] = [];
	let adoptedEnd = false, adoptedAt = 0;
	const boards = Array.from({ length: count }, (_, b) => {
		const board = world.addBoard(), random = (): number => board.random(), spend = (microseconds: number): void => board.spend(microseconds);
		const shape = new TinyModel(file, { layers: { from: 0, to: 0 }, contextLength: 16, verify: false }).shape, source = new TimedParts(file, costs(shape, chip, b === 0), spend), work = workloadOf(shape);
		// Announced as they are: what a layer takes from fast memory, and a byte from slow.
		const fast = chip.rest + chip.perPosition * 48 + work.layerMacs * chip.perMac, slow = chip.rest + chip.perPosition * 48 + work.layerBytes * Math.max(chip.perMac, chip.perByte);
		const node = new Node({
			radio: new CostlyRadio(board.radio, spend, chip.send / 1000, chip.receive / 1000), clock: board.clock, random, frameBytes: mtu, rate,
			capabilities: { model: source.model, memory: 1 << 22, fastMemory: chip.fastMemory, fastSpeed: Math.round(work.layerMacs * 1e6 / fast), slowSpeed: Math.round(work.layerMacs * 1e6 / slow), services: 0, tags: 0 },
		});
		const federation = new FederationCoordinator({ mode, lanes: streams, contextLength: CONTEXT, rate, ...scenario.draftDepth ? { draftDepth: scenario.draftDepth } : {} }, {
			network: node, source, random, ...scenario.draft ? { draft: () => new MixedDraft(asset(scenario.draft!)) } : {},
			onAdopted: (_owner, _request, index, token) => {
				adopted[index] = token;
				adoptedAt ||= world.now;
			},
			onAdoptedEnd: () => adoptedEnd = true,
		});
		return { board, node, federation };
	});
	world.runUntil(() => boards.every(({ node }) => node.alive().length === count), 20e6);
	boards[0]!.federation.hops.measure();
	world.run(world.now + 1_500_000);
	const engine = new MicroEngine(new TinyModel(file, { contextLength: CONTEXT, verify: false })), config = { maxTokens: scenario.tokens, temperature: scenario.temperature, stopAtEnd: false, seed };
	const start = world.now, all = Array.from({ length: streams }, (_, s): Stream => ({ prompt: engine.encode(PROMPTS[s % 4]!), times: [], over: false, tokens: [], error: undefined }));
	let from = { frames: 0, bytes: 0, airtime: 0, retries: 0, busy: 0, at: 0 }, killedAt = 0, detectedAt = 0;
	all.forEach((stream, s) => boards[0]!.federation.generate(stream.prompt, {
		...config, seed: seed + s, onToken: (token) => {
			if (token < 0)
				return;
			stream.times.push(boards[0]!.board.clock.microseconds());
			stream.tokens.push(token);
			if (!from.at && all.every(({ times }) => times.length))
				from = { ...counters(world), at: world.now };
			if (kill && s === 0 && stream.tokens.length === kill.after)
				world.at(world.now + 1, () => {
					killedAt = world.now;
					for (const b of kill.boards)
						boards[b]!.board.kill();
					// The last of the survivors to know.
					for (const [b, { node }] of boards.entries())
						if (!kill.boards.includes(b))
							node.watch((event) => event === "left" && (detectedAt = world.now));
				});
		},
	}, (error, result) => {
		stream.over = true;
		stream.error = error?.message;
		if (result)
			stream.tokens = result.tokens;
	}));
	world.runUntil(() => all.every(({ over }) => over) || adoptedEnd, start + 120e6);
	const end = world.now, to = counters(world), { leader } = boards[0]!.federation.sessions, first = all[0]!.times, done = all.reduce((sum, { tokens }) => sum + tokens.length, 0);
	adopted.forEach((token, i) => all[0]!.tokens[i] = token);
	const since = all.reduce((sum, { times }) => sum + times.filter((time) => time > from.at).length, 0), { drafted, accepted } = leader?.statistics ?? { drafted: 0, accepted: 0 };
	// Tokens that were on the way when it died do not count: what follows comes behind the detection.
	const resumedAt = killedAt ? adoptedAt || first.find((time) => time > killedAt + 300_000) || 0 : 0;
	return {
		name: scenario.name, mode: mode === "auto" ? boards[0]!.federation.choice!.mode : mode,
		equal: all.every(({ prompt, tokens }, s) => String(tokens) === String(engine.generate(prompt, { ...config, seed: seed + s }).tokens)),
		latency: (first.at(-1)! - first[0]!) / 1000 / Math.max(1, first.length - 1), tokensPerSecond: since * 1e6 / Math.max(1, end - from.at), firstToken: (first[0]! - start) / 1000,
		frames: (to.frames - from.frames) / since, bytes: (to.bytes - from.bytes) / since, airtime: (to.airtime - from.airtime) / 1000 / since, channel: (to.busy - from.busy) / (end - from.at), retries: (to.retries - from.retries) / since,
		plan: leader?.plan?.stages.map((stage) => stage.to - stage.from) ?? [], acceptance: drafted ? accepted / drafted : 0, plans: leader?.statistics.plans ?? 0,
		...killedAt ? { detected: (detectedAt - killedAt) / 1000, resumed: (resumedAt - killedAt) / 1000 } : {}, ...all.find(({ error }) => error) ? { error: all.find(({ error }) => error)!.error! } : done === 0 ? { error: "no token" } : {},
	};
}

function counters(world: VirtualWorld): { frames: number; bytes: number; airtime: number; retries: number; busy: number } {
	const { frames, bytes, airtimeMicroseconds, retries } = world.statistics;
	return { frames, bytes, airtime: airtimeMicroseconds, retries, busy: world.channel(1).busyMicroseconds };
}

for (const scenario of scenarios)
	print(`${JSON.stringify(run(scenario))}\n`);
