/** On XS: boards of a virtual world that share what each learns from its part of the corrections; prints a line of JSON each. */

import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands, type HomeConfig } from "ruvllm-esp32/engine/home/commands";
import { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { DistributedMicroLora } from "ruvllm-esp32/espnow-federation/learning/distributed-micro-lora";
import type { DistributedMicroLoraOptions } from "ruvllm-esp32/espnow-federation/learning/options";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { type Asset, openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";

interface Correction { text: string; wanted: { intent: string; slots: Record<string, string> }; again: { text: string; slots: Record<string, string> }[] }
type Poison = "none" | "random" | "flipped" | "quiet";

const asset = (name: string): Asset => openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1));
const text = (name: string): string => decodeUtf8(new Uint8Array(asset(name)));
const { corrections, others } = JSON.parse(text("corrections")) as { corrections: Correction[]; others: string[] };
const home = JSON.parse(text("home")) as HomeConfig, rehearsal = text("rehearsal").split("\n").filter((line) => line);
const BOARDS = 5, RANK = 8, SECOND = 1_000_000, ROUNDS = Number(args[1]), BAD = 4;

class Learner {
	readonly lora: MicroLoRA;
	readonly commands: HomeCommands;

	constructor() {
		const model = new TinyModel(asset("model"), { adapterRank: RANK, contextLength: 96 });
		this.lora = new MicroLoRA(model);
		this.commands = new HomeCommands(model, new Home(home), { adapter: this.lora });
		for (const sentence of rehearsal)
			this.commands.rehearse(sentence);
	}
	ask(sentence: string): string {
		const { intent, ...slots } = this.commands.understand(sentence).action;
		return key(intent, slots);
	}
	correct({ text, wanted }: Correction): void {
		this.commands.correct(text, undefined, wanted);
	}
}

const key = (intent: string, slots: Readonly<Record<string, unknown>>): string => `${intent} ${Object.entries(slots).map(([slot, value]) => `${slot}=${String(value)}`).sort().join(" ")}`;

function score(learner: Learner, known: readonly Correction[], before: readonly string[]): { right: number; phrasings: number; kept: number } {
	const again = known.flatMap(({ wanted, again: list }) => list.map(({ text, slots }) => ({ text, answer: key(wanted.intent, slots) })));
	return {
		right: known.filter(({ text, wanted }) => learner.ask(text) === key(wanted.intent, wanted.slots)).length,
		phrasings: again.filter(({ text, answer }) => learner.ask(text) === answer).length,
		kept: others.filter((sentence, i) => learner.ask(sentence) === before[i]).length,
	};
}

/** What the last board sends in place of what it learned. */
function poisoned(kind: Poison): DistributedMicroLoraOptions["train"] {
	let state = 12345;
	const draw = (): number => { state = Math.imul(state, 1664525) + 1013904223 | 0; return (state >> 16) / 2; };
	return (lora) => {
		const common = new Int16Array(lora.size), weights = new Int16Array(lora.size);
		lora.copyWeights(common);
		const result = lora.train(8);
		lora.copyWeights(weights);
		const factor = kind === "flipped" ? 10 : 1;
		lora.setWeights(weights.map((weight, i) => Math.max(-16384, Math.min(16384, kind === "random" ? draw() : common[i]! - factor * (weight - common[i]!)))));
		return { ...result, passes: 2, lessons: 1000 };
	};
}

/** All boards learn together; the poisoned one's corrections are not told to anyone. */
function together(poison: Poison, loss: number, before: readonly string[]): void {
	const world = new VirtualWorld({ seed: 77, rate: "54M", loss }), learners: Learner[] = [], shared: DistributedMicroLora[] = [], nodes: Node[] = [];
	for (let b = 0; b < BOARDS; b++) {
		const board = world.addBoard(), node = new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities: { model: 0, memory: 100_000, fastMemory: 0, fastSpeed: 0, slowSpeed: 0, services: 0, tags: 0 } });
		const learner = new Learner();
		corrections.forEach((correction, i) => { if (i % BOARDS === b) learner.correct(correction); });
		nodes.push(node);
		learners.push(learner);
		shared.push(new DistributedMicroLora(node, learner.lora, 1, { mostRounds: ROUNDS, ...b === BAD && poison !== "none" && { train: poisoned(poison) } }));
	}
	world.runUntil(() => nodes.every((node) => node.alive().length === BOARDS), 10 * SECOND);
	const start = world.now, frames = nodes.reduce((sum, { statistics }) => sum + statistics.framesSent, 0);
	shared[0]!.share();
	// Until no round follows for three seconds: all are content, or have had their rounds.
	let last = world.now;
	for (let round = -1; world.now < last + 3 * SECOND && world.now < start + 600 * SECOND;) {
		world.run(world.now + SECOND / 20);
		if (shared[0]!.round !== round) {
			round = shared[0]!.round;
			last = world.now;
		}
	}
	const known = corrections.filter((_, i) => poison === "none" || i % BOARDS !== BAD), scores = learners.map((learner) => score(learner, known, before));
	line({
		poison, loss, ...scores[0]!, told: known.length, rounds: shared[0]!.round, excluded: shared[0]!.excluded.length,
		same: shared.every(({ digest }) => digest === shared[0]!.digest) && new Set(scores.map((one) => JSON.stringify(one))).size === 1,
		seconds: (last - start) / SECOND, frames: nodes.reduce((sum, { statistics }) => sum + statistics.framesSent, 0) - frames,
	});
}

const line = (value: unknown): void => print(JSON.stringify(value) + "\n");
const alone = new Learner(), before = others.map((sentence) => alone.ask(sentence));
for (const correction of corrections)
	alone.correct(correction);
alone.lora.train(60);
line({ poison: "alone", loss: 0, ...score(alone, corrections, before), told: corrections.length });
together("none", 0, before);
together("none", 0.2, before);
for (const kind of ["random", "flipped", "quiet"] as const)
	together(kind, 0.2, before);
