/** What one board was told is found from all, and all come to agree, whatever happens in between. */

import { expect } from "chai";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { SwarmMemory, type SwarmMemoryOptions, type SwarmRecallResult } from "ruvllm-esp32/espnow-federation/search/swarm-memory";
import type { RuvllmError } from "ruvllm-esp32/core/errors";
import type { WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";
import { codeOf } from "../support/code-of";
import { Hub } from "../support/hub";
import { Random, seeded } from "../support/random";
import { type Boards, boardsOf } from "../support/search-town";

const DIMENSIONS = 24;

/** Texts that share words are alike: each word adds a direction of its own. */
function embed(text: string): Int8Array {
	const out = new Int8Array(DIMENSIONS);
	for (const word of text.toLowerCase().split(/\W+/).filter(Boolean)) {
		const random = new Random([...word].reduce((hash, c) => Math.imul(hash ^ c.codePointAt(0)!, 16777619), 7));
		for (let i = 0; i < DIMENSIONS; i++)
			out[i]! += random.from(-9, 9);
	}
	return out;
}

const memories = (count: number, world: WorldOptions, options: Partial<SwarmMemoryOptions> = {}): Boards<SwarmMemory> =>
	boardsOf(count, world, (here, index) => new SwarmMemory({ network: here.nodes[index]!, embed, dimensions: DIMENSIONS, capacity: 40, gossipMilliseconds: 1000, ...options }), ({ store }) => store);

function tell({ here, services }: Boards<SwarmMemory>, board: number, text: string, options: Parameters<SwarmMemory["remember"]>[1] = {}): { id: number; code: string; copies: number } {
	let told = { id: -1, code: "never", copies: 0 };
	services[board]!.remember(text, options, (error, id, copies) => { told = { id, code: error?.code ?? "", copies }; });
	here.world.runUntil(() => told.code !== "never", here.world.now + 20e6);
	return told;
}
function forget({ here, services }: Boards<SwarmMemory>, board: number, id: number): string {
	let code = "never";
	services[board]!.forget(id, (error) => { code = error?.code ?? ""; });
	here.world.runUntil(() => code !== "never", here.world.now + 20e6);
	return code;
}
function recall({ here, services }: Boards<SwarmMemory>, board: number, query: string, k = 3): { error?: RuvllmError; result?: SwarmRecallResult; texts: string[] } {
	const outcome: { error?: RuvllmError; result?: SwarmRecallResult; texts: string[] } = { texts: ["never"] };
	services[board]!.recall(query, k, (error, result) => {
		outcome.error = error;
		outcome.result = result;
		outcome.texts = result.memories.map(({ text }) => text);
	});
	here.world.runUntil(() => outcome.result !== undefined, here.world.now + 20e6);
	return outcome;
}
/** All that a board holds, with versions. */
function contents({ store: { shelf: { table, payloads } } }: SwarmMemory): string {
	const all: string[] = [];
	for (let place = 0; place < table.capacity; place++)
		if (table.has(place))
			all.push(`${table.ids[place]} ${table.counters[place]} ${table.writers[place]} ${payloads[place]?.join()}`);
	return all.sort().join("\n");
}
const FACTS = ["the spare key hangs behind the clock", "Anna is allergic to peanuts", "the cat gets half a tin in the morning", "fuse seven is the kitchen", "rubbish is collected on Tuesday"];

describe("federation: swarm memory", () => {
	it("refuses what is wrong, and says what", () => {
		const one = memories(1, { seed: 1 }), memory = one.services[0]!, done = (): void => {};
		for (const [wrong, code] of [[{ capacity: 0 }, "HNSW_CONFIG"], [{ textBytes: 15 }, "SEARCH_CONFIG"], [{ textBytes: 2000 }, "SEARCH_CONFIG"], [{ episodeHalfLife: 0 }, "SEARCH_CONFIG"], [{ embed: undefined }, "SEARCH_CONFIG"], [{ dimensions: 0 }, "HNSW_CONFIG"],
			[{ redundancy: 99 }, "SEARCH_CONFIG"]] as const)
			expect(codeOf(() => memories(1, { seed: 1 }, wrong as never)), JSON.stringify(wrong)).to.equal(code);
		for (const [text, options, code] of [["", {}, "MEMORY_TEXT"], ["  ", {}, "MEMORY_TEXT"], [7 as never, {}, "MEMORY_TEXT"], ["x".repeat(161), {}, "MEMORY_TEXT"], ["?!", {}, "MEMORY_TEXT"], ["a", { kind: "joke" as never }, "MEMORY_CONFIG"],
			["a", { importance: 256 }, "MEMORY_CONFIG"], ["a", { hours: -1 }, "MEMORY_CONFIG"], ["a", { id: 2 ** 32 }, "SEARCH_ID"], ["a", { embedding: new Int8Array(3) }, "VECTOR_SIZE"]] as const)
			expect(codeOf(() => memory.remember(text, options)), `${text} ${JSON.stringify(options)}`).to.equal(code);
		expect([codeOf(() => memory.recall("", 1, done)), codeOf(() => memory.recall("a", 0, done)), codeOf(() => memory.recall("a", 17, done)), codeOf(() => memory.recall(new Int8Array(2), 1, done)), codeOf(() => memory.forget(-1))])
			.to.deep.equal(["MEMORY_TEXT", "SEARCH_K", "SEARCH_K", "VECTOR_SIZE", "SEARCH_ID"]);
		expect(memory.size).to.equal(0);
	});
	it("one board learns, all find: with loss, and when a board dies", () => {
		const random = seeded("one learns, all find", 71);
		for (let round = 0; round < 5; round++) {
			const seed = random.next(), boards = random.from(2, 6), town = memories(boards, { seed, loss: random.below(21) / 100 }), told = `seed ${seed}, ${boards} boards`;
			expect(town.settle(), told).to.equal(true);
			FACTS.forEach((fact, i) => expect(tell(town, i % boards, fact), told).to.include({ code: "", copies: Math.min(2, boards) }));
			const check = (why: string): void => {
				for (let b = 0; b < boards; b++)
					if (town.here.boards[b]!.alive) {
						const { error, texts, result } = recall(town, b, "who is allergic to peanuts", 1);
						expect([error?.code, texts, result!.complete], `${told}: ${why}`).to.deep.equal([undefined, [FACTS[1]], true]);
						expect(recall(town, b, "where is the spare key", 5).texts.sort(), `${told}: ${why}`).to.deep.equal([...FACTS].sort());
					}
			};
			check("all alive");
			town.here.boards[random.below(boards)]!.kill();
			check("one just died");
			expect(town.settle(), told).to.equal(true);
			check("settled again");
		}
	}).timeout(60000);
	it("a text told twice is one memory; it is replaced and forgotten by its number, from any board", () => {
		const town = memories(3, { seed: 2 });
		expect(town.settle()).to.equal(true);
		const first = tell(town, 0, FACTS[0]!), again = tell(town, 2, FACTS[0]!, { importance: 200 });
		expect([again.id === first.id, again.code]).to.deep.equal([true, ""]);
		const { result } = recall(town, 1, "spare key");
		expect(result!.memories.map(({ text, importance }) => [text, importance])).to.deep.equal([[FACTS[0], 200]]);
		expect(tell(town, 1, "the spare key lies under the mat", { id: first.id }).code).to.equal("");
		for (const board of [0, 1, 2])
			expect(recall(town, board, "spare key").texts).to.deep.equal(["the spare key lies under the mat"]);
		expect([forget(town, 2, first.id), forget(town, 0, 12345)]).to.deep.equal(["", ""]);
		for (const board of [0, 1, 2])
			expect(recall(town, board, "spare key").texts).to.deep.equal([]);
	});
	it("importance and age decide among those that are nearly alike", () => {
		const town = memories(2, { seed: 3 });
		expect(town.settle()).to.equal(true);
		tell(town, 0, "the door code is one two", { importance: 10 });
		tell(town, 1, "the door code is two one", { importance: 250 });
		expect(recall(town, 0, "door code", 2).texts).to.deep.equal(["the door code is two one", "the door code is one two"]);
	});
	it("what has expired is found no more, and forgotten with the next summaries", () => {
		const hub = new Hub(), boards = [1, 2].map((address) => hub.add(address)), services = boards.map((network) => new SwarmMemory({ network, embed, dimensions: DIMENSIONS, capacity: 8, gossipMilliseconds: 600_000 }));
		const texts = (): string[] => {
			let found = ["never"];
			services[0]!.recall("plumber", 3, (_, { memories }) => { found = memories.map(({ text }) => text); });
			return found;
		};
		hub.until(() => false, 1e6);
		services[0]!.remember("the plumber comes at noon", { kind: "episode", hours: 1 });
		services[1]!.remember("the plumber is called Kim");
		hub.until(() => false, 2e6);
		expect(texts().sort()).to.deep.equal(["the plumber comes at noon", "the plumber is called Kim"]);
		hub.until(() => false, 3604e6);
		expect([texts(), services.map(({ size }) => size)]).to.deep.equal([["the plumber is called Kim"], [1, 1]]);
	});
	it("memories converge over partition, loss, reboots and forgetting", () => {
		const random = seeded("converges", 81);
		for (let round = 0; round < 6; round++) {
			const seed = random.next(), boards = random.from(3, 5), town = memories(boards, { seed, loss: random.below(21) / 100, duplicate: 0.03, reorder: 0.03 }, { redundancy: boards - 1 }), { world } = town.here, told = `seed ${seed}, ${boards} boards`;
			expect(town.settle(), told).to.equal(true);
			const ids = FACTS.map((fact, i) => tell(town, i % boards, fact).id), cut = random.from(1, boards - 1), addresses = town.here.boards.map(({ address }) => address);
			world.partition([addresses.slice(0, cut), addresses.slice(cut)]);
			world.run(world.now + 3e6);
			// Each side changes things, some of them the same.
			for (let i = 0; i < 8; i++) {
				const board = random.below(boards), id = random.pick(ids);
				if (random.below(3) === 0)
					forget(town, board, id);
				else
					tell(town, board, `it was changed ${random.below(1000)} times`, random.below(2) ? { id } : {});
			}
			if (random.below(2))
				town.restart(random.below(boards));
			world.run(world.now + random.from(0, 3) * 1e6);
			world.partition(undefined);
			world.run(world.now + 4e6);
			expect(town.settle(), `${told}: settles`).to.equal(true);
			// Full copies everywhere: the same bytes, once summaries went round.
			expect(world.runUntil(() => town.services.every((service) => contents(service) === contents(town.services[0]!)), world.now + 30e6), `${told}: the same everywhere`).to.equal(true);
			const texts = town.services.map((_, b) => recall(town, b, "what was changed", 16).texts.join());
			expect(new Set(texts).size, told).to.equal(1);
		}
	}).timeout(120000);
	it("when there is no room the least important and oldest goes, everywhere; importance 255 stays", () => {
		const town = memories(3, { seed: 4 }, { capacity: 10, redundancy: 2 });
		expect(town.settle()).to.equal(true);
		for (let i = 0; i < 10; i++)
			expect(tell(town, i % 3, `number ${i} of ten`, { importance: i === 0 ? 255 : i === 5 ? 20 : 100 }).code, String(i)).to.equal("");
		expect(tell(town, 0, "one more").code).to.equal("");
		const all = recall(town, 1, "number of ten", 16).texts;
		expect([all.length, all.includes("number 5 of ten"), all.includes("number 0 of ten"), all.includes("one more")]).to.deep.equal([10, false, true, true]);
		expect(tell(town, 2, "and one more").code).to.equal("");
		expect(recall(town, 0, "number of ten", 16).texts, "the oldest of equals").not.to.include("number 1 of ten");
		const full = memories(2, { seed: 5 }, { capacity: 3 });
		expect(full.settle()).to.equal(true);
		for (let i = 0; i < 3; i++)
			tell(full, 0, `stays ${i}`, { importance: 255 });
		expect(tell(full, 0, "has no room").code).to.equal("SEARCH_FULL");
	});
	it("messages of strangers to the protocol change nothing", () => {
		const random = seeded("hostile", 91), town = memories(3, { seed: 6 }), { world, nodes } = town.here;
		expect(town.settle()).to.equal(true);
		FACTS.forEach((fact, i) => tell(town, i % 3, fact));
		const before = town.services.map(contents), { store } = town.services[1]!, { statistics } = town.services[0]!;
		let sent = 0;
		for (let i = 0; i < 1200; i++) {
			const out = store.message(random.from(0, 16)).append(random.bytes(random.pick([0, 1, 2, 3, 7])));
			const bytes = i % 2 ? random.bytes(random.from(0, 100)) : out.bytes.slice(0, out.at);
			sent += Number(nodes[1]!.send(nodes[0]!.address, Service.Memory, bytes));
			world.run(world.now + 2000);
		}
		world.run(world.now + 1e6);
		expect([sent > 1000, statistics.foreign + statistics.malformed > sent / 2]).to.deep.equal([true, true]);
		expect(town.settle()).to.equal(true);
		expect(town.services.map(contents)).to.deep.equal(before);
		expect(recall(town, 0, "who is allergic to peanuts", 1).texts).to.deep.equal([FACTS[1]]);
	}).timeout(60000);
});
