/**
 * MicroHNSW on real vectors: recall@10 against double precision and distances computed for a query, whatever the order of
 * insertion; what a query costs on the ESP32-C3's instruction set, the index being searched in flash.
 */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { BuildError } from "../../../tools/build/errors.ts";
import { digitRows, rowsOf, topK } from "../data.ts";

const PROGRAM = "benches/ruvector/search/program.ts";
const K = 10;

interface Row {
	order: string;
	found: number[][];
	distances: number;
}
interface Cost {
	test: string;
	instructions: number;
	distances: number;
	recall: number;
}

/** Orders in which vectors come: as they are, by length, cluster by cluster. */
function orders(base: Uint8Array[]): Map<string, number[]> {
	const numbers = base.map((_, i) => i), length = base.map((row) => row.reduce((sum, x) => sum + x * x, 0));
	const centres = Array.from({ length: 8 }, (_, i) => base[Math.floor(i * base.length / 8)]!);
	const cluster = base.map((row) => topK([row], centres, "euclidean", 1)[0]![0]!);
	return new Map([
		["random", numbers],
		["sorted", [...numbers].sort((a, b) => length[a]! - length[b]!)],
		["clustered", [...numbers].sort((a, b) => cluster[a]! - cluster[b]! || length[a]! - length[b]!)],
	]);
}

const recall = (found: readonly number[][], truth: readonly number[][]): number =>
	found.reduce((sum, ids, q) => sum + ids.filter((id) => truth[q]!.includes(id)).length, 0) / (K * found.length);
const rounded = (x: number, digits = 4): number => Number(x.toFixed(digits));

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const base = rowsOf(data, "sift/base_1000x128.u8", 128), queries = rowsOf(data, "sift/query_in_100x128.u8", 128);
	const truth = topK(queries, base, "euclidean", K), figures: Figure[] = [];
	const flat = (rows: Uint8Array[]): Uint8Array => Uint8Array.from(rows.flatMap((row) => [...row]));
	for (const [name, order] of orders(base)) {
		const assets = new Map([["base", flat(order.map((i) => base[i]!))], ["queries", flat(queries)]]);
		for (const { order: what, found, distances } of await runProgram<Row>(PROGRAM, { assets, args: ["sift", "dimensions=128"] })) {
			const hits = recall(found.map((ids) => ids.map((id) => order[id]!)), truth);
			const title = `sift 1000x128, ${name} order${what}`;
			figures.push(
				{ figure: `${title}: recall@10`, value: rounded(hits), tier: "measured", limit: 0.985, atLeast: true },
				{ figure: `${title}: distances per query`, value: rounded(distances, 1), tier: "measured", limit: 319 },
			);
		}
	}
	const digits = digitRows(data);
	if (digits.length < 1100)
		throw new BuildError("digits.csv has fewer than 1100 rows");
	const small = new Map([["base", flat(digits.slice(0, 1000))], ["queries", flat(digits.slice(1000, 1100))]]);
	const saved = await runProgram<{ name: string; bytes: number[] }>(PROGRAM, { assets: small, args: ["save", "dimensions=64"] });
	figures.push({ figure: "100 vectors of 64 with their graph, bytes", value: saved[1]!.bytes.length, tier: "measured", limit: 8192 });
	const assets = new Map([...saved.map(({ name, bytes }): [string, Uint8Array] => [name, Uint8Array.from(bytes)]), ["queries", small.get("queries")!]]);
	const limits: Record<string, number> = { "exact 100x64": 60000, "graph 1000x64": 300000 };
	for (const { test, instructions, distances, recall: hits } of await runProgram<Cost>(PROGRAM, { host: "riscv", assets, args: ["cost", "dimensions=64"] }))
		figures.push(
			{ figure: `${test}, digits: instructions per query, in flash`, value: instructions, tier: "emulated", limit: limits[test] },
			{ figure: `${test}, digits: distances per query`, value: distances, tier: "emulated", note: `recall@10 ${hits}` },
		);
	return figures;
}
