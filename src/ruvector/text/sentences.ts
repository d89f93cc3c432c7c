/** Texts cut into sentences, and sentences put together to chunks. */

/** Behind these a full stop ends no sentence. */
const ABBREVIATIONS = ["mr", "mrs", "ms", "dr", "st", "prof", "vs", "e.g", "i.e", "etc", "no", "approx", "inc", "jr", "fig"];

const isSpace = (c: string | undefined): boolean => c === undefined || c === " " || c === "\n" || c === "\t" || c === "\r";

/** Whether the text up to `at`, which is a full stop, ends in an abbreviation or an initial. */
function isAbbreviation(text: string, at: number): boolean {
	let start = at;
	while (start > 0 && !isSpace(text[start - 1]))
		start--;
	const word = text.slice(start, at).replace(/^[("']+/, "");
	return (word.length === 1 && word !== "I") || ABBREVIATIONS.includes(word.toLowerCase());
}

/** Sentences with their marks, without the spaces around them; an empty line ends one too. */
export function sentences(text: string): string[] {
	const out: string[] = [];
	let start = 0;
	const cut = (end: number): void => {
		const sentence = text.slice(start, end).trim();
		if (sentence)
			out.push(sentence);
		start = end;
	};
	for (let i = 0; i < text.length; i++) {
		const c = text[i]!;
		if (c === "\n" && text[i + 1] === "\n")
			cut(i + 1);
		else if (c === "." || c === "!" || c === "?") {
			let end = i + 1;
			while (end < text.length && "\"')”’".includes(text[end]!))
				end++;
			// Decimal points and names.like.this have no space behind them.
			if (isSpace(text[end]) && !(c === "." && isAbbreviation(text, i)))
				cut(end);
		}
	}
	cut(text.length);
	return out;
}

/**
 * Sentences in a row, together `most` characters at most; a longer sentence is cut between words. Nothing is lost but spaces.
 * @param most 40 or more
 */
export function chunks(text: string, most: number): string[] {
	const out: string[] = [];
	let chunk = "";
	const add = (piece: string): void => {
		if (chunk && chunk.length + 1 + piece.length > most) {
			out.push(chunk);
			chunk = "";
		}
		chunk = chunk ? `${chunk} ${piece}` : piece;
	};
	for (const sentence of sentences(text)) {
		let rest = sentence;
		while (rest.length > most) {
			const space = rest.lastIndexOf(" ", most);
			const end = space > most / 2 ? space : most;
			add(rest.slice(0, end));
			rest = rest.slice(end).trim();
		}
		if (rest)
			add(rest);
	}
	if (chunk)
		out.push(chunk);
	return out;
}
