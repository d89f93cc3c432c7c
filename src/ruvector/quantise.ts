/** From real numbers to the elements of an index. For tools and for setting up; what runs on boards are the integers. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

function checked(values: ArrayLike<number>, what: string): number {
	let most = 0;
	for (let i = 0; i < values.length; i++) {
		if (!Number.isFinite(values[i]))
			throw new RuvllmError("VECTOR_VALUE", `${what}: element ${i} is no number`);
		most = Math.max(most, Math.abs(values[i]!));
	}
	return most;
}

/**
 * INT8 with a scale of its own for this vector: right for cosine, where lengths do not matter.
 * @param scale what 127 stands for; the largest magnitude by default. Vectors that are compared by lengths need the same one.
 * @throws RuvllmError VECTOR_VALUE
 */
export function quantiseInt8(values: ArrayLike<number>, scale = checked(values, "quantiseInt8")): Int8Array {
	checked(values, "quantiseInt8");
	const out = new Int8Array(values.length);
	for (let i = 0; i < out.length; i++)
		out[i] = Math.max(-127, Math.min(127, Math.round(scale > 0 ? values[i]! / scale * 127 : 0)));
	return out;
}

/** Signs as bits, eight a byte, for hamming: a rough cosine in an eighth of the memory. Length: a multiple of 8. */
export function binarise(vector: ArrayLike<number>): Uint8Array {
	if (vector.length % 8)
		throw new RuvllmError("VECTOR_SIZE", `binarise: ${vector.length} elements are no multiple of 8`);
	const out = new Uint8Array(vector.length / 8);
	for (let i = 0; i < vector.length; i++)
		if (vector[i]! > 0)
			out[i >> 3]! |= 1 << (i & 7);
	return out;
}

/**
 * A point of the Poincare ball, 32767 being its radius.
 * @throws RuvllmError VECTOR_OUTSIDE when its length is not below 1
 */
export function quantisePoincare(point: ArrayLike<number>): Int16Array {
	checked(point, "quantisePoincare");
	const out = new Int16Array(point.length);
	let square = 0;
	for (let i = 0; i < out.length; i++) {
		out[i] = Math.round(Math.max(-1, Math.min(1, point[i]!)) * 32767);
		square += out[i]! ** 2;
	}
	if (square >= 32767 ** 2)
		throw new RuvllmError("VECTOR_OUTSIDE", "quantisePoincare: the point is not inside the unit ball; its length must be below 1 by 0.00003 or more");
	return out;
}

/**
 * A point of the Lorentz model, x0 first: 16 bits an element, with as many fraction bits as all of them allow, whose number takes
 * x0's place (x0 follows from the others).
 */
export function quantiseLorentz(point: ArrayLike<number>): Int16Array {
	checked(point, "quantiseLorentz");
	const out = new Int16Array(point.length);
	let most = 0, fraction = 15;
	for (let i = 1; i < out.length; i++)
		most = Math.max(most, Math.abs(point[i]!));
	while (fraction > -14 && Math.round(most * 2 ** fraction) > 32767)
		fraction--;
	if (Math.round(most * 2 ** fraction) > 32767)
		throw new RuvllmError("VECTOR_OUTSIDE", "quantiseLorentz: the point is further from the origin than 16 bits can tell");
	out[0] = fraction;
	for (let i = 1; i < out.length; i++)
		out[i] = Math.round(point[i]! * 2 ** fraction);
	return out;
}
