/** Cuts a sentence into words, which know where they stand in it. */

export interface Word {
	/** In lower case. */
	text: string;
	/** Characters of the sentence, from `start` up to `end`. */
	start: number;
	end: number;
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
// Beyond ASCII all are letters but the signs below U+00C0 and general punctuation.
const isLetter = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || isDigit(c) || (c >= 0xc0 && !(c >= 0x2000 && c <= 0x206f) && !(c >= 0xe000 && c <= 0xf8ff));

/**
 * Words are runs of letters and digits; "." between digits, "%" and the sign of degrees count too, and a fraction like
 * 1/2 is one word. All else separates. Cost: linear.
 */
export function words(sentence: string): Word[] {
	const out: Word[] = [], { length } = sentence;
	let at = 0;
	while (at < length) {
		const c = sentence.charCodeAt(at), start = at;
		if (c === 0x25 || c === 0xb0)
			at++;
		else if (isLetter(c)) {
			while (at < length && (isLetter(sentence.charCodeAt(at)) || joins(sentence, at)))
				at++;
		}
		else {
			at++;
			continue;
		}
		out.push({ text: sentence.slice(start, at).toLowerCase(), start, end: at });
	}
	return out;
}

function joins(sentence: string, at: number): boolean {
	const c = sentence.charCodeAt(at);
	return (c === 0x2e || c === 0x2f) && isDigit(sentence.charCodeAt(at - 1)) && isDigit(sentence.charCodeAt(at + 1));
}
