/**
 * From texts to a table of n-grams: which contexts are worth an entry. A tree of contexts, each a token longer than its
 * parent, is pruned as decision trees are (Breiman et al. 1984, cost and complexity): an entry stays where it gets at least
 * `price` more tokens right than the shorter context that would decide without it, counting only texts that no longer entry decides.
 */

import { DRAFT_SURE, type NgramEntry } from "ruvllm-esp32/engine/draft/ngram-file";
import type { SpokenText } from "./texts.ts";

export interface LearnedTable {
	entries: NgramEntry[];
	fallback: { token: number; confidence: number };
	/** Tokens that an entry has to get right, in halves. */
	price: number;
}

/** What a text's token counts as: what the model thinks likeliest, and what it said. */
const LIKELIEST = 2, SAID = 1;
/** Contexts that came up less often are noise. */
const LEAST = 3;
const ROUNDS = 4, STEPS = 12;

/** The contexts of all texts, as a tree; and how often what followed each, as lists of (token, weight) one behind another. */
class Contexts {
	/** By node: the node without its oldest token, that token, and how long it is. Parents come before their children. */
	readonly parent = [-1];
	readonly oldest = [-1];
	readonly depth = [0];
	/** By node: where its list begins; one more behind. */
	readonly first: Int32Array;
	readonly tokens: Uint16Array;
	/** What was seen: the longest node, the place of its token in the lists of it and of all shorter ones, and a weight. */
	readonly seen: { node: Int32Array; places: Int32Array[]; weight: Int32Array };

	constructor(texts: readonly SpokenText[], order: number, vocabSize: number) {
		const total = texts.reduce((sum, { likeliest }) => sum + likeliest.length, 0);
		const node = new Int32Array(total);
		let current = new Int32Array(total);
		for (let n = 1; n <= order; n++) {
			current = this.#extend(texts, current, n, vocabSize);
			for (let i = 0; i < total; i++)
				if (current[i]! >= 0)
					node[i] = current[i]!;
		}
		this.seen = this.#collect(texts, node, vocabSize);
		[this.first, this.tokens] = this.#lists(order, vocabSize);
	}

	/** Nodes of n tokens, for each position; -1 where that context is rare. */
	#extend(texts: readonly SpokenText[], shorter: Int32Array, n: number, vocabSize: number): Int32Array<ArrayBuffer> {
		const keys = new Float64Array(shorter.length).fill(-1), counts = new Map<number, number>(), nodes = new Map<number, number>(), out = new Int32Array(shorter.length).fill(-1);
		let at = 0;
		for (const { ids, likeliest } of texts)
			for (let i = 0; i < likeliest.length; i++, at++)
				if (shorter[at]! >= 0 && i >= n - 1) {
					keys[at] = shorter[at]! * vocabSize + ids[i - n + 1]!;
					counts.set(keys[at]!, (counts.get(keys[at]!) ?? 0) + 1);
				}
		for (let i = 0; i < keys.length; i++) {
			const key = keys[i]!;
			if (key < 0 || counts.get(key)! < LEAST)
				continue;
			let node = nodes.get(key);
			if (node === undefined) {
				nodes.set(key, node = this.parent.length);
				this.parent.push(shorter[i]!);
				this.oldest.push(key % vocabSize);
				this.depth.push(n);
			}
			out[i] = node;
		}
		return out;
	}

	/** Equal ones together. */
	#collect(texts: readonly SpokenText[], node: Int32Array, vocabSize: number): Contexts["seen"] {
		const weights = new Map<number, number>();
		const add = (key: number, weight: number): void => { weights.set(key, (weights.get(key) ?? 0) + weight); };
		let at = 0;
		for (const { ids, likeliest } of texts)
			for (let i = 0; i < likeliest.length; i++, at++) {
				add(node[at]! * vocabSize + likeliest[i]!, LIKELIEST);
				add(node[at]! * vocabSize + ids[i + 1]!, SAID);
			}
		const keys = [...weights.keys()];
		return { node: Int32Array.from(keys, (key) => Math.floor(key / vocabSize)), places: [Int32Array.from(keys, (key) => key % vocabSize)], weight: Int32Array.from(weights.values()) };
	}

	#lists(order: number, vocabSize: number): [Int32Array, Uint16Array] {
		const { node, places, weight } = this.seen, token = places[0]!, count = weight.length, keys = new Map<number, number>();
		const byLevel = Array.from({ length: order + 1 }, () => new Int32Array(count).fill(-1));
		for (let s = 0; s < count; s++)
			for (let v = node[s]!; v >= 0; v = this.parent[v]!) {
				const key = v * vocabSize + token[s]!;
				let place = keys.get(key);
				if (place === undefined)
					keys.set(key, place = keys.size);
				byLevel[this.depth[v]!]![s] = place;
			}
		// In the order of nodes, then of tokens.
		const sorted = Float64Array.from(keys.keys()).sort(), first = new Int32Array(this.parent.length + 1), tokens = new Uint16Array(sorted.length), moved = new Int32Array(sorted.length);
		sorted.forEach((key, at) => {
			first[Math.floor(key / vocabSize) + 1] = at + 1;
			tokens[at] = key % vocabSize;
			moved[keys.get(key)!] = at;
		});
		for (let v = 1; v < first.length; v++)
			first[v] = Math.max(first[v]!, first[v - 1]!);
		this.seen.places = byLevel.map((list) => list.map((place) => place < 0 ? -1 : moved[place]!));
		return [first, tokens];
	}
}

/** Which nodes are entries at a price. */
class Selection {
	readonly kept: Uint8Array;
	readonly best: Int32Array;
	readonly share: Uint8Array;
	count = 0;
	readonly #contexts: Contexts;
	readonly #weights: Int32Array;

	constructor(contexts: Contexts, price: number) {
		const nodes = contexts.parent.length;
		this.#contexts = contexts;
		this.kept = new Uint8Array(nodes);
		this.best = new Int32Array(nodes);
		this.share = new Uint8Array(nodes);
		this.#weights = new Int32Array(contexts.tokens.length);
		this.kept[0] = 1;
		// At first nothing decides: every context counts whole. Then what longer entries decide counts there alone.
		for (let round = 0; round < ROUNDS; round++) {
			this.#weigh(round > 0);
			this.#choose(price);
		}
	}

	#weigh(decided: boolean): void {
		const { seen: { node, places, weight }, parent, depth } = this.#contexts;
		this.#weights.fill(0);
		for (let s = 0; s < weight.length; s++) {
			let v = node[s]!;
			while (decided && !this.kept[v])
				v = parent[v]!;
			for (let n = decided ? depth[v]! : 0; n <= depth[node[s]!]!; n++)
				this.#weights[places[n]![s]!]! += weight[s]!;
		}
	}

	#choose(price: number): void {
		const { first, tokens, parent } = this.#contexts, inherited = new Int32Array(parent.length).fill(-1);
		this.count = 0;
		for (let v = 0; v < parent.length; v++) {
			const before = v ? inherited[parent[v]!]! : -1;
			let best = -1, most = 0, all = 0, without = 0;
			for (let i = first[v]!; i < first[v + 1]!; i++) {
				const weight = this.#weights[i]!;
				all += weight;
				if (tokens[i] === before)
					without = weight;
				if (weight > most) {
					most = weight;
					best = tokens[i]!;
				}
			}
			const keep = v === 0 || (best >= 0 && best !== before && most - without >= price);
			this.kept[v] = keep ? 1 : 0;
			inherited[v] = keep && best >= 0 ? best : before;
			if (!keep)
				continue;
			this.best[v] = inherited[v]!;
			this.share[v] = all ? Math.min(DRAFT_SURE, Math.floor(16 * most / all)) : 0;
			this.count += v ? 1 : 0;
		}
	}
}

/** The most useful `entries` at most, of contexts to `order` tokens. Deterministic. */
export function learnTable(texts: readonly SpokenText[], { entries, order, vocabSize }: { entries: number; order: number; vocabSize: number }): LearnedTable {
	const contexts = new Contexts(texts, order, vocabSize);
	let low = 1, high = 1 << STEPS, chosen: Selection | undefined, price = high;
	while (low < high) {
		const middle = low + high >> 1, selection = new Selection(contexts, middle);
		if (selection.count <= entries) {
			high = price = middle;
			chosen = selection;
		}
		else
			low = middle + 1;
	}
	const selection = chosen ?? new Selection(contexts, price), context = (v: number): number[] => {
		const out: number[] = [];
		for (; v > 0; v = contexts.parent[v]!)
			out.unshift(contexts.oldest[v]!);
		return out;
	};
	const list: NgramEntry[] = [];
	for (let v = 1; v < contexts.parent.length; v++)
		if (selection.kept[v])
			list.push({ context: context(v), token: selection.best[v]!, confidence: selection.share[v]! });
	return { entries: list, fallback: { token: selection.best[0]!, confidence: selection.share[0]! }, price };
}
