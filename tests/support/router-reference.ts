/** The chip router as native/chip-router.h describes it, slowly: divisions that round down for shifts, and sigmoids computed, not looked up. */

export interface SlowRouter {
	kind: "load" | "content";
	hidden: number[];
	slow: number[];
	alive: boolean[];
	nudge: number[];
	/** As a file has them. */
	weights: Int8Array;
}

export interface SlowRequest {
	position: number;
	mean: number;
	variance: number;
	loads: readonly number[];
	hops: readonly number[];
}

const down = (x: number, bits: number): number => Math.floor(x / 2 ** bits);
const within = (x: number, low: number, high: number): number => Math.max(low, Math.min(high, x));
const point = (i: number): number => Math.min(65535, Math.round(65536 / (1 + Math.exp(-i / 32))));

function sigmoid(x: number): number {
	const a = Math.min(Math.abs(x), 12 * 4096 - 1), i = Math.floor(a / 128), y = point(i) + Math.floor(((point(i + 1) - point(i)) * (a % 128) + 64) / 128);
	return x < 0 ? 65535 - y : y;
}

export function slowLog2(x: number): number {
	let whole = 0;
	while (2 ** (whole + 1) <= x)
		whole++;
	const m = Math.floor((x / 2 ** whole - 1) * 1024);
	return whole * 1024 + m + down(352 * m * (1024 - m), 20);
}

export const newSlowRouter = (kind: "load" | "content", weights: Int8Array, chips: number): SlowRouter =>
	({ kind, hidden: [0, 0, 0, 0], slow: new Array<number>(chips).fill(10240), alive: new Array<boolean>(chips).fill(true), nudge: [0, 0, 0, 0], weights });

export function slowCell({ hidden, weights }: SlowRouter, x: readonly number[]): number[] {
	const zeta = weights[56]! & 255, nu = weights[57]! & 255;
	return hidden.map((h, i) => {
		const input = x.reduce((sum, value, j) => sum + weights[8 * i + j]! * value, 0), state = hidden.reduce((sum, value, j) => sum + weights[32 + 4 * i + j]! * value, 0);
		const a = input + down(state, 5), z = sigmoid(a + 128 * weights[48 + i]!), c = sigmoid(2 * (a + 128 * weights[52 + i]!)) - 32768;
		const weight = down(zeta * (65536 - z), 9) + 128 * nu;
		return within(down(down(weight * c, 3) + down(z, 1) * h + 2 ** 14, 15), -32768, 32767);
	});
}

/** The cell's inputs. */
export function slowInput(r: SlowRouter, q: SlowRequest): number[] {
	const there = r.slow.map((_, c) => c).filter((c) => r.alive[c]), count = Math.max(1, there.length);
	const waiting = there.map((c) => slowLog2(q.loads[c]! + 1)), slow = there.map((c) => r.slow[c]!);
	const sum = waiting.reduce((a, b) => a + b, 0), idle = waiting.filter((w) => w === 0).length;
	return [
		q.mean, q.variance, down(slowLog2(q.position + 1), 6) - 64, down(Math.min(8192, ...waiting), 6) - 64, down(Math.floor(sum / count), 6) - 64, down(Math.max(0, ...waiting), 6) - 64,
		within(down(Math.max(0, ...slow) - Math.min(65535, ...slow), 6), 0, 128) - 64, Math.floor(idle * 128 / count) - 64,
	];
}

const addedBy = (d: number): number => d <= -4096 ? 0 : d >= 4096 ? d : down((d + 4096) ** 2, 14);

export function slowScores(r: SlowRouter, q: SlowRequest): (number | undefined)[] {
	const query = [0, 1, 2, 3].map((j) => {
		const row = r.weights.subarray(58 + 5 * j, 63 + 5 * j);
		return down(r.hidden.reduce((sum, h, i) => sum + row[i]! * h, 0), 5) + 128 * row[4]! + 32 * r.nudge[j]!;
	});
	if (r.kind === "content")
		return r.slow.map((_, e) => r.alive[e] ? query[e] : undefined);
	const fastest = Math.min(65535, ...r.slow.filter((_, c) => r.alive[c]));
	return r.slow.map((slow, c) => {
		if (!r.alive[c])
			return undefined;
		const work = slowLog2(q.loads[c]! + q.position + 1), hop = q.hops[c]!;
		const features = [down(work, 4), within(down(slow - fastest, 4), 0, 512), within(down(slowLog2(q.loads[c]! + 1), 4), 0, 512), hop ? within(down(addedBy(slowLog2(hop) - work - slow), 4), 0, 512) : 0];
		return down(features.reduce((sum, f, j) => sum + f * query[j]!, 0), 6);
	});
}

export function best(scores: readonly (number | undefined)[]): number {
	let found = -1;
	scores.forEach((score, i) => {
		if (score !== undefined && (found < 0 || score > scores[found]!))
			found = i;
	});
	return found;
}
