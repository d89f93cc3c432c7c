/** Random numbers of a simulation: mulberry32 (Tommy Ettinger), 32 bits of state, integers alone, so the same on every host. */
export class VirtualRandom {
	#state: number;

	/** Streams of one seed are unlike each other. */
	constructor(seed: number, stream = 0) {
		this.#state = Math.imul(seed ^ 0x5bd1e995, 0x85ebca6b) ^ Math.imul(stream + 1, 0x9e3779b9);
	}

	/** 0 to 2^32 - 1. */
	next(): number {
		this.#state = this.#state + 0x6d2b79f5 | 0;
		let t = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return (t ^ t >>> 14) >>> 0;
	}
	/** 0 to n - 1, n up to 2^32: the high bits of a product, so no n is favoured by more than n / 2^32. */
	below(n: number): number {
		return Math.floor(this.next() * n / 4_294_967_296);
	}
	/** True with a chance of `threshold` / 2^32; draws no number for a chance of 0. */
	chance(threshold: number): boolean {
		return threshold > 0 && this.next() < threshold;
	}
}
