/**
 * How well distances give a hierarchy back ("reconstruction" of Nickel and Kiela 2017): for each point, its ancestors
 * among all points in the order of distance.
 */

import type { Hierarchy } from "./hierarchy.ts";
import { ONE } from "./train.ts";

export interface Reconstruction {
	/** Mean over points of the average precision of their ancestors; 1 is perfect. */
	map: number;
	/** Mean over pairs of 1 + the points nearer than the ancestor that are no ancestors; 1 is perfect. */
	meanRank: number;
}

/** Keys that grow with the distance from one point: enough to rank, and no logarithm in them. */
type Keys<T> = (from: number) => T[];

/** In doubles, of any points in the unit ball: |u - v|^2 / (1 - |v|^2), the distance without what depends on u alone. */
export function floatKeys(points: ArrayLike<number>, dims: number, one = 1): Keys<number> {
	const n = points.length / dims, at = (p: number, i: number): number => points[p * dims + i]! / one;
	const room = Array.from({ length: n }, (_, p) => {
		let sum = 1;
		for (let i = 0; i < dims; i++)
			sum -= at(p, i) ** 2;
		return sum;
	});
	return (from) => room.map((free, p) => {
		let sum = 0;
		for (let i = 0; i < dims; i++)
			sum += (at(from, i) - at(p, i)) ** 2;
		return sum / free;
	});
}

/** In whole numbers: floor(|u - v|^2 * 2^30 / (32767^2 - |v|^2)), which is below 2^62. What a device computes. */
export function integerKeys(points: Int16Array, dims: number): Keys<bigint> {
	const n = points.length / dims;
	const room = Array.from({ length: n }, (_, p) => {
		let sum = ONE * ONE;
		for (let i = 0; i < dims; i++)
			sum -= points[p * dims + i]! ** 2;
		return BigInt(sum);
	});
	return (from) => room.map((free, p) => {
		let sum = 0;
		for (let i = 0; i < dims; i++)
			sum += (points[from * dims + i]! - points[p * dims + i]!) ** 2;
		return (BigInt(sum) << 30n) / free;
	});
}

/** Of ties, the points that are no ancestors come first: a tie never helps. Cost: points^2 keys. */
export function reconstruct<T extends number | bigint>({ names, pairs }: Hierarchy, keys: Keys<T>): Reconstruction {
	const ancestors = new Map<number, Set<number>>();
	for (const [child, ancestor] of pairs)
		ancestors.set(child, (ancestors.get(child) ?? new Set()).add(ancestor));
	let precision = 0, ranks = 0;
	for (const [child, above] of ancestors) {
		const key = keys(child), order: number[] = [];
		for (let p = 0; p < names.length; p++)
			if (p !== child)
				order.push(p);
		order.sort((a, b) => key[a]! < key[b]! ? -1 : key[a]! > key[b]! ? 1 : Number(above.has(a)) - Number(above.has(b)));
		let found = 0, sum = 0;
		order.forEach((p, place) => {
			if (above.has(p)) {
				sum += ++found / (place + 1);
				ranks += place + 2 - found;
			}
		});
		precision += sum / above.size;
	}
	return { map: precision / ancestors.size, meanRank: ranks / pairs.length };
}
