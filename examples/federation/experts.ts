/**
 * Experts: two boards with the stories model, two with the home model. Any board is asked; MicroFastGRNN says from the words whose
 * text it is, and a board with that expert writes the answer. The home's boards turn a sentence into what their model reads (names
 * of the home become symbols); what it writes is the model's own, no grammar holds it. Times are projected with the costs of the stories
 * model; of the home's, whose vocabulary is twice as large, they say a little too few.
 */

import { decodeUtf8, encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { END, readAnswer, spelled } from "ruvllm-esp32/engine/home/answer";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { FederationCoordinator } from "ruvllm-esp32/espnow-federation/federation";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { ChipParts, SPEED } from "./chip";

const STORIES = 0, HOME = 1, NAMES = ["stories", "home"], SEED = 2027, RATE = "54M", CONTEXT = 128, MEMORY = 200_000;
const STORY: Partial<InferenceConfig> = { maxTokens: 80, seed: 7 }, COMMAND: Partial<InferenceConfig> = { maxTokens: 24, greedy: true, stop: [END] };

const files = NAMES.map((name) => openAsset(`${name}.ruvm`) as never), models = files.map((file) => new TinyModel(file, { contextLength: CONTEXT })), engines = models.map((model) => new MicroEngine(model));
const commands = new HomeCommands(models[HOME]!, new Home({
	areas: [{ name: "Kitchen", id: "kitchen" }, { name: "Treehouse", id: "treehouse" }],
	entities: [{ name: "Glowworm", id: "light.glowworm", area: "treehouse" }, { name: "Drawbridge", id: "cover.drawbridge" }, { name: "Old Radio", id: "media_player.radio", area: "kitchen" }],
}));

class HomeParts extends ChipParts {
	override encode(text: Uint8Array): Int32Array {
		return commands.prompt(decodeUtf8(text, 0, text.length));
	}
}

export function showExperts(): void {
	const world = new VirtualWorld({ seed: SEED, rate: RATE, loss: 0.01 }), router = openAsset("router.rvgr");
	const boards = [STORIES, STORIES, HOME, HOME].map((own) => {
		const board = world.addBoard(), random = (): number => board.random(), source = new (own === HOME ? HomeParts : ChipParts)(files[own]!, (microseconds) => board.spend(microseconds));
		const node = new Node({ radio: board.radio, clock: board.clock, random, capabilities: { model: source.model, memory: MEMORY, fastMemory: 1 << 20, fastSpeed: SPEED, slowSpeed: SPEED, services: 0, tags: 1 << own } });
		const words = new MicroFastGRNN({ numChips: NAMES.length, kind: "content", file: new Uint8Array(router) });
		const expert = (text: Uint8Array): number => (words.read(text), words.route());
		return { board, node, federation: new FederationCoordinator({ mode: "experts", rate: RATE, contextLength: CONTEXT }, { network: node, source, random, expert }), expert };
	});
	const until = (condition: () => boolean): boolean => world.runUntil(condition, world.now + 60e6);
	until(() => boards.every(({ node }) => node.alive().length === boards.length));

	/** @param dies at so many tokens the board that has the request goes off; 0: at once */
	const ask = (from: number, text: string, dies = Infinity): void => {
		const { federation, expert } = boards[from]!, whose = expert(encodeUtf8(text)), settings = whose === HOME ? COMMAND : STORY, start = world.now, before = world.statistics.sent, seen: number[] = [];
		const holder = (): number => boards.findIndex(({ board }) => federation.dispatcher.outstanding(board.address) > 0);
		let tokens: readonly number[] | undefined, written = "", by = -1;
		federation.generate(text, { ...settings, onToken: (token) => void (token >= 0 && seen.push(token), by = holder()) }, (error, result) => {
			tokens = result?.tokens ?? [];
			written = error ? error.message : result!.text;
		});
		if (dies < Infinity) {
			until(() => seen.length >= dies || tokens !== undefined);
			const has = holder();
			boards[has]?.board.kill();
			print(`  board ${has} dies with ${seen.length} tokens written\n`);
		}
		until(() => tokens !== undefined);
		const alone = engines[whose]!.generate(whose === HOME ? commands.prompt(text) : text, settings), ids = tokens!;
		print(`  "${text}", says somebody to board ${from}; it is for ${NAMES[whose]}, board ${by} answers\n    ${whose === HOME ? spelled(written) : text + written}\n`);
		if (whose === HOME)
			print(`    which means ${JSON.stringify(readAnswer(written, text, commands.home)) ?? "nothing that the grammar knows"}\n`);
		print(`    ${ids.length} tokens, as one board's with that model: ${ids.join() === alone.tokens.join() ? "yes" : "NO"}; ${((world.now - start) / 1000).toFixed(0)} ms, ${world.statistics.sent - before} frames, heartbeats included (simulated; time in the model projected)\n`);
	};
	print("\nExperts: boards 0 and 1 have the stories model, 2 and 3 the home model.\n");
	ask(2, "Once upon a time");
	ask(0, "make the Glowworm green");
	ask(1, "turn off the lights in the kitchen");
	ask(3, "Lily had a red ball. She", 40);
	ask(boards[0]!.board.alive ? 0 : 1, "open the drawbridge", 0);
}
