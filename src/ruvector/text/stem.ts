/**
 * The stem of an English word, so that "defeated", "defeats" and "defeat" are found by each other. Lighter than Porter's
 * (1980): plurals, -ed, -ing, a last e and a doubled letter go, and y becomes i. Derived words ("-tion", "-ment") stay apart, since
 * taking their endings off found fewer passages (docs/embedding.md).
 */

const DOUBLED = "bdgklmnprt";

/** @param word as `words` gives it */
export function stem(word: string): string {
	let w = word;
	if (w.length > 4 && w.endsWith("ies"))
		w = `${w.slice(0, -3)}y`;
	else if (w.length > 3 && w.endsWith("s") && !w.endsWith("ss") && !w.endsWith("us") && !w.endsWith("is"))
		w = w.slice(0, -1);
	if (w.length > 5 && w.endsWith("ing"))
		w = w.slice(0, -3);
	else if (w.length > 4 && w.endsWith("ed"))
		w = w.slice(0, -2);
	if (w.length > 3 && w.endsWith("e"))
		w = w.slice(0, -1);
	if (w.length > 4 && w.at(-1) === w.at(-2) && DOUBLED.includes(w.at(-1)!))
		w = w.slice(0, -1);
	if (w.length > 3 && w.endsWith("y"))
		w = `${w.slice(0, -1)}i`;
	return w;
}
