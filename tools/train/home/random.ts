/** Choices for generated sentences, repeatable from a seed. */

export class Chooser {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** A whole number from 0 to n - 1 (mulberry32). */
	below(n: number): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * n);
	}

	chance(p: number): boolean {
		return this.below(1_000_000) < p * 1_000_000;
	}

	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)]!;
	}

	/** `count` different ones, or all. */
	some<T>(list: readonly T[], count: number): T[] {
		const rest = [...list];
		return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(this.below(rest.length), 1)[0]!);
	}

	shuffle<T>(list: T[]): T[] {
		for (let i = list.length - 1; i > 0; i--) {
			const j = this.below(i + 1);
			[list[i], list[j]] = [list[j]!, list[i]!];
		}
		return list;
	}
}
