/** Plain BM25 (Robertson & Zaragoza 2009) in double precision: what retrieval is held against. */

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** Gives, for a question, the numbers of all documents, best first. */
export function bm25(documents: readonly string[], k1 = 1.2, b = 0.75): (question: string) => number[] {
	const counts = documents.map((text) => {
		const words = wordsOf(text), count = new Map<string, number>();
		for (const word of words)
			count.set(word, (count.get(word) ?? 0) + 1);
		return { length: words.length, count };
	});
	const mean = counts.reduce((sum, { length }) => sum + length, 0) / counts.length;
	return (question) => {
		const scores = counts.map(() => 0);
		for (const word of new Set(wordsOf(question))) {
			const having = counts.filter(({ count }) => count.has(word)).length;
			const idf = Math.log(1 + (counts.length - having + 0.5) / (having + 0.5));
			for (const [i, { length, count }] of counts.entries()) {
				const times = count.get(word) ?? 0;
				scores[i]! += idf * times * (k1 + 1) / (times + k1 * (1 - b + b * length / mean));
			}
		}
		return scores.map((_, i) => i).sort((x, y) => scores[y]! - scores[x]! || x - y);
	};
}
