/**
 * Random numbers that are the same on every computer: xoshiro128** (Blackman and Vigna 2018), its state filled
 * by splitmix32. Whatever draws from a stream of its own (`fork`) is not disturbed by how much others draw.
 */

/** One step of splitmix32: a 32-bit number out of a counter. */
function mixed(counter: number): number {
	let z = counter >>> 0;
	z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
	z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
	return (z ^ (z >>> 15)) | 0;
}

export class Random {
	#a: number;
	#b: number;
	#c: number;
	#d: number;
	#spare = 0;
	#hasSpare = false;
	readonly #seed: number;

	/** @param seed a whole number; its low 32 bits count */
	constructor(seed: number) {
		this.#seed = seed | 0;
		const word = (i: number): number => mixed(this.#seed + Math.imul(i, 0x9e3779b9));
		[this.#a, this.#b, this.#c, this.#d] = [word(1), word(2), word(3), word(4) | 1];
	}

	/** A generator of its own for a purpose: the same for the same seed and name. */
	fork(name: string | number): Random {
		let hash = mixed(this.#seed ^ 0x5bd1e995);
		for (const letter of String(name))
			hash = mixed(hash ^ letter.codePointAt(0)!);
		return new Random(hash);
	}

	/** 32 random bits, as a signed number. */
	bits(): number {
		const five = Math.imul(this.#b, 5), result = Math.imul((five << 7) | (five >>> 25), 9), t = this.#b << 9;
		this.#c ^= this.#a;
		this.#d ^= this.#b;
		this.#b ^= this.#c;
		this.#a ^= this.#d;
		this.#c ^= t;
		this.#d = (this.#d << 11) | (this.#d >>> 21);
		return result;
	}

	/** From 0 to just below 1. */
	unit(): number {
		return (this.bits() >>> 0) / 4294967296;
	}

	between(low: number, high: number): number {
		return low + (high - low) * this.unit();
	}

	/** Between two positive numbers; each octave is as likely as the next. */
	logBetween(low: number, high: number): number {
		return low * Math.pow(high / low, this.unit());
	}

	/** A waiting time of that mean: as long again, however long it has been. */
	exponential(mean: number): number {
		return -mean * Math.log(1 - this.unit());
	}

	/** A whole number from 0 to n - 1. */
	below(n: number): number {
		return Math.floor(this.unit() * n);
	}

	chance(probability: number): boolean {
		return this.unit() < probability;
	}

	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)]!;
	}

	/** The same list, in another order. */
	shuffle<T>(list: T[]): T[] {
		for (let i = list.length - 1; i > 0; i--) {
			const j = this.below(i + 1);
			[list[i], list[j]] = [list[j]!, list[i]!];
		}
		return list;
	}

	/** Normally distributed, mean 0, deviation 1 (Marsaglia's polar method). */
	gauss(): number {
		if (this.#hasSpare) {
			this.#hasSpare = false;
			return this.#spare;
		}
		for (;;) {
			const u = this.bits() / 2147483648, v = this.bits() / 2147483648, s = u * u + v * v;
			if (s >= 1 || s === 0)
				continue;
			const factor = Math.sqrt(-2 * Math.log(s) / s);
			this.#spare = v * factor;
			this.#hasSpare = true;
			return u * factor;
		}
	}
}
