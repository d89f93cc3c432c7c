/** Seeded random numbers for tests: integers only, so the same on every host. */

import { print } from "ruvllm-esp32/platform/console";

export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0;
	}

	/** mulberry32: 0 to 2^32 - 1. */
	next(): number {
		this.#state = this.#state + 0x6d2b79f5 | 0;
		let t = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return (t ^ t >>> 14) >>> 0;
	}
	/** 0 to n - 1. */
	below(n: number): number {
		return this.next() % n;
	}
	from(low: number, high: number): number {
		return low + this.below(high - low + 1);
	}
	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)]!;
	}
	bytes(count: number): Uint8Array {
		const out = new Uint8Array(count);
		for (let i = 0; i < count; i++)
			out[i] = this.next() >>> 8;
		return out;
	}
}

/** Numbers for a property test, from a seed that the output names. */
export function seeded(what: string, seed: number): Random {
	print(`    (${what}: seed ${seed})\n`);
	return new Random(seed);
}
