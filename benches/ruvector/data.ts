/** Real vectors, and the truth about them in double precision. */

import { join } from "node:path";
import { dataFile } from "../../tools/bench/program.ts";
import { BuildError } from "../../tools/build/errors.ts";

/** Rows of unsigned bytes. @throws BuildError when the file is absent */
export function rowsOf(data: string, name: string, dimensions: number): Uint8Array[] {
	const bytes = dataFile(data, name);
	if (!bytes)
		throw new BuildError(`there is no file ${join(data, name)}`);
	return Array.from({ length: Math.floor(bytes.length / dimensions) }, (_, i) => Uint8Array.from(bytes.subarray(i * dimensions, (i + 1) * dimensions)));
}

/** The 64 grey values of each digit. */
export function digitRows(data: string): Uint8Array[] {
	const text = dataFile(data, "digits/digits.csv")?.toString("utf8");
	if (text === undefined)
		throw new BuildError(`there is no file ${join(data, "digits/digits.csv")}`);
	return text.split("\n").map((line) => line.split(",").map(Number)).filter((row) => row.length >= 64 && row.every((x) => Number.isFinite(x))).map((row) => Uint8Array.from(row.slice(0, 64)));
}

export type Distance = (x: ArrayLike<number>, y: ArrayLike<number>) => number;

const sum = (x: ArrayLike<number>, y: ArrayLike<number>, term: (a: number, b: number) => number): number => {
	let total = 0;
	for (let i = 0; i < x.length; i++)
		total += term(x[i]!, y[i]!);
	return total;
};
const dot: Distance = (x, y) => sum(x, y, (a, b) => a * b);

/** In double precision, as textbooks have them. */
export const DISTANCES: Record<string, Distance> = {
	euclidean: (x, y) => Math.sqrt(sum(x, y, (a, b) => (a - b) ** 2)),
	cosine: (x, y) => 1 - dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)),
	manhattan: (x, y) => sum(x, y, (a, b) => Math.abs(a - b)),
	hamming: (x, y) => sum(x, y, (a, b) => Number(a > 0 !== b > 0)),
	dot: (x, y) => -dot(x, y),
	poincare: (x, y) => Math.acosh(1 + 2 * sum(x, y, (a, b) => (a - b) ** 2) / ((1 - dot(x, x)) * (1 - dot(y, y)))),
	lorentz: (x, y) => Math.acosh(Math.max(1, 2 * x[0]! * y[0]! - dot(x, y))),
};

/** Numbers of the k nearest of each query, nearest first, equals by number. */
export function topK(queries: readonly ArrayLike<number>[], base: readonly ArrayLike<number>[], metric: string, k: number): number[][] {
	const distance = DISTANCES[metric]!;
	return queries.map((query) => {
		const all = base.map((row) => distance(query, row));
		return all.map((_, i) => i).sort((a, b) => all[a]! - all[b]! || a - b).slice(0, k);
	});
}
