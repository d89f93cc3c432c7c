/** What a board has learned since the last common version, in bytes: INT8 with one shift, as it travels. Integers only. */

export interface Delta {
	/** `[size]`; the change of weight i is `values[i] << shift`, Q12. */
	values: Int8Array;
	shift: number;
	/** Lessons that it comes from; what says nothing weighs nothing. */
	weight: number;
}

/** Shifts beyond this would leave 16 bits. */
export const MOST_SHIFT = 9;

/** Floor of the square root of 0 to 2^31 - 1. */
export function root(x: number): number {
	let result = 0, bit = 1 << 30;
	while (bit > x)
		bit >>= 2;
	for (; bit; bit >>= 2)
		if (x >= result + bit) {
			x -= result + bit;
			result = (result >> 1) + bit;
		}
		else
			result >>= 1;
	return result;
}

/** `after - before`, rounded to the finest shift that it fits. @returns the shift */
export function quantiseDelta(values: Int8Array, after: Int16Array, before: Int16Array): number {
	let most = 0, shift = 0;
	for (let i = 0; i < values.length; i++)
		most = Math.max(most, Math.abs(after[i]! - before[i]!));
	while ((most + (1 << shift >> 1)) >> shift > 127)
		shift++;
	const half = 1 << shift >> 1;
	for (let i = 0; i < values.length; i++)
		values[i] = (after[i]! - before[i]! + half) >> shift;
	return shift;
}

/** Euclidean length in Q12, rounded down; at most 127 * sqrt(size) << MOST_SHIFT. */
export function lengthOf({ values, shift }: Pick<Delta, "values" | "shift">): number {
	let sum = 0;
	for (let i = 0; i < values.length; i++)
		sum += values[i]! * values[i]!;
	return root(sum) << shift;
}
