/** native/content-features.c under Node, with seeds that can be chosen (tests/federation/router.test.ts compares them). */

import { encodeUtf8 } from "ruvllm-esp32/core/utf8";

/** FNV-1a of a word in bytes. */
const hash = (word: string): number => {
	let h = 0x811c9dc5;
	for (let i = 0; i < word.length; i++)
		h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
	return h >>> 0;
};

export const spread = (h: number, seed: number): number => {
	let x = h ^ Math.imul(seed, 0x9e3779b1);
	x = Math.imul(x ^ x >>> 16, 0x85ebca6b);
	x = Math.imul(x ^ x >>> 13, 0xc2b2ae35);
	return x >> 24;
};

/** Words of a text, a character for each byte; the first 24. */
export const bytewords = (text: string): string[] => (Array.from(encodeUtf8(text), (c) => String.fromCharCode(c)).join("").replace(/[A-Z]/g, (c) => c.toLowerCase()).match(/[a-z0-9'\x80-\xff]+/g) ?? []).slice(0, 24);

export const hashOf = hash;

const within = (x: number): number => Math.max(-128, Math.min(127, x));

export function wordFeatures(word: string, seeds: readonly number[]): number[] {
	const h = hash(word), places = Array.from(word.slice(0, 24), (c) => c >= "a" && c <= "z" ? c.charCodeAt(0) - 96 : 13), n = places.length;
	const sum = places.reduce((a, b) => a + b, 0), squares = places.reduce((a, b) => a + b * b, 0);
	return [...seeds.map((seed) => spread(h, seed)), within(16 * n - 80), within(Math.floor(2 * (n * squares - sum * sum) / (n * n)) - 80)];
}
