/** Boards with nodes in a virtual world. */

import { Node, type NodeOptions } from "ruvllm-esp32/espnow-federation/node";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { type VirtualBoard, VirtualWorld, type WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";

export const CAPABILITIES = { model: 0, memory: 100_000, fastMemory: 0, fastSpeed: 0, slowSpeed: 0, services: 0, tags: 0 };

export interface Town {
	world: VirtualWorld;
	boards: VirtualBoard[];
	nodes: Node[];
	/** Switches a board on again. */
	restart(index: number): Node;
}

/** A node on a board of a virtual world. */
export const nodeOn = (board: VirtualBoard, options: Partial<NodeOptions> = {}): Node =>
	new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities: CAPABILITIES, ...options });

export function town(count: number, worldOptions: WorldOptions, options: Partial<NodeOptions> = {}): Town {
	const world = new VirtualWorld({ rate: "54M", ...worldOptions }), boards: VirtualBoard[] = [], nodes: Node[] = [];
	for (let i = 0; i < count; i++) {
		boards.push(world.addBoard());
		nodes.push(nodeOn(boards[i]!, options));
	}
	return {
		world, boards, nodes,
		restart(index) {
			boards[index]!.reboot((board) => { nodes[index] = nodeOn(board, options); });
			return nodes[index]!;
		},
	};
}

/** Whether all boards that are on know each other as alive. */
export const complete = ({ nodes, boards }: Town): boolean => {
	const on = nodes.filter((_, i) => boards[i]!.alive);
	return on.every((node) => node.alive().length === on.length);
};

/** Numbered messages from one node to another, with what came of them. */
export class Stream {
	sent = 0;
	/** Numbers in the order of their arrival. */
	readonly arrived: number[] = [];
	damaged = 0;
	readonly #bytes: Uint8Array;

	constructor(readonly from: Node, readonly to: Node, readonly length: (n: number) => number, longest = 1024) {
		this.#bytes = new Uint8Array(longest);
		to.handle(Service.Test, (address, bytes, count) => {
			const n = bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16;
			this.arrived.push(n);
			if (address !== from.address || count !== this.length(n))
				this.damaged++;
			for (let i = 3; i < count; i++)
				if (bytes[i] !== (n + i & 255)) {
					this.damaged++;
					break;
				}
		});
	}

	/** Sends the next ones as long as there is room, up to `limit` in all. */
	push(limit: number): void {
		for (; this.sent < limit; this.sent++) {
			const n = this.sent, bytes = this.#bytes, count = this.length(n);
			bytes[0] = n;
			bytes[1] = n >> 8;
			bytes[2] = n >> 16;
			for (let i = 3; i < count; i++)
				bytes[i] = n + i;
			if (!this.from.send(this.to.address, Service.Test, bytes, count))
				return;
		}
	}
	/** Whether what arrived is 0, 1, 2, ... */
	get inOrder(): boolean {
		return this.arrived.every((n, i) => n === i);
	}
}
