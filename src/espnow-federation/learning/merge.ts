/**
 * Several boards' changes to one: federated averaging (McMahan et al. 2017) that no single board can spoil. Each change is
 * clipped to a length; from four contributions on each weight's extremes are drawn to the rest (a winsorised mean, which like
 * the trimmed mean of Yin et al. 2018 bounds what one of them does; with an allowance, so that what one board alone knows
 * comes through, in small steps). Boards whose changes are far from the median again and again lose their vote.
 * A function of its arguments alone, in integers: all boards that have them get the same bits.
 */

import { type Delta, lengthOf, root } from "ruvllm-esp32/espnow-federation/learning/delta";

export interface Contribution extends Delta {
	address: number;
}

/** Per board: strikes that it has; it is heard while they are below EXCLUDED. */
export type Reputation = Map<number, number>;

/** A strike counts two, a round without one takes one away: who was far is not counted; after two strikes in a row not in the next rounds either. */
export const STRIKE = 2, EXCLUDED = 4, MOST_STRIKES = 8;
/** Far from the median: so many times as far as boards are in the median. */
const FAR = 8;
/** Contributions from which on extremes are drawn in. */
export const ROBUST_FROM = 4;

export interface MergeOptions {
	/** Length, Q12, to which changes are clipped when most are shorter: 4096 is one weight's change by 1. */
	clip: number;
	/** How far beyond the rest one board may move a weight, Q12, before the average is taken. */
	allowance: number;
	/** Length of the common step, Q8: above 256, as boards know different things, so that their average is too short (Reddi et al. 2021). */
	rate: number;
	/** Length, Q12, beyond which no honest training goes: longer ones that are far from the median are strikes. */
	plausible: number;
}

export const MERGE: Readonly<MergeOptions> = { clip: 1024, allowance: 32, rate: 768, plausible: 16384 };

/** Beyond what a change can be. */
const FURTHEST = 1 << 17;

/** The lower of the middle two. */
const medianOf = (sorted: Int32Array): number => sorted[sorted.length - 1 >> 1]!;

/** Insertion: there are few. */
function sort(list: number[] | Int32Array, count: number): void {
	for (let i = 1; i < count; i++) {
		const value = list[i]!;
		let at = i;
		for (; at > 0 && list[at - 1]! > value; at--)
			list[at] = list[at - 1]!;
		list[at] = value;
	}
}

export interface Merged {
	/** Addresses whose change was counted. */
	counted: number[];
	/** Addresses that got a strike. */
	struck: number[];
	/** Length of the step, Q12. */
	length: number;
}

/**
 * Adds the common step to `weights`, and judges: `reputation` changes.
 * @param contributions in the order of addresses; those without weight are not counted
 * Cost on rv32: 8,000 instructions for each weight and board, the interpreter's; twice that where a change is too long to be honest.
 */
export function merge(weights: Int16Array, contributions: readonly Contribution[], reputation: Reputation, options: MergeOptions = MERGE): Merged {
	const some = contributions.filter(({ weight }) => weight > 0);
	const struck = some.length >= ROBUST_FROM ? judge(some, reputation, options) : [], heard = some.filter(({ address }) => !struck.includes(address) && (reputation.get(address) ?? 0) < EXCLUDED);
	const count = heard.length, result: Merged = { counted: heard.map(({ address }) => address), struck, length: 0 };
	if (!count)
		return result;
	const lengths = Int32Array.from(heard, lengthOf), bound = Math.max(options.clip, medianOf(lengths.slice().sort()));
	// Q15: a change that is short enough stays as it is.
	const factors = lengths.map((length) => length <= bound ? 32768 : Math.trunc(bound * 32768 / length));
	const trim = count >= ROBUST_FROM ? Math.max(1, Math.trunc(count / 5)) : 0;
	// How many lessons one has is what it says itself: more than the usual counts as the usual.
	const most = medianOf(Int32Array.from(heard, ({ weight }) => weight).sort()), shares = Int32Array.from(heard, ({ weight }) => Math.min(weight, most)), all = shares.reduce((sum, share) => sum + share, 0);
	result.length = lengthOfStep(step(weights, heard, Array.from(factors), Array.from(shares), all, trim, options));
	return result;
}

/** The loop over weights, with nothing in it that costs a board's interpreter much. @returns the sum of squared steps */
function step(weights: Int16Array, heard: readonly Contribution[], factors: readonly number[], shares: readonly number[], all: number, trim: number, { allowance, rate }: MergeOptions): number {
	// Lists, as XS reads them faster than typed arrays.
	const count = heard.length, moves = new Array<number>(count).fill(0), lists = heard.map(({ values }) => values), shifts = heard.map(({ shift }) => shift);
	let squares = 0;
	for (let i = 0; i < weights.length; i++) {
		let low = FURTHEST, second = FURTHEST, high = -FURTHEST, last = -FURTHEST, sum = 0;
		for (let b = 0; b < count; b++) {
			// At most 127 << 9, times 2^15: 31 bits.
			const move = moves[b] = (lists[b]![i]! << shifts[b]!) * factors[b]! >> 15;
			if (move < low) {
				second = low;
				low = move;
			}
			else if (move < second)
				second = move;
			if (move > high) {
				last = high;
				high = move;
			}
			else if (move > last)
				last = move;
		}
		if (trim === 1) {
			low = second - allowance;
			high = last + allowance;
		}
		else if (trim) {
			const sorted = moves.slice();
			sort(sorted, count);
			low = sorted[trim]! - allowance;
			high = sorted[count - 1 - trim]! + allowance;
		}
		for (let b = 0; b < count; b++) {
			const move = moves[b]!;
			sum += (move < low ? low : move > high ? high : move) * shares[b]!;
		}
		const mean = Math.trunc((2 * sum + (sum < 0 ? -all : all)) / (2 * all)), change = mean * rate + 128 >> 8, after = weights[i]! + change;
		weights[i] = after > 16384 ? 16384 : after < -16384 ? -16384 : after;
		squares += change * change;
	}
	return squares;
}

/** Floor of the root of a sum that may have more than 31 bits: even shifts keep it whole. */
function lengthOfStep(squares: number): number {
	let shift = 0;
	while (squares >= 0x40000000) {
		squares = Math.floor(squares / 4);
		shift++;
	}
	return root(squares) << shift;
}

/** Distances to the weights' medians, as sums of absolute differences: taken only where a change is too long. @returns who is far */
function judge(contributions: readonly Contribution[], reputation: Reputation, { plausible }: MergeOptions): number[] {
	const long = contributions.map((contribution) => lengthOf(contribution) > plausible), distances = long.includes(true) ? distancesOf(contributions) : new Int32Array(contributions.length);
	const usual = Math.max(1, medianOf(distances.slice().sort())), struck: number[] = [];
	contributions.forEach(({ address }, b) => {
		const before = reputation.get(address) ?? 0, far = long[b]! && distances[b]! > FAR * usual;
		const after = Math.max(0, Math.min(MOST_STRIKES, far ? before + STRIKE : before - 1));
		if (far)
			struck.push(address);
		if (after)
			reputation.set(address, after);
		else
			reputation.delete(address);
	});
	return struck;
}

function distancesOf(contributions: readonly Contribution[]): Int32Array {
	const count = contributions.length, distances = new Int32Array(count), values = new Int32Array(count), sorted = new Int32Array(count), lists = contributions.map(({ values }) => values), shifts = Int32Array.from(contributions, ({ shift }) => shift);
	for (let i = 0; i < lists[0]!.length; i++) {
		for (let b = 0; b < count; b++)
			sorted[b] = values[b] = lists[b]![i]! << shifts[b]!;
		sort(sorted, count);
		const middle = medianOf(sorted);
		for (let b = 0; b < count; b++) {
			const difference = values[b]! - middle;
			distances[b]! += (difference < 0 ? -difference : difference) >> 4;
		}
	}
	return distances;
}
