/** native/chip-router.c for training: the same numbers under Node, where the kernel does not run (tests/federation/router.test.ts compares them). */

import type { Policy, View } from "./cluster.ts";

const SIGMOID = Int32Array.from({ length: 386 }, (_, i) => Math.min(65535, Math.round(65536 / (1 + Math.exp(-i / 32)))));
const LAST = 12 * 4096 - 1;

function sigmoid(x: number): number {
	const a = Math.min(x < 0 ? -x : x, LAST), i = a >> 7, t = SIGMOID[i]!, y = t + ((SIGMOID[i + 1]! - t) * (a & 127) + 64 >> 7);
	return x < 0 ? 65535 - y : y;
}

export function log2(x: number): number {
	const whole = 31 - Math.clz32(x | 1), m = (whole >= 10 ? x >>> (whole - 10) : x << (10 - whole)) & 1023;
	return whole * 1024 + m + (352 * m * (1024 - m) >> 20);
}

const clamp = (x: number, low: number, high: number): number => x < low ? low : x > high ? high : x;

/** One step of the cell; `w` are a router's 78 bytes of weights. */
export function step(w: Int8Array, h: Int32Array, x: ArrayLike<number>): void {
	const h0 = h[0]!, h1 = h[1]!, h2 = h[2]!, h3 = h[3]!, zeta = w[56]! & 255, nu = w[57]! & 255;
	for (let i = 0; i < 4; i++) {
		let a = 0;
		for (let j = 0; j < 8; j++)
			a += w[8 * i + j]! * x[j]!;
		const u = 32 + 4 * i;
		a += w[u]! * h0 + w[u + 1]! * h1 + w[u + 2]! * h2 + w[u + 3]! * h3 >> 5;
		const z = sigmoid(a + w[48 + i]! * 128), c = sigmoid(2 * (a + w[52 + i]! * 128)) - 32768, weight = (zeta * (65536 - z) >> 9) + nu * 128;
		h[i] = clamp((weight * c >> 3) + (z >> 1) * (i === 0 ? h0 : i === 1 ? h1 : i === 2 ? h2 : h3) + 16384 >> 15, -32768, 32767);
	}
}

/** The four queries; without nudges. */
export function queries(w: Int8Array, h: Int32Array, out: Int32Array): void {
	for (let j = 0; j < 4; j++) {
		const row = 58 + 5 * j;
		out[j] = (w[row]! * h[0]! + w[row + 1]! * h[1]! + w[row + 2]! * h[2]! + w[row + 3]! * h[3]! >> 5) + w[row + 4]! * 128;
	}
}

/** Routes chips, with speeds learned as on the device. */
export class KernelPolicy implements Policy {
	readonly #w: Int8Array;
	readonly #h = new Int32Array(4);
	readonly #q = new Int32Array(4);
	readonly #x = new Int32Array(8);
	readonly slow: Int32Array;

	constructor(weights: Int8Array, slow: readonly number[]) {
		this.#w = weights;
		this.slow = Int32Array.from(slow);
	}

	choose({ position, loads, hops, alive }: View): number {
		const x = this.#x, q = this.#q, slow = this.slow, count = loads.length;
		let least = 8192, most = 0, sum = 0, idle = 0, there = 0, fastest = 65535, slowest = 0;
		for (let c = 0; c < count; c++) {
			if (!alive[c])
				continue;
			const waiting = loads[c] ? log2(loads[c]! + 1) : 0;
			there++;
			sum += waiting;
			idle += waiting ? 0 : 1;
			least = Math.min(least, waiting);
			most = Math.max(most, waiting);
			fastest = Math.min(fastest, slow[c]!);
			slowest = Math.max(slowest, slow[c]!);
		}
		x[2] = (log2(position + 1) >> 6) - 64;
		x[3] = (least >> 6) - 64;
		x[4] = ((sum / there | 0) >> 6) - 64;
		x[5] = (most >> 6) - 64;
		x[6] = clamp(slowest - fastest >> 6, 0, 128) - 64;
		x[7] = (idle * 128 / there | 0) - 64;
		step(this.#w, this.#h, x);
		queries(this.#w, this.#h, q);
		let best = -1, highest = 0;
		for (let c = 0; c < count; c++) {
			if (!alive[c])
				continue;
			const load = loads[c]!, work = log2(load + position + 1), hop = hops[c]!, d = hop ? log2(hop) - work - slow[c]! : -4096;
			const score = q[0]! * (work >> 4) + q[1]! * clamp(slow[c]! - fastest >> 4, 0, 512) + q[2]! * clamp((load ? log2(load + 1) : 0) >> 4, 0, 512)
				+ q[3]! * clamp((d <= -4096 ? 0 : d >= 4096 ? d : (d + 4096) * (d + 4096) >> 14) >> 4, 0, 512) >> 6;
			if (best < 0 || score > highest)
				[best, highest] = [c, score];
		}
		return best;
	}

	observe(chip: number, microseconds: number, work: number, hop: number): void {
		const slow = this.slow, error = log2(Math.max(1, microseconds - hop)) - log2(work) - slow[chip]!;
		if (!(Math.imul(microseconds, 2654435761) >>> 30)) {
			let fastest = 65535;
			for (let c = 0; c < slow.length; c++)
				fastest = Math.min(fastest, slow[c]!);
			for (let c = 0; c < slow.length; c++)
				if (c !== chip && slow[c]! > fastest)
					slow[c]!--;
		}
		slow[chip] = clamp(slow[chip]! + (error > -1024 && error < 1024 ? error >> 3 : clamp(error >> 2, -1024, 1024)), 0, 24 << 10);
	}
}

/** Least expected work: what a router without a file has. */
export const PLAIN = Int8Array.from({ length: 78 }, (_, i) => i === 62 || i === 67 || i === 77 ? -32 : 0);
