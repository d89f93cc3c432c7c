/** On XS: builds and searches indices; prints what it found, a line of JSON each. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { profile, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { MicroHNSW } from "ruvllm-esp32/ruvector";

const asset = (name: string): ArrayBuffer => openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1)) as unknown as ArrayBuffer;
const dimensions = Number(args.find((text) => text.startsWith("dimensions="))!.slice(11));
const rows = (name: string): Uint8Array[] => {
	const bytes = new Uint8Array(asset(name));
	return Array.from({ length: bytes.length / dimensions }, (_, i) => bytes.slice(i * dimensions, (i + 1) * dimensions));
};
const line = (value: unknown): void => print(JSON.stringify(value) + "\n");
const K = 10;

function search(index: MicroHNSW, queries: readonly Uint8Array[], order: string): void {
	let distances = 0;
	const found = queries.map((query) => {
		const ids = index.search(query, K).map(({ id }) => id);
		distances += index.distances;
		return ids;
	});
	line({ order, found, distances: distances / queries.length });
}

function sift(): void {
	const base = rows("base"), queries = rows("queries"), index = new MicroHNSW({ dimensions, capacity: base.length, element: "uint8" });
	for (const vector of base)
		index.insert(vector);
	search(index, queries, "");
	for (let id = 0; id < base.length; id += 2)
		index.delete(id);
	for (let id = 0; id < base.length; id += 2)
		index.insert(base[id]!, id);
	search(index, queries, ", half deleted and inserted again");
}

function save(): void {
	const base = rows("base");
	for (const [name, capacity, m] of [["graph", 1000, 8], ["exact", 100, 5]] as const) {
		const index = new MicroHNSW({ dimensions, capacity, m, element: "uint8" });
		for (const vector of base.slice(0, capacity))
			index.insert(vector);
		line({ name, bytes: Array.from(index.save()) });
	}
}

function cost(): void {
	const queries = rows("queries");
	for (const [name, test] of [["exact", "exact 100x64"], ["graph", "graph 1000x64"]] as const) {
		const index = MicroHNSW.open(asset(name));
		let distances = 0, ticks = 0, hits = 0;
		for (const query of queries) {
			profile(true);
			const count = index.query(query, K);
			ticks += totalTicks();
			distances += index.distances;
			const ids = Array.from({ length: count }, (_, i) => index.id(i));
			hits += index.search(query, K, { exact: true }).filter(({ id }) => ids.includes(id)).length;
		}
		line({ test, instructions: Math.round(ticks / queries.length), distances: distances / queries.length, recall: hits / (K * queries.length) });
	}
}

({ sift, save, cost } as Record<string, () => void>)[args[0]!]!();
