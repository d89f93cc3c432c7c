/** On XS: boards in a virtual world that hold vectors together and are asked; a line of JSON for each scenario. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { FederatedSearch, type FederatedSearchResult } from "ruvllm-esp32/espnow-federation/search/federated-search";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { MicroHNSW } from "ruvllm-esp32/ruvector";

const option = (name: string): string => args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1);
const DIMENSIONS = 128, K = 10, BOARDS = 5, SEED = Number(option("seed")), DISTANCE = Number(option("distance"));
const rows = (name: string): Uint8Array[] => {
	const bytes = new Uint8Array(openAsset(option(name)) as unknown as ArrayBuffer);
	return Array.from({ length: bytes.length / DIMENSIONS }, (_, i) => bytes.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS));
};
const base = rows("base"), queries = rows("queries");
const capabilities = { model: 0, memory: 100_000, fastMemory: 0, fastSpeed: 0, slowSpeed: 0, services: 0, tags: 0 };

const whole = new MicroHNSW({ dimensions: DIMENSIONS, capacity: base.length, element: "uint8" });
base.forEach((vector, id) => whole.insert(vector, id));
const pairs = (results: readonly { id: number; key: number }[]): string => results.map(({ id, key }) => `${key}:${id}`).join(" ");
const truth = queries.map((query) => whole.search(query, K, { exact: true }));
const recall = (found: readonly (readonly { id: number }[])[]): number =>
	found.reduce((sum, results, q) => sum + results.filter(({ id }) => truth[q]!.some((one) => one.id === id)).length, 0) / (K * queries.length);

interface Scenario {
	name: string;
	rate: PhyRate;
	loss: number;
	dead: boolean;
}

function run({ name, rate, loss, dead }: Scenario): void {
	const world = new VirtualWorld({ seed: SEED, rate, loss });
	const boards = Array.from({ length: BOARDS }, () => {
		const board = world.addBoard(), node = new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities });
		const search = new FederatedSearch({ network: node, dimensions: DIMENSIONS, element: "uint8", capacity: 800, redundancy: 1, maxPending: 256, searched: (distances) => board.spend(distances * DISTANCE) });
		return { board, node, search };
	});
	const living = (): typeof boards => boards.filter(({ board }) => board.alive);
	const settled = (): boolean => living().every(({ node, search: { store } }) => node.alive().length === living().length && store.view.peers.size === living().length - 1 && store.idle);
	const until = (condition: () => boolean): boolean => world.runUntil(condition, world.now + 600e6);
	until(settled);

	let told = 0, next = 0, failed = 0;
	const start = { ...world.statistics, now: world.now };
	until(() => {
		for (; next < base.length && next - told < 8; next++)
			boards[next % BOARDS]!.search.add(next, base[next]!, (error) => {
				told++;
				failed += Number(error !== undefined);
			});
		return told === base.length;
	});
	const adding = { milliseconds: (world.now - start.now) / 1000 / base.length, frames: (world.statistics.sent - start.sent) / base.length, failed };
	const held = boards.map(({ search }) => search.size);
	until(settled);

	/** All queries one after the other, from living boards in turn. */
	const ask = (exact: boolean, count = queries.length): { found: FederatedSearchResult[]; milliseconds: number[]; frames: number; bytes: number } => {
		const found: FederatedSearchResult[] = [], milliseconds: number[] = [], before = { ...world.statistics };
		for (let q = 0; q < count; q++) {
			const asking = living()[q % living().length]!;
			asking.search.search(queries[q]!, K, (_, result) => { found[q] = result; }, { exact });
			until(() => found[q] !== undefined);
			milliseconds.push(found[q]!.microseconds / 1000);
		}
		return { found, milliseconds, frames: (world.statistics.sent - before.sent) / count, bytes: (world.statistics.bytes - before.bytes) / count };
	};
	const figures = ({ found, milliseconds, frames, bytes }: ReturnType<typeof ask>): object => ({
		equal: found.filter(({ results }, q) => pairs(results) === pairs(truth[q]!)).length / found.length, complete: found.filter(({ complete }) => complete).length / found.length,
		milliseconds: milliseconds.reduce((a, b) => a + b) / milliseconds.length, longest: Math.max(...milliseconds), frames, bytes, boards: found.reduce((sum, one) => sum + one.boards, 0) / found.length,
		retries: found.reduce((sum, one) => sum + one.retries, 0),
	});
	let first: object | undefined, recovery = 0, copied = 0;
	if (dead) {
		boards[2]!.board.kill();
		const died = world.now;
		first = figures(ask(true, 20));
		until(settled);
		recovery = (world.now - died) / 1000;
		copied = living().reduce((sum, { search }) => sum + search.statistics.copied, 0);
	}
	const exact = ask(true), graph = ask(false);

	// All queries at a time from one board: what the channel carries.
	let over = 0;
	const from = world.now;
	for (const query of queries)
		living()[0]!.search.search(query, K, () => over++, { exact: true });
	until(() => over === queries.length);
	const perSecond = queries.length / ((world.now - from) / 1e6);
	print(`${JSON.stringify({ name, held, adding, first, recovery, copied, exact: figures(exact), graph: figures(graph), recall: recall(graph.found.map(({ results }) => results)), perSecond })}\n`);
}

print(`${JSON.stringify({ name: "one index", recall: recall(queries.map((query) => whole.search(query, K))) })}\n`);
for (const rate of ["1M", "54M"] as const)
	for (const [name, loss, dead] of [["", 0, false], [", 20 % loss", 0.2, false], [", one of five dead", 0, true], [", 20 % loss, one of five dead", 0.2, true]] as const)
		run({ name: `${rate}${name}`, rate, loss, dead });
