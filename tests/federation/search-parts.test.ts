/** The parts of federated search, each alone: small enough for the emulated board. */

import { expect } from "chai";
import { EntryTable } from "ruvllm-esp32/espnow-federation/search/entry-table";
import { bits, holdersOf, shardOf, stampHash } from "ruvllm-esp32/espnow-federation/search/hash";
import { Entry } from "ruvllm-esp32/espnow-federation/search/messages";
import { Applied, Shelf } from "ruvllm-esp32/espnow-federation/search/shelf";
import { TopList } from "ruvllm-esp32/espnow-federation/search/top-list";
import { FederatedSearch, type FederatedSearchResult } from "ruvllm-esp32/espnow-federation/search/federated-search";
import { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { Hub } from "../support/hub";
import { seeded } from "../support/random";

const CLOCK = { microseconds: (): number => 0 };

describe("federation: parts of search", () => {
	it("a table of entries is what a plain map is, whatever comes and goes", () => {
		const random = seeded("entry table", 101), table = new EntryTable(20, 4, 8), plain = new Map<number, { place: number; counter: number }>();
		for (let i = 0; i < 600; i++) {
			const id = random.below(60), known = plain.get(id);
			expect(table.find(id)).to.equal(known?.place ?? -1);
			if (known && random.below(2)) {
				table.clear(known.place);
				plain.delete(id);
			}
			else if (!known) {
				const place = Array.from({ length: 20 }, (_, p) => p).find((p) => !table.has(p));
				if (place !== undefined) {
					table.set(place, id, i, 5, 0, i);
					plain.set(id, { place, counter: i });
				}
			}
			if (i % 50 === 0)
				for (let s = 0; s < 8; s++) {
					const of = [...plain].filter(([one]) => shardOf(one, 8) === s);
					expect([table.live[s], table.digests[s], table.held >>> s & 1]).to.deep.equal([of.length, of.reduce((sum, [one, { counter }]) => sum ^ stampHash(one, counter, 5), 0) >>> 0, of.length ? 1 : 0]);
				}
		}
	});
	it("of those that are gone the oldest are forgotten first", () => {
		const shelf = new Shelf({ dimensions: 2, capacity: 4, m: 0 }, 4, 3, CLOCK), entry = new Entry(2);
		for (const id of [10, 11, 12, 13, 14]) {
			Object.assign(entry, { id, counter: id, writer: 1, gone: true });
			shelf.apply(entry);
		}
		expect([10, 11, 12, 13, 14].map((id) => shelf.table.find(id) >= 0)).to.deep.equal([false, false, true, true, true]);
	});
	it("versions decide, not the order in which they come", () => {
		const random = seeded("versions", 102);
		for (let round = 0; round < 20; round++) {
			const events = Array.from({ length: 12 }, (_, i) => ({ id: random.below(3), counter: 1 + random.below(6), writer: i + 1, gone: random.below(4) === 0, value: random.below(100) }));
			const state = (order: typeof events): string => {
				const shelf = new Shelf({ dimensions: 1, capacity: 4, m: 0 }, 4, 8, CLOCK), entry = new Entry(1);
				for (const { value, ...rest } of order) {
					Object.assign(entry, rest);
					entry.vector[0] = value;
					shelf.apply(entry);
				}
				return [0, 1, 2].map((id) => {
					const place = shelf.table.find(id);
					return place < 0 || shelf.table.isGone(place) ? "-" : `${shelf.index.read(place)[0]} ${shelf.table.counters[place]} ${shelf.table.writers[place]}`;
				}).join();
			};
			const shuffled = events.map((event) => ({ event, at: random.next() })).sort((a, b) => a.at - b.at).map(({ event }) => event);
			expect(state(shuffled)).to.equal(state([...events, ...events]));
		}
	});
	it("entries are read as they were written; what is cut or has a wrong length is none", () => {
		const entry = new Entry(3), out = new ByteWriter(64), reader = new ByteReader();
		Object.assign(entry, { id: 7, counter: 9, writer: 0x020000000001, gone: false, age: 70_000, payload: Uint8Array.of(1, 2) });
		entry.vector.set([4, 5, 6]);
		entry.write(out);
		const read = new Entry(3);
		expect([read.read(reader.open(out.bytes, out.at), 2), out.at, entry.bytes]).to.deep.equal([true, 26, 26]);
		expect([read.id, read.counter, read.writer, read.age, read.vector.join(), read.payload.join()]).to.deep.equal([7, 9, 0x020000000001, 70_000, "4,5,6", "1,2"]);
		for (let count = 0; count < out.at; count++)
			expect(read.read(reader.open(out.bytes, count), 2), `${count} bytes`).to.equal(false);
		expect(read.read(reader.open(out.bytes, out.at), 1), "longer than payloads may be").to.equal(false);
	});
	it("a list of the nearest does not depend on the order in which they come", () => {
		const random = seeded("top list", 103);
		for (let round = 0; round < 50; round++) {
			const k = random.from(1, 8), all = Array.from({ length: random.below(20) }, (_, id) => ({ id, key: random.below(5) })), list = new TopList<number>(k);
			for (const { id, key } of [...all, ...all].map((one) => ({ ...one, at: random.next() })).sort((a, b) => a.at - b.at))
				list.offer(key, id, id);
			expect(list.ids).to.deep.equal(all.sort((a, b) => a.key - b.key || a.id - b.id).slice(0, k).map(({ id }) => id));
		}
	});
	it("a board that leaves moves only what it held, and shards are spread evenly", () => {
		const boards = Array.from({ length: 8 }, (_, i) => 0x020000000001 + i), held = new Map(boards.map((address) => [address, 0]));
		for (let s = 0; s < 32; s++) {
			const holders = holdersOf(s, boards, 2);
			for (const gone of boards) {
				const others = holdersOf(s, boards.filter((address) => address !== gone), 2);
				expect(others.filter((address) => holders.includes(address)).length).to.equal(holders.includes(gone) ? 1 : 2);
			}
			for (const address of holders)
				held.set(address, held.get(address)! + 1);
		}
		expect([Math.min(...held.values()) > 2, Math.max(...held.values()) < 16]).to.deep.equal([true, true]);
		expect([bits(0), bits(-1), bits(0b1011)]).to.deep.equal([0, 32, 3]);
	});
	it("a full shelf takes nothing more, but new versions of what it has", () => {
		const shelf = new Shelf({ dimensions: 1, capacity: 2, m: 0 }, 4, 2, CLOCK), entry = new Entry(1);
		const apply = (id: number, counter: number): Applied => {
			Object.assign(entry, { id, counter, writer: 1, gone: false });
			return shelf.apply(entry);
		};
		expect([apply(1, 1), apply(2, 1), apply(3, 1), apply(2, 1), apply(2, 2)]).to.deep.equal([Applied.Taken, Applied.Taken, Applied.Full, Applied.Old, Applied.Taken]);
	});
	it("two boards on a wire that loses nothing", () => {
		const hub = new Hub(), services = [1, 2].map((address) => new FederatedSearch({ network: hub.add(address), dimensions: 4, capacity: 12, redundancy: 0 }));
		hub.until(() => false, 100_000);
		let added = 0;
		for (let id = 0; id < 10; id++)
			services[id & 1]!.add(id, Int8Array.of(id, 0, 0, 0), (error) => { added += Number(!error); });
		hub.until(() => added === 10, 10e6);
		expect([added, services[0]!.size + services[1]!.size]).to.deep.equal([10, 10]);
		let result: FederatedSearchResult | undefined;
		services[1]!.search(Int8Array.of(4, 0, 0, 0), 3, (_, found) => { result = found; });
		hub.until(() => result !== undefined, 20e6);
		expect([result!.complete, result!.boards, result!.results.map(({ id, key }) => `${key}:${id}`).join(" ")]).to.deep.equal([true, 2, "0:4 1:3 1:5"]);
	});
});
