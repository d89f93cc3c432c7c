/** Seeded random numbers. */
export interface Draw {
	/** 0 to n - 1. */
	below(n: number): number;
	bytes(count: number): Uint8Array;
}

/** mulberry32 */
export function draw(seed: number): Draw {
	const next = (): number => {
		seed = seed + 0x6d2b79f5 | 0;
		let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return (t ^ t >>> 14) >>> 0;
	};
	return { below: (n) => next() % n, bytes: (count) => Uint8Array.from({ length: count }, () => next() >>> 8 & 255) };
}
