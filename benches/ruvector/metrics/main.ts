/** Each metric in integers against double precision on the numbers before they were quantised: agreement of the ten nearest. */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { binarise, quantiseLorentz, quantisePoincare } from "ruvllm-esp32/ruvector/quantise";
import { digitRows, DISTANCES, rowsOf, topK } from "../data.ts";

const K = 10;
const SEED = 12;

/** mulberry32, 0 to 1. */
function random(seed: number): () => number {
	return () => {
		seed = seed + 0x6d2b79f5 | 0;
		let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
	};
}

/** A tree in the Poincare ball: children lie `step` further out than their parents, in their direction and beside it. */
function tree(count: number, dimensions: number, children: number, step: number): number[][] {
	const next = random(SEED), points: { direction: number[]; radius: number }[] = [{ direction: Array.from({ length: dimensions }, () => next() - 0.5), radius: 0 }];
	while (points.length < count) {
		const parent = points[Math.floor((points.length - 1) / children)]!, spread = parent.radius === 0 ? 2 : 0.8 / parent.radius;
		const direction = parent.direction.map((x) => x + spread * (next() - 0.5)), length = Math.hypot(...direction);
		points.push({ direction: direction.map((x) => x / length), radius: parent.radius + step * (0.5 + next()) });
	}
	// A point at hyperbolic distance r from the centre has the norm tanh(r / 2).
	return points.map(({ direction, radius }) => direction.map((x) => x * Math.tanh(radius / 2) / (Math.hypot(...direction) || 1)));
}

const toLorentz = (point: readonly number[]): number[] => {
	const square = point.reduce((sum, x) => sum + x * x, 0);
	return [(1 + square) / (1 - square), ...point.map((x) => 2 * x / (1 - square))];
};

interface Case {
	name: string;
	metric: string;
	element: string;
	dimensions: number;
	/** As real numbers, and as elements. */
	exact: ArrayLike<number>[];
	stored: (Uint8Array | Int16Array)[];
	queries: number;
}

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const sift = [...rowsOf(data, "sift/base_1000x128.u8", 128), ...rowsOf(data, "sift/query_in_100x128.u8", 128)], digits = digitRows(data).slice(0, 1100);
	const cases: Case[] = [];
	for (const metric of ["euclidean", "cosine", "manhattan", "dot"])
		for (const [name, rows] of [["sift", sift], ["digits", digits]] as const)
			cases.push({ name, metric, element: "uint8", dimensions: rows[0]!.length, exact: rows, stored: [...rows], queries: 100 });
	// Signs about the mean of each dimension.
	const mean = sift[0]!.reduce<number[]>((all, _, i) => [...all, sift.reduce((sum, row) => sum + row[i]!, 0) / sift.length], []);
	const centred = sift.map((row) => [...row].map((x, i) => x - mean[i]!));
	cases.push({ name: "sift, signs", metric: "hamming", element: "bits", dimensions: 128, exact: centred, stored: centred.map(binarise), queries: 100 });
	for (const [name, dimensions, step] of [["tree in 5 dimensions", 5, 1.2], ["tree in 16 dimensions", 16, 1]] as const) {
		const points = tree(1100, dimensions, 4, step);
		cases.push({ name, metric: "poincare", element: "int16", dimensions, exact: points, stored: points.map((point) => quantisePoincare(point)), queries: 100 });
		const far = points.map(toLorentz);
		cases.push({ name, metric: "lorentz", element: "int16", dimensions: dimensions + 1, exact: far, stored: far.map((point) => quantiseLorentz(point)), queries: 100 });
	}
	const figures: Figure[] = [];
	for (const { name, metric, element, dimensions, exact, stored, queries } of cases) {
		const base = exact.slice(0, -queries), bytes = (rows: readonly (Uint8Array | Int16Array)[]): Uint8Array =>
			Uint8Array.from(rows.flatMap((row) => [...new Uint8Array(row.buffer, row.byteOffset, row.byteLength)]));
		const assets = new Map([["base", bytes(stored.slice(0, -queries))], ["queries", bytes(stored.slice(-queries))]]);
		const [{ found }] = await runProgram<{ found: number[][] }>("benches/ruvector/metrics/program.ts", { assets, args: [metric, element, String(dimensions)] }) as [{ found: number[][] }];
		const truth = topK(exact.slice(-queries), base, metric, K);
		figures.push({ figure: `${metric}, ${name}: agreement of the ten nearest with double precision`, value: agreement(found, truth, exact, metric, queries), tier: "measured", limit: 0.99, atLeast: true });
	}
	return figures;
}

/** Share of answers that are among the ten nearest; ones as near as the tenth count, since ties have no order. */
function agreement(found: readonly number[][], truth: readonly number[][], all: readonly ArrayLike<number>[], metric: string, queries: number): number {
	const base = all.slice(0, -queries);
	let hits = 0;
	for (const [q, ids] of found.entries()) {
		const query = all[base.length + q]!, last = DISTANCES[metric]!(query, base[truth[q]!.at(-1)!]!);
		hits += ids.filter((id) => truth[q]!.includes(id) || DISTANCES[metric]!(query, base[id]!) <= last).length;
	}
	return Number((hits / (K * found.length)).toFixed(4));
}
