/** Hashes of words and n-grams: FNV-1a over code points, spread by the finaliser of MurmurHash3; as native/text-features.c has them. */

/** FNV-1a, a step for each code point. @returns 0 to 2^32 - 1; its low bits are spread unevenly, see `spread` */
export function hash(text: string, start = 0x811c9dc5): number {
	let h = start;
	for (const character of text)
		h = Math.imul(h ^ character.codePointAt(0)!, 0x01000193);
	return h >>> 0;
}

/** Every bit of h changes every bit of the result. @returns 0 to 2^32 - 1 */
export function spread(h: number): number {
	let x = h ^ h >>> 16;
	x = Math.imul(x, 0x85ebca6b);
	x ^= x >>> 13;
	x = Math.imul(x, 0xc2b2ae35);
	return (x ^ x >>> 16) >>> 0;
}

/** The n-grams of "<word>", in order; all of it when it is shorter than n. @param n at least 1 */
export function nGrams(word: string, n: number): string[] {
	const marked = Array.from(`<${word}>`), out: string[] = [];
	for (let i = 0; i + n <= marked.length; i++)
		out.push(marked.slice(i, i + n).join(""));
	return out.length ? out : [marked.join("")];
}
