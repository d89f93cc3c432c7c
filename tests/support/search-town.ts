/** Boards that search together in a virtual world. */

import type { RuvllmError } from "ruvllm-esp32/core/errors";
import { FederatedSearch, type FederatedSearchOptions, type FederatedSearchResult, type QueryOptions } from "ruvllm-esp32/espnow-federation/search/federated-search";
import type { SwarmStore } from "ruvllm-esp32/espnow-federation/search/swarm-store";
import type { WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";
import type { Element, Metric, Vector } from "ruvllm-esp32/ruvector/metrics";
import { complete, town, type Town } from "./network";
import type { Random } from "./random";

export type SearchSettings = Omit<FederatedSearchOptions, "network">;

export interface Boards<T> {
	here: Town;
	services: T[];
	/** Until all know each other and hold what they are to hold. */
	settle(seconds?: number): boolean;
	/** A service on a board that was switched on again. */
	restart(index: number): void;
}

/** @param start makes a board's service */
export function boardsOf<T>(count: number, world: WorldOptions, start: (here: Town, index: number) => T, storeOf: (service: T) => SwarmStore): Boards<T> {
	const here = town(count, world), services = here.nodes.map((_, i) => start(here, i));
	const settled = (): boolean => complete(here) && here.boards.every(({ alive }, i) => {
		if (!alive)
			return true;
		const { view, idle } = storeOf(services[i]!);
		return idle && view.peers.size === here.nodes[i]!.alive().length - 1;
	});
	return {
		here, services,
		settle: (seconds = 30) => here.world.runUntil(settled, here.world.now + seconds * 1e6),
		restart(index) {
			here.restart(index);
			services[index] = start(here, index);
		},
	};
}
export const searchTown = (count: number, world: WorldOptions, settings: SearchSettings): Boards<FederatedSearch> =>
	boardsOf(count, world, (here, index) => new FederatedSearch({ network: here.nodes[index]!, ...settings }), ({ store }) => store);

/** Adds all, some at a time, from boards in turn. @returns errors, and -1 for those that never ended */
export function addAll({ here, services }: Boards<FederatedSearch>, vectors: readonly (readonly [id: number, vector: Vector])[], from?: readonly number[]): string[] {
	const errors: string[] = [], boards = from ?? services.map((_, i) => i).filter((i) => here.boards[i]!.alive);
	let next = 0, over = 0;
	const push = (): void => {
		while (next < vectors.length && next - over < 8) {
			const [id, vector] = vectors[next]!;
			services[boards[next % boards.length]!]!.add(id, vector, (error) => {
				over++;
				if (error)
					errors.push(error.code);
			});
			next++;
		}
	};
	here.world.runUntil(() => {
		push();
		return over === vectors.length;
	}, here.world.now + 120e6);
	if (over < vectors.length)
		errors.push(`${vectors.length - over} never ended`);
	return errors;
}
export function ask({ here, services }: Boards<FederatedSearch>, board: number, vector: Vector, k: number, options?: QueryOptions): { error?: RuvllmError; result?: FederatedSearchResult; calls: number } {
	const outcome: { error?: RuvllmError; result?: FederatedSearchResult; calls: number } = { calls: 0 };
	services[board]!.search(vector, k, (error, result) => {
		outcome.calls++;
		outcome.error = error;
		outcome.result = result;
	}, options);
	here.world.runUntil(() => outcome.calls > 0, here.world.now + 60e6);
	return outcome;
}

/** A vector that the metric takes; few different values, so that distances are often equal. */
export function someVector(random: Random, metric: Metric, element: Element, dimensions: number): Vector {
	if (element === "bits")
		return random.bytes(dimensions / 8);
	if (metric === "poincare")
		return Int16Array.from({ length: dimensions }, () => random.from(-4, 4) * 800);
	if (metric === "lorentz") {
		const out = Int16Array.from({ length: dimensions }, () => random.from(-3, 3) * 512);
		out[0] = 10;
		return out;
	}
	return element === "int8" ? Int8Array.from({ length: dimensions }, () => random.from(-3, 3)) : Uint8Array.from({ length: dimensions }, () => random.from(0, 5));
}
