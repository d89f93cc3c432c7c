/**
 * Words of a text, folded: without case, accents of Latin-1, or apostrophes; what is neither letter nor digit separates
 * them. The same words as native/text-features.c finds, which embeddings and intents use.
 */

/** A word's letters; what is longer is cut. */
export const WORD_LETTERS = 32;

const SEPARATOR = 0, DROPPED = -1;
/** U+00C0 to U+00FF without accents; a point separates words. */
const LATIN1 = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";

function fold(c: number): number {
	if (c < 0x80) {
		if (c >= 65 && c <= 90)
			return c + 32;
		if (c >= 97 && c <= 122 || c >= 48 && c <= 57)
			return c;
		return c === 39 ? DROPPED : SEPARATOR;
	}
	if (c < 0xc0)
		return SEPARATOR;
	if (c < 0x100)
		return c === 0xd7 || c === 0xf7 ? SEPARATOR : LATIN1.charCodeAt(c - 0xc0);
	if (c >= 0x2000 && c < 0x2070)
		return c === 0x2018 || c === 0x2019 ? DROPPED : SEPARATOR;
	if (c >= 0x3000 && c < 0x3040 || c >= 0xd800 && c < 0xe000 || c === 0xfffd)
		return SEPARATOR;
	if (c >= 0x391 && c <= 0x3a9 || c >= 0x410 && c <= 0x42f)
		return c + 32;
	return c >= 0x400 && c < 0x410 ? c + 80 : c;
}

/** The words of a text in their order, each at most 32 letters long. Cost: linear. */
export function words(text: string): string[] {
	const out: string[] = [];
	let word: number[] = [];
	for (const character of text) {
		const c = fold(character.codePointAt(0)!);
		if (c > 0) {
			if (word.length < WORD_LETTERS)
				word.push(c);
		}
		else if (c === SEPARATOR && word.length) {
			out.push(String.fromCodePoint(...word));
			word = [];
		}
	}
	if (word.length)
		out.push(String.fromCodePoint(...word));
	return out;
}
