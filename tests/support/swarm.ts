/** Boards with nodes and sessions in a virtual world. */

import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import type { Capabilities } from "ruvllm-esp32/espnow-federation/network";
import { Node, type NodeOptions } from "ruvllm-esp32/espnow-federation/node";
import { SessionCoordinator, type CoordinatorSettings } from "ruvllm-esp32/espnow-federation/sessions/coordinator";
import type { PartSource } from "ruvllm-esp32/espnow-federation/sessions/part";
import { type VirtualBoard, VirtualWorld, type WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";

export interface SwarmOptions {
	world: WorldOptions;
	boards: number;
	source: PartSource;
	session?: Partial<CoordinatorSettings>;
	node?: Partial<NodeOptions>;
	capabilities?: (board: number) => Partial<Capabilities>;
}

export interface SwarmBoard {
	board: VirtualBoard;
	node: Node;
	sessions: SessionCoordinator;
}

export class Swarm {
	readonly world: VirtualWorld;
	readonly boards: SwarmBoard[] = [];
	/** Tokens of requests whose board died, as another board drew them, by index. */
	readonly adopted: number[] = [];
	adoptedEnd = false;
	readonly #options: SwarmOptions;

	constructor(options: SwarmOptions) {
		this.#options = options;
		this.world = new VirtualWorld(options.world);
		for (let b = 0; b < options.boards; b++)
			this.boards.push(this.#start(this.world.addBoard(), b));
	}

	#start(board: VirtualBoard, index: number): SwarmBoard {
		const { source, session, node: nodeOptions, capabilities } = this.#options, random = (): number => board.random();
		const node = new Node({
			radio: board.radio, clock: board.clock, random, frameBytes: this.world.settings.mtu, ...nodeOptions,
			capabilities: { model: source.model, memory: 1 << 20, fastMemory: 1 << 18, fastSpeed: 100_000, slowSpeed: 20_000, services: 0, tags: 0, ...capabilities?.(index) },
		});
		const sessions = new SessionCoordinator({
			network: node, source, random, goal: "throughput", ...session,
			onAdopted: (_owner, _request, at, token) => this.adopted[at] = token,
			onAdoptedEnd: (error) => this.adoptedEnd ||= !error,
		});
		return { board, node, sessions };
	}

	/** Until all know all. @returns whether that came to be */
	meet(seconds = 10): boolean {
		const { boards } = this;
		return this.world.runUntil(() => boards.every(({ node }) => node.alive().length === boards.length), this.world.now + seconds * 1e6);
	}

	reboot(index: number): void {
		const { board } = this.boards[index]!;
		board.reboot(() => this.boards[index] = this.#start(board, index));
	}

	generate(index: number, prompt: ArrayLike<number>, config: Partial<InferenceConfig>): { error?: Error; result?: GenerationResult; over: boolean; seen: number[] } {
		const outcome: { error?: Error; result?: GenerationResult; over: boolean; seen: number[] } = { over: false, seen: [] };
		this.boards[index]!.sessions.generate(prompt, { ...config, onToken: (token) => void (token >= 0 && outcome.seen.push(token)) }, (error, result) => {
			outcome.over = true;
			if (error)
				outcome.error = error;
			if (result)
				outcome.result = result;
		});
		return outcome;
	}
}
