/**
 * Five boards write a story together, in each mode, on a channel that loses every hundredth frame, in a virtual world. Then
 * boards are killed in the middle of it, and boards with different models take what is theirs. The tokens are always those of one board.
 *
 *     npx ruvllm-esp32 run examples/federation
 *     npx ruvllm-esp32 swarm              the same with processes and radios, where you kill the boards
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { MixedDraft } from "ruvllm-esp32/engine/draft/text-draft";
import { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { FederationCoordinator, type FederationConfig } from "ruvllm-esp32/espnow-federation/federation";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { ChipParts, SPEED } from "./chip";
import { showExperts } from "./experts";

const BOARDS = 5, SEED = 2026, RATE = "54M", CONTEXT = 160, MEMORY = 200_000, PROMPT = "Once upon a time", SETTINGS = { maxTokens: 120, seed: 7 };
const file = openAsset("stories.ruvm"), table = openAsset("stories-draft.rvng");
const alone = new MicroEngine(new TinyModel(file as never)).generate(PROMPT, SETTINGS);

/** Boards that know each other; `heard` are tokens of a request, by index, from whoever drew them. */
function swarm(config: Partial<FederationConfig>, heard: number[] = []) {
	const world = new VirtualWorld({ seed: SEED, rate: RATE, loss: 0.01 });
	let adoptedEnd = false;
	const boards = Array.from({ length: BOARDS }, () => {
		const board = world.addBoard(), parts = new ChipParts(file as never, (microseconds) => board.spend(microseconds)), random = (): number => board.random();
		const node = new Node({ radio: board.radio, clock: board.clock, random, capabilities: { model: parts.model, memory: MEMORY, fastMemory: 1 << 20, fastSpeed: SPEED, slowSpeed: SPEED, services: 0, tags: 0 } });
		const federation = new FederationCoordinator({ goal: "throughput", rate: RATE, contextLength: CONTEXT, ...config }, {
			network: node, source: parts, random, draft: () => new MixedDraft(table),
			onAdopted: (_owner, _request, index, token) => { heard[index] = token; }, onAdoptedEnd: () => { adoptedEnd = true; },
		});
		return { board, node, federation };
	});
	const until = (condition: () => boolean): boolean => world.runUntil(condition, world.now + 60e6);
	until(() => boards.every(({ node }) => node.alive().length === BOARDS));
	let measured = 0;
	for (const { federation } of boards)
		federation.hops.measure(() => measured++);
	until(() => measured === BOARDS);
	return { world, boards, until, heard, adopted: () => adoptedEnd };
}

const equal = (tokens: readonly number[]): string => tokens.join() === alone.tokens.join() ? "yes" : "NO";
const columns = (...cells: string[]): void => print(`${cells.map((cell, i) => i === 0 ? cell.padEnd(28) : cell.padStart(15)).join("")}\n`);

/** So many texts at a time, the same ones: each must be one board's. */
function show(title: string, mode: FederationConfig["mode"], texts = 1): void {
	// Replicas each take a text of their own.
	const { world, boards, until } = swarm({ mode, lanes: mode === "replication" ? 1 : texts }), [first] = boards, results: (readonly number[])[] = [], start = world.now, before = { ...world.statistics };
	for (let i = 0; i < texts; i++)
		first!.federation.generate(PROMPT, SETTINGS, (error, result) => results.push(result?.tokens ?? [error ? -1 : -2]));
	until(() => results.length === texts);
	const tokens = texts * alone.tokens.length;
	columns(title, results.map(equal).find((answer) => answer === "NO") ?? "yes", ((world.now - start) / 1000 / tokens).toFixed(2), ((world.statistics.sent - before.sent) / tokens).toFixed(1), ((world.statistics.bytes - before.bytes) / tokens).toFixed(0));
	if (mode === "auto")
		print(`  ${first!.federation.choice!.why}\n`);
}

print(`${PROMPT}${alone.text}\n\n${BOARDS} boards with ${MEMORY} bytes for sessions, ${alone.tokens.length} tokens, ESP-NOW at ${RATE}, 1 % of frames lost (simulated, seed ${SEED}; time in the model as an ESP32-C3's, projected)\n\n`);
columns("mode", "as one board", "ms a token", "frames", "bytes a token");
show("single", "single");
show("pipeline", "pipeline");
show("speculative", "speculative");
show("tensor", "tensor");
show("replication", "replication");
show("pipeline, 4 texts", "pipeline", 4);
show("replication, 4 texts", "replication", 4);
show("auto", "auto");

print("\nA pipeline, and in the middle of the text a board dies; a little later the one that was asked.\n");
const { world, boards, until, heard, adopted } = swarm({ mode: "pipeline" }), seen: number[] = [];
boards[0]!.federation.generate(PROMPT, { ...SETTINGS, onToken: (token) => void (token >= 0 && seen.push(token)) }, () => {});
const layers = (at: number): string => boards[at]!.federation.sessions.leaders.values().next().value?.plan?.stages.filter(({ from, to }) => to > from)
	.map(({ address, from, to }) => `board ${boards.findIndex(({ node }) => node.address === address)} ${to - from > 1 ? `layers ${from}..${to - 1}` : `layer ${from}`}`).join(", ") ?? "none";
until(() => seen.length === 40);
print(`token 40: ${layers(0)}; board 2 dies\n`);
boards[2]!.board.kill();
let at = world.now;
until(() => seen.length === 41);
print(`token 41, ${((world.now - at) / 1000).toFixed(0)} ms later (simulated): ${layers(0)}\n`);
until(() => seen.length === 80);
print("token 80: board 0 dies, which drew the tokens\n");
boards[0]!.board.kill();
at = world.now;
until(() => heard[80] !== undefined);
print(`token 81, ${((world.now - at) / 1000).toFixed(0)} ms later (simulated), from board ${boards.findIndex(({ federation }) => federation.sessions.leaders.size > 0 && federation !== boards[0]!.federation)}\n`);
until(adopted);
const whole = seen.slice();
heard.forEach((token, index) => { whole[index] = token; });
print(`${whole.length} tokens, as one board's: ${equal(whole)}\n`);

showExperts();
