/**
 * Answers that a home model wrote as a text, perhaps on another board, read without the model: symbols are characters, words are
 * words. HomeCommands.prompt makes what it answers.
 */

import { itemParts, type Part } from "ruvllm-esp32/engine/home/encode";
import { type Action, AnswerWalk } from "ruvllm-esp32/engine/home/grammar";
import type { Home } from "ruvllm-esp32/engine/home/home";
import { link, MOST_WORDS } from "ruvllm-esp32/engine/home/linker";
import { FIRST_CHARACTER, symbol, SYMBOLS } from "ruvllm-esp32/engine/home/symbols";
import { words } from "ruvllm-esp32/engine/home/words";

/** The character that ends an answer: the stop text of whoever generates one. */
export const END = String.fromCharCode(FIRST_CHARACTER + symbol("end"));

/** More parts than an answer has with any sentence. */
const MOST_PARTS = 4 * MOST_WORDS;

function partsOf(text: string): Part[] {
	const out: Part[] = [];
	let start = 0;
	for (let at = 0; at <= text.length && out.length < MOST_PARTS; at++) {
		const index = at < text.length ? text.charCodeAt(at) - FIRST_CHARACTER : 0;
		if (index < 0 || index >= SYMBOLS.length)
			continue;
		for (const word of words(text.slice(start, at)))
			out.push(word.text);
		if (at < text.length)
			out.push(index);
		start = at + 1;
	}
	return out;
}

/**
 * @param text what the model wrote, with or without END and what follows it
 * @param sentence that it answers
 * @returns the action; undefined for what the grammar of answers to this sentence does not know: nothing held the model to it
 */
export function readAnswer(text: string, sentence: string, home: Home, here?: string): Action | undefined {
	if (words(sentence).length > MOST_WORDS)
		return undefined;
	const linked = link(sentence, home, here), ids = new Map<Part, number>();
	const idOf = (part: Part): number => typeof part === "number" ? part : ids.get(part) ?? ids.set(part, SYMBOLS.length + ids.size).get(part)!;
	const walk = new AnswerWalk(linked, itemParts(linked).map((item) => item.map(idOf)), (index) => index);
	for (const part of [...partsOf(text), symbol("end")]) {
		const id = idOf(part);
		if (!walk.allowed().includes(id))
			return undefined;
		walk.take(id);
		if (walk.ended)
			return walk.action;
	}
	return undefined;
}

/** For people: symbols by their names, as "intent:HassTurnOff slot:area area#1". */
export const spelled = (text: string): string => partsOf(text).map((part) => typeof part === "number" ? SYMBOLS[part]! : part).join(" ");
