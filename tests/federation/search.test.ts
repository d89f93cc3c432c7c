/** Search over boards finds what one index would: any split, loss, deaths, reboots; and says when something is missing. */

import { expect } from "chai";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { MicroHNSW } from "ruvllm-esp32/ruvector/micro-hnsw";
import { elementsOf, METRICS, type Vector } from "ruvllm-esp32/ruvector/metrics";
import { codeOf } from "../support/code-of";
import { Random, seeded } from "../support/random";
import { addAll, ask, searchTown, someVector } from "../support/search-town";

const EIGHT = { dimensions: 8, capacity: 96, metric: "euclidean", element: "int8" } as const;
const eights = (random: Random, count: number, first = 0): [number, Vector][] =>
	Array.from({ length: count }, (_, i) => [first + i, someVector(random, "euclidean", "int8", 8)]);

/** (key, id) of the k nearest, by one index. */
function truth(vectors: readonly (readonly [number, Vector])[], options: ConstructorParameters<typeof MicroHNSW>[0], query: Vector, k: number): string {
	const index = new MicroHNSW({ ...options, capacity: Math.max(1, vectors.length), maxResults: Math.max(1, vectors.length), m: 0 });
	vectors.forEach(([, vector], place) => index.insert(vector, place));
	return vectors.length === 0 ? "" : index.search(query, vectors.length, { exact: true }).map(({ id, key }) => [key, vectors[id]![0]] as const)
		.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, k).map((pair) => pair.join(":")).join(" ");
}
const shown = (result: { results: readonly { id: number; key: number }[] } | undefined): string => result?.results.map(({ id, key }) => `${key}:${id}`).join(" ") ?? "none";

describe("federation: search", () => {
	it("refuses what is wrong, and says what", () => {
		const { here, services: [one] } = searchTown(1, { seed: 1 }, EIGHT), network = here.nodes[0]!, vector = new Int8Array(8);
		for (const [wrong, code] of [[{ redundancy: 16 }, "SEARCH_CONFIG"], [{ redundancy: -1 }, "SEARCH_CONFIG"], [{ shards: 0 }, "SEARCH_CONFIG"], [{ shards: 33 }, "SEARCH_CONFIG"], [{ graves: 1.5 }, "SEARCH_CONFIG"],
			[{ timeoutMilliseconds: 0 }, "SEARCH_CONFIG"], [{ maxPending: 0 }, "SEARCH_CONFIG"], [{ capacity: 65_534 }, "SEARCH_CONFIG"], [{ capacity: 0 }, "HNSW_CONFIG"], [{ dimensions: 0 }, "HNSW_CONFIG"],
			[{ metric: "taxi" }, "METRIC_UNKNOWN"], [{ product: { subspaces: 4, bits: 8 } }, "SEARCH_CONFIG"]] as const)
			expect(codeOf(() => searchTown(1, { seed: 1 }, { ...EIGHT, ...wrong as object })), JSON.stringify(wrong)).to.equal(code);
		const done = (): void => {};
		for (const id of [-1, 1.5, 2 ** 32 - 1, NaN, undefined as never])
			expect([codeOf(() => one!.add(id, vector)), codeOf(() => one!.delete(id))], String(id)).to.deep.equal(["SEARCH_ID", "SEARCH_ID"]);
		for (const wrong of [new Int8Array(7), new Int8Array(9), new Int16Array(4), undefined as never])
			expect([codeOf(() => one!.add(1, wrong)), codeOf(() => one!.search(wrong, 1, done))]).to.deep.equal(["VECTOR_SIZE", "VECTOR_SIZE"]);
		for (const k of [0, 65, 1.5, -1])
			expect(codeOf(() => one!.search(vector, k, done)), `k ${k}`).to.equal("SEARCH_K");
		expect([codeOf(() => one!.search(vector, 1, done, { ef: -1 })), codeOf(() => one!.search(vector, 1, done, { timeoutMilliseconds: 0 }))]).to.deep.equal(["SEARCH_CONFIG", "SEARCH_CONFIG"]);
		expect(network.self.services).to.equal(1 << Service.Search);
	});
	it("says that a vector is none of the metric's, and that there is no room", () => {
		const ball = searchTown(2, { seed: 3 }, { dimensions: 2, capacity: 8, metric: "poincare" });
		expect(ball.settle()).to.equal(true);
		expect(addAll(ball, [[1, Int16Array.of(32767, 32767)]])).to.deep.equal(["VECTOR_VALUE"]);
		const small = searchTown(2, { seed: 4 }, { ...EIGHT, capacity: 8 });
		expect(small.settle()).to.equal(true);
		const errors = addAll(small, eights(new Random(5), 12), [0]);
		expect(errors).to.deep.equal(["SEARCH_FULL", "SEARCH_FULL", "SEARCH_FULL", "SEARCH_FULL"]);
		expect(ask(small, 0, new Int8Array(8), 12).result!.results.length).to.equal(8);
	});
	it("finds what one index finds, however the vectors are split: all metrics, 1 to 8 boards, any k", () => {
		const random = seeded("search", 21);
		for (const metric of METRICS)
			for (const element of elementsOf(metric)) {
				const boards = random.from(1, 8), seed = random.next(), dimensions = element === "bits" ? 16 : random.from(2, 6), m = random.pick([0, 4]);
				const settings = { dimensions, metric, element, capacity: 64, m, redundancy: random.from(0, 2), shards: random.pick([1, 7, 32]) };
				const town = searchTown(boards, { seed, loss: random.below(21) / 100, duplicate: 0.02, reorder: 0.05 }, settings), told = `${metric} ${element}, ${boards} boards, seed ${seed}`;
				expect(town.settle(), told).to.equal(true);
				const vectors = Array.from({ length: random.from(0, 48) }, (): [number, Vector] => [random.next() >>> 1, someVector(random, metric, element, dimensions)]);
				expect(addAll(town, vectors), told).to.deep.equal([]);
				for (let q = 0; q < 6; q++) {
					const query = someVector(random, metric, element, dimensions), k = random.pick([1, 2, 5, 10, 64]), { result, error, calls } = ask(town, random.below(boards), query, k, { exact: true });
					expect([error?.code, result!.complete, calls], told).to.deep.equal([undefined, true, 1]);
					expect(shown(result), `${told}, k ${k}`).to.equal(truth(vectors, settings, query, k));
				}
			}
	}).timeout(60000);
	it("a board that dies in the middle of a query is replaced by one that holds the same", () => {
		const random = seeded("death in mid-query", 31);
		let retries = 0;
		for (let round = 0; round < 6; round++) {
			const seed = random.next(), town = searchTown(5, { seed, loss: random.below(21) / 100 }, EIGHT), vectors = eights(random, 60);
			expect(town.settle(), `seed ${seed}`).to.equal(true);
			expect(addAll(town, vectors), `seed ${seed}`).to.deep.equal([]);
			const query = someVector(random, "euclidean", "int8", 8), asking = random.below(5), victim = (asking + random.from(1, 4)) % 5, { world, boards } = town.here;
			world.at(world.now + random.from(0, 2000), () => boards[victim]!.kill());
			const { result, error } = ask(town, asking, query, 10, { exact: true });
			retries += result!.retries;
			expect([error?.code, shown(result)], `seed ${seed}`).to.deep.equal([undefined, truth(vectors, EIGHT, query, 10)]);
			world.run(world.now + 10_000);
			// The others copy what has one copy now: a second death loses nothing.
			expect(town.settle(), `seed ${seed}: settles again`).to.equal(true);
			boards[asking === 0 ? victim === 1 ? 2 : 1 : victim === 0 ? 1 : 0]!.kill();
			const again = ask(town, asking, query, 10, { exact: true });
			expect([again.error?.code, shown(again.result)], `seed ${seed}: two dead`).to.deep.equal([undefined, truth(vectors, EIGHT, query, 10)]);
		}
		expect(retries).to.be.greaterThan(0);
	}).timeout(60000);
	it("a board that reboots gets back what it held, and newcomers take their share", () => {
		const seed = 77, town = searchTown(3, { seed, loss: 0.1 }, { ...EIGHT, redundancy: 1 }), vectors = eights(new Random(seed), 48), query = new Int8Array(8);
		expect(town.settle()).to.equal(true);
		expect(addAll(town, vectors)).to.deep.equal([]);
		const before = town.services.map(({ size }) => size);
		expect(before.reduce((a, b) => a + b), "two copies of each").to.equal(96);
		town.restart(1);
		expect(town.services[1]!.size).to.equal(0);
		town.here.world.run(town.here.world.now + 2_000_000);
		expect(town.settle()).to.equal(true);
		expect(town.services[1]!.size).to.equal(before[1]);
		for (const asking of [0, 1, 2])
			expect(shown(ask(town, asking, query, 20, { exact: true }).result)).to.equal(truth(vectors, EIGHT, query, 20));
	});
	it("two boards that switch roles leave no copy too many, and none too few", () => {
		const town = searchTown(4, { seed: 5 }, EIGHT), { world, boards } = town.here, vectors = eights(new Random(6), 60), total = (): number => town.services.reduce((sum, { size }, i) => sum + (boards[i]!.alive ? size : 0), 0);
		expect(town.settle()).to.equal(true);
		expect(addAll(town, vectors)).to.deep.equal([]);
		expect(total()).to.equal(120);
		boards[3]!.kill();
		world.run(world.now + 3_000_000);
		expect(town.settle()).to.equal(true);
		expect(total(), "after a death").to.equal(120);
		town.restart(3);
		world.run(world.now + 2_000_000);
		expect(town.settle()).to.equal(true);
		// Those that hold no more what the newcomer holds let go of it with the next summaries.
		expect(world.runUntil(() => total() === 120, world.now + 20e6), `copies ${total()}`).to.equal(true);
		expect(town.services[3]!.size).to.be.greaterThan(10);
		expect(shown(ask(town, 3, new Int8Array(8), 30, { exact: true }).result)).to.equal(truth(vectors, EIGHT, new Int8Array(8), 30));
	});
	it("says what is missing when all boards that held a shard are gone, until they are back", () => {
		const random = seeded("loss", 41), town = searchTown(5, { seed: 8 }, { ...EIGHT, timeoutMilliseconds: 3000 }), { world, boards } = town.here, vectors = eights(random, 60), query = new Int8Array(8);
		expect(town.settle()).to.equal(true);
		expect(addAll(town, vectors)).to.deep.equal([]);
		boards[3]!.kill();
		boards[4]!.kill();
		// At once: nobody noticed yet.
		const early = ask(town, 0, query, 10, { exact: true });
		expect([early.error?.code, early.result!.complete]).to.deep.equal(["SEARCH_PARTIAL", false]);
		world.run(world.now + 5_000_000);
		const late = ask(town, 0, query, 64, { exact: true }), has = late.result!.results.length;
		expect([late.error?.code, late.result!.complete, late.result!.coverage < 32, town.services[0]!.coverage]).to.deep.equal(["SEARCH_PARTIAL", false, true, late.result!.coverage]);
		expect(has).to.be.lessThan(60);
		town.restart(3);
		world.run(world.now + 2_000_000);
		expect(town.settle()).to.equal(true);
		// It came back empty: what is lost stays lost, and stays said, by all.
		for (const asking of [0, 1, 2, 3])
			expect(ask(town, asking, query, 64, { exact: true }).error?.code, `board ${asking}`).to.equal("SEARCH_PARTIAL");
		town.services[1]!.acceptLoss();
		world.run(world.now + 1_000_000);
		for (const asking of [0, 1, 2, 3]) {
			const { error, result } = ask(town, asking, query, 64, { exact: true });
			expect([error?.code, result!.coverage, result!.results.length]).to.deep.equal([undefined, 32, has]);
		}
	});
	it("both sides of a partition go on, and agree afterwards: the later write wins", () => {
		const random = seeded("partition", 51);
		for (let round = 0; round < 4; round++) {
			const seed = random.next(), town = searchTown(4, { seed, loss: random.below(21) / 100 }, { ...EIGHT, redundancy: 3 }), { world, boards } = town.here, vectors = eights(random, 30);
			expect(town.settle(), `seed ${seed}`).to.equal(true);
			expect(addAll(town, vectors), `seed ${seed}`).to.deep.equal([]);
			world.partition([[boards[0]!.address, boards[1]!.address], [boards[2]!.address, boards[3]!.address]]);
			world.run(world.now + 3_000_000);
			const left = eights(random, 10, 100), right = eights(random, 10, 200), changed: [number, Vector][] = [[5, new Int8Array(8).fill(3)]];
			expect(addAll(town, left, [0]), `seed ${seed}`).to.deep.equal([]);
			expect(addAll(town, right, [2]), `seed ${seed}`).to.deep.equal([]);
			expect(addAll(town, changed, [3]), `seed ${seed}`).to.deep.equal([]);
			let gone = false;
			town.services[1]!.delete(7, (error) => { gone = error === undefined; });
			expect(world.runUntil(() => gone, world.now + 5e6)).to.equal(true);
			world.partition(undefined);
			world.run(world.now + 4_000_000);
			expect(town.settle(), `seed ${seed}: settles`).to.equal(true);
			const all = [...vectors.filter(([id]) => id !== 5 && id !== 7), ...left, ...right, ...changed], query = someVector(random, "euclidean", "int8", 8);
			for (const asking of [0, 1, 2, 3])
				expect(shown(ask(town, asking, query, 64, { exact: true }).result), `seed ${seed}, board ${asking}`).to.equal(truth(all, EIGHT, query, 64));
		}
	}).timeout(60000);
	it("many queries at a time, more than the queues take", () => {
		const town = searchTown(5, { seed: 9, loss: 0.1 }, { ...EIGHT, maxPending: 200 }), random = new Random(10), vectors = eights(random, 60);
		expect(town.settle()).to.equal(true);
		expect(addAll(town, vectors)).to.deep.equal([]);
		const queries = Array.from({ length: 200 }, () => someVector(random, "euclidean", "int8", 8)), found: string[] = [];
		queries.forEach((query, i) => town.services[0]!.search(query, 5, (_, result) => { found[i] = shown(result); }, { exact: true }));
		expect(codeOf(() => town.services[0]!.search(queries[0]!, 5, () => {}))).to.equal("SEARCH_BUSY");
		town.here.world.runUntil(() => found.filter(Boolean).length === 200, town.here.world.now + 10e6);
		queries.forEach((query, i) => expect(found[i], `query ${i}`).to.equal(truth(vectors, EIGHT, query, 5)));
	});
	it("messages of strangers to the protocol change nothing", () => {
		const random = seeded("hostile", 61), town = searchTown(3, { seed: 12 }, EIGHT), { world, nodes } = town.here, vectors = eights(random, 30), query = new Int8Array(8);
		expect(town.settle()).to.equal(true);
		expect(addAll(town, vectors)).to.deep.equal([]);
		const count = (): number => town.services[0]!.statistics.foreign + town.services[0]!.statistics.malformed, sizes = town.services.map(({ size }) => size);
		let sent = 0;
		for (let i = 0; i < 1500; i++) {
			const bytes = random.bytes(random.from(0, 120));
			sent += Number(nodes[2]!.send(nodes[0]!.address, Service.Search, bytes));
			world.run(world.now + 2000);
		}
		world.run(world.now + 1_000_000);
		expect([sent > 1000, count()]).to.deep.equal([true, sent]);
		// The right settings, and kinds that exist: what is cut short or too long makes no sense either.
		const store = town.services[2]!.store, tails: Uint8Array[] = [];
		for (let i = 0; i < 1500; i++) {
			const out = store.message(random.from(1, 14)).append(random.bytes(random.pick([0, 1, 2, 3, 7])));
			tails.push(out.bytes.slice(0, out.at));
		}
		for (const bytes of tails) {
			nodes[2]!.send(nodes[0]!.address, Service.Search, bytes);
			world.run(world.now + 2000);
		}
		world.run(world.now + 1_000_000);
		expect(town.settle()).to.equal(true);
		expect(town.services.map(({ size }) => size)).to.deep.equal(sizes);
		expect(shown(ask(town, 0, query, 30, { exact: true }).result)).to.equal(truth(vectors, EIGHT, query, 30));
	}).timeout(60000);
	it("what was confirmed stays, though boards reboot, even in the middle of a write", () => {
		const random = seeded("confirmed stays", 777);
		for (let round = 0; round < 6; round++) {
			const seed = random.next(), town = searchTown(random.from(3, 6), { seed, loss: random.below(21) / 100, duplicate: 0.03, reorder: 0.05 }, EIGHT), { world, boards } = town.here, told = `seed ${seed}`, state = new Set<number>();
			expect(town.settle(60), told).to.equal(true);
			for (let step = 0; step < 30; step++) {
				const board = random.below(boards.length), what = random.below(10), where = `${told}, step ${step}, board ${board}`;
				if (what < 6) {
					const id = random.below(40), reboots = random.below(10) === 0;
					let code = "never";
					if (what < 5)
						town.services[board]!.add(id, someVector(random, "euclidean", "int8", 8), (error) => { code = error?.code ?? ""; });
					else
						town.services[board]!.delete(id, (error) => { code = error?.code ?? ""; });
					if (reboots)
						world.at(world.now + random.below(3000), () => town.restart((board + 1) % boards.length));
					world.runUntil(() => code !== "never", world.now + 20e6);
					expect(code, where).to.equal("");
					what < 5 ? state.add(id) : state.delete(id);
					world.run(world.now + (reboots ? 4e6 : 0));
				}
				else if (what === 6) {
					town.restart(board);
					world.run(world.now + random.from(0, 4) * 1e6);
				}
				else {
					const { result, error } = ask(town, board, new Int8Array(8), 64, { exact: true });
					expect([error?.code, result!.results.map(({ id }) => id).sort((a, b) => a - b).join()], where).to.deep.equal([undefined, [...state].sort((a, b) => a - b).join()]);
				}
				expect(town.settle(60), `${where}: settles`).to.equal(true);
			}
		}
	}).timeout(60000);
	it("messages that were changed on purpose throw nothing, and searches still end", () => {
		const random = seeded("changed messages", 62), town = searchTown(3, { seed: 13 }, EIGHT), { world, nodes, boards } = town.here, seen: Uint8Array[] = [];
		for (const node of nodes) {
			const send = node.send.bind(node);
			node.send = (to, service, bytes, count = bytes.length) => {
				if (seen.length < 3000)
					seen.push(bytes.slice(0, count));
				return send(to, service, bytes, count);
			};
		}
		expect(town.settle()).to.equal(true);
		expect(addAll(town, eights(random, 30))).to.deep.equal([]);
		ask(town, 1, new Int8Array(8), 10);
		boards[1]!.kill();
		town.restart(1);
		world.run(world.now + 4_000_000);
		expect(new Set(seen.map((bytes) => bytes[0])).size, "kinds of messages").to.be.greaterThan(8);
		const send = nodes[2]!.send.bind(nodes[2]!);
		for (let i = 0; i < 3000; i++) {
			const bytes = random.pick(seen).slice();
			for (let n = random.from(1, 3); n > 0; n--)
				bytes[random.pick([0, 3 + random.below(Math.max(1, bytes.length - 3))]) % bytes.length] = random.pick([random.below(256), 0, 255, random.from(1, 14)]);
			send(nodes[0]!.address, Service.Search, bytes);
			world.run(world.now + 1000);
		}
		let ended = 0;
		town.services[0]!.search(new Int8Array(8), 10, () => ended++);
		town.services[0]!.add(1000, new Int8Array(8), () => ended++);
		world.run(world.now + 8_000_000);
		expect([ended, town.services[0]!.statistics.malformed > 300]).to.deep.equal([2, true]);
	}).timeout(60000);
	it("boards with other settings are left alone", () => {
		const one = searchTown(2, { seed: 14 }, EIGHT), { here } = one;
		expect(one.settle()).to.equal(true);
		one.services[1]!.close();
		const other = searchTown(1, { seed: 15 }, { ...EIGHT, shards: 8 });
		const message = other.services[0]!.store.message(1).u8(1).u32(0).u32(255).u32(0).u32(0);
		here.nodes[1]!.send(here.nodes[0]!.address, Service.Search, message.bytes, message.at);
		here.world.run(here.world.now + 100_000);
		expect(one.services[0]!.statistics.foreign).to.equal(1);
	});
});
