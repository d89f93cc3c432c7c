/**
 * Training of the content router: seeds of the words' hashes, one after the other, then the cell by gradients through time (Adam, floating point),
 * then its 78 bytes.
 */

import { Chooser } from "../home/random.ts";
import { bytewords, hashOf, spread, wordFeatures } from "./content-features.ts";
import { rounded } from "./evolve.ts";
import { queries, step } from "./kernel.ts";
import type { Text } from "./texts.ts";

const HASHES = 6, SEEDS = 65536, W = 0, U = 32, BZ = 48, BH = 52, ZETA = 56, NU = 57, R = 58, SIZE = 78, CLIP = 3.9;

/**
 * Seeds that make the mean hash of a text's words tell most of what the ones before left open: correlation with the class, then with what a
 * regression on those chosen leaves.
 */
export function chooseSeeds(texts: readonly Text[]): number[] {
	const documents = texts.map(({ text }) => bytewords(text)), numbers = new Map<string, number>();
	for (const words of documents)
		for (const word of words)
			if (!numbers.has(word))
				numbers.set(word, numbers.size);
	const hashes = Array.from(numbers.keys(), hashOf), ids = documents.map((words) => words.map((word) => numbers.get(word)!)), seeds: number[] = [];
	let rest = texts.map(({ expert }): number => expert ? 1 : -1);
	const count = new Float64Array(hashes.length);
	ids.forEach((list) => list.forEach((id) => count[id]! += 1 / list.length));
	while (seeds.length < HASHES) {
		const pull = new Float64Array(hashes.length);
		ids.forEach((list, i) => list.forEach((id) => pull[id]! += rest[i]! / list.length));
		let best = -1, chosen = 0;
		for (let seed = 1; seed < SEEDS; seed++) {
			let a = 0, b = 0;
			for (let i = 0; i < hashes.length; i++) {
				const f = spread(hashes[i]!, seed);
				a += pull[i]! * f;
				b += count[i]! * f * f;
			}
			const fit = a * a / b;
			if (fit > best && !seeds.includes(seed))
				[best, chosen] = [fit, seed];
		}
		seeds.push(chosen);
		const values = ids.map((list) => list.reduce((sum, id) => sum + spread(hashes[id]!, chosen), 0) / Math.max(1, list.length)), mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
		const at = mean(values), slope = values.reduce((sum, x, i) => sum + (x - at) * rest[i]!, 0) / values.reduce((sum, x) => sum + (x - at) ** 2, 0), level = mean(rest);
		rest = rest.map((r, i) => r - level - slope * (values[i]! - at));
	}
	return seeds;
}

export interface Example {
	/** Features of each word. */
	x: Int8Array[];
	expert: number;
}

export const examplesOf = (texts: readonly Text[], seeds: readonly number[]): Example[] => {
	const known = new Map<string, Int8Array>(), of = (word: string): Int8Array => {
		let x = known.get(word);
		if (!x)
			known.set(word, x = Int8Array.from(wordFeatures(word, seeds)));
		return x;
	};
	return texts.map(({ text, expert }) => ({ x: bytewords(text).map(of), expert }));
};

/** As the device decides. */
export function decide(weights: Int8Array, { x }: Example, h = new Int32Array(4), q = new Int32Array(4)): number {
	h.fill(0);
	for (const one of x)
		step(weights, h, one);
	queries(weights, h, q);
	return q[1]! > q[0]! ? 1 : 0;
}

export const accuracy = (weights: Int8Array, examples: readonly Example[]): number => examples.filter((one) => decide(weights, one) === one.expert).length / examples.length;

/** In floating point: query 1 less query 0, and its gradient times `scale(margin)` added to `gradient`. */
export function margin(p: Float64Array, x: readonly Int8Array[], gradient?: Float64Array, scale?: (margin: number) => number): number {
	const n = x.length, h = Array.from({ length: n + 1 }, () => new Float64Array(4)), zs = Array.from({ length: n }, () => new Float64Array(4)), cs = Array.from({ length: n }, () => new Float64Array(4));
	for (let t = 0; t < n; t++)
		for (let i = 0; i < 4; i++) {
			let a = 0;
			for (let j = 0; j < 8; j++)
				a += p[W + 8 * i + j]! * x[t]![j]! / 128;
			for (let j = 0; j < 4; j++)
				a += p[U + 4 * i + j]! * h[t]![j]!;
			const z = zs[t]![i] = 1 / (1 + Math.exp(-a - p[BZ + i]!)), c = cs[t]![i] = Math.tanh(a + p[BH + i]!);
			h[t + 1]![i] = (p[ZETA]! * (1 - z) + p[NU]!) * c + z * h[t]![i]!;
		}
	let m = p[R + 9]! - p[R + 4]!;
	for (let i = 0; i < 4; i++)
		m += (p[R + 5 + i]! - p[R + i]!) * h[n]![i]!;
	if (!gradient || !scale)
		return m;
	const s = scale(m), back = new Float64Array(4);
	gradient[R + 9]! += s;
	gradient[R + 4]! -= s;
	for (let i = 0; i < 4; i++) {
		gradient[R + 5 + i]! += s * h[n]![i]!;
		gradient[R + i]! -= s * h[n]![i]!;
		back[i] = s * (p[R + 5 + i]! - p[R + i]!);
	}
	for (let t = n - 1; t >= 0; t--) {
		const next = new Float64Array(4);
		for (let i = 0; i < 4; i++) {
			const z = zs[t]![i]!, c = cs[t]![i]!, d = back[i]!, gate = p[ZETA]! * (1 - z) + p[NU]!;
			const dz = d * (h[t]![i]! - p[ZETA]! * c) * z * (1 - z), dc = d * gate * (1 - c * c), da = dz + dc;
			gradient[ZETA]! += d * c * (1 - z);
			gradient[NU]! += d * c;
			gradient[BZ + i]! += dz;
			gradient[BH + i]! += dc;
			for (let j = 0; j < 8; j++)
				gradient[W + 8 * i + j]! += da * x[t]![j]! / 128;
			for (let j = 0; j < 4; j++) {
				gradient[U + 4 * i + j]! += da * h[t]![j]!;
				next[j]! += da * p[U + 4 * i + j]!;
			}
			next[i]! += d * z;
		}
		back.set(next);
	}
	return m;
}

export interface ContentOptions {
	epochs: number;
	seed: number;
	say(line: string): void;
}

/** @returns weights in floating point: what a byte is 1/32 of, zeta and nu from 0 to 1 */
export function trainContent(train: readonly Example[], { epochs, seed, say }: ContentOptions): Float64Array {
	const random = new Chooser(seed), p = Float64Array.from({ length: SIZE }, () => (random.below(2001) / 1000 - 1) * 0.5), first = new Float64Array(SIZE), second = new Float64Array(SIZE), BATCH = 64;
	p[ZETA] = 0.73;
	p[NU] = 0.05;
	for (let i = 0; i < 4; i++)
		p[BZ + i] = 1;
	p.fill(0, R + 10);
	const order = train.map((_, i) => i);
	let steps = 0;
	for (let epoch = 1; epoch <= epochs; epoch++) {
		random.shuffle(order);
		let loss = 0;
		const rate = 0.02 * Math.cos(Math.PI / 2 * (epoch - 1) / epochs);
		for (let at = 0; at + BATCH <= order.length; at += BATCH) {
			const gradient = new Float64Array(SIZE);
			for (const i of order.slice(at, at + BATCH)) {
				const { x, expert } = train[i]!, y = expert ? 1 : -1;
				loss += Math.log1p(Math.exp(-y * margin(p, x, gradient, (m) => -y / (1 + Math.exp(y * m)))));
			}
			steps++;
			for (let i = 0; i < SIZE; i++) {
				const g = gradient[i]! / BATCH + 1e-4 * p[i]!;
				first[i] = 0.9 * first[i]! + 0.1 * g;
				second[i] = 0.999 * second[i]! + 0.001 * g * g;
				p[i]! -= rate * first[i]! / (1 - 0.9 ** steps) / (Math.sqrt(second[i]! / (1 - 0.999 ** steps)) + 1e-8);
				p[i] = i === ZETA || i === NU ? Math.min(0.99, Math.max(0, p[i]!)) : Math.min(CLIP, Math.max(-CLIP, p[i]!));
			}
		}
		if (epoch % 10 === 0 || epoch === epochs)
			say(`content, epoch ${epoch}: loss ${(loss / order.length).toFixed(4)}`);
	}
	return p;
}

export const quantised = (p: Float64Array): Int8Array => rounded(p.map((x, i) => x * (i === ZETA || i === NU ? 256 : 32)));
