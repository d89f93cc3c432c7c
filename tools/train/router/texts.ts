/**
 * Texts for the content router: how stories begin and go on, told by the stories model, and commands for homes, from the grammar that the home model
 * learns from. All are made here, from a seed. What a test has, training has not: an eighth of all rarer words, by their hash, are the test's.
 */

import type { HomeConfig } from "ruvllm-esp32/engine/home/home";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hash as plain, spread } from "ruvllm-esp32/ruvector/text/hash";
import { packageRoot } from "../../build/paths.ts";
import { runProgram } from "../../bench/program.ts";
import { randomHome } from "../home/homes.ts";
import { DEVICES, PARTS, type Phrase } from "../home/phrases.ts";
import { SERVICES } from "../home/phrases-media.ts";
import { STATES } from "../home/phrases-state.ts";
import { Chooser } from "../home/random.ts";
import { expand } from "../home/template.ts";
import { draw, type Value } from "../home/values.ts";

const hash = (word: string): number => spread(plain(word));

/** Experts, in the order of the file's rows. */
export const EXPERTS = ["stories", "home"] as const;

export interface Text {
	text: string;
	/** Of EXPERTS. */
	expert: 0 | 1;
}

export interface Split {
	train: Text[];
	test: Text[];
}

const POOLS = {
	titles: ["The Long Road", "Blue Monday", "Morning Show"], items: ["paper towels", "a new broom", "peaches"], sentences: ["the bus is late", "we need more time", "the game begins"],
	words: ["paper", "glass", "battery", "ticket", "orange", "candle", "marker", "blanket"],
};
const PHRASES = [...DEVICES, ...SERVICES, ...STATES], BEFORE = ["please ", "can you ", "could you ", "hey ", "i want you to "], BEHIND = [" please", " for me", " now", " thanks"];
/** Words that many texts have belong to both parts. */
const COMMON = 0.004;

function command(random: Chooser, homes: readonly HomeConfig[], phrases: readonly Phrase[]): string | undefined {
	const phrase = random.pick(phrases), pattern = random.pick(phrase.patterns), own = phrase.values ? random.pick(phrase.values) : {}, home = random.pick(homes);
	const values: Record<string, Value> = {}, used = new Set<number>();
	for (const [, key] of pattern.matchAll(/\{([^}]+)\}/g)) {
		const value = key! in own ? { said: expand(String(own[key!]), PARTS, {}, random), means: own[key!]! } : draw(key!, home, POOLS, random, used, () => "turn on the lights");
		if (!value)
			return undefined;
		values[key!] = value;
	}
	const said = expand(pattern, PARTS, Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.said])), random);
	return (random.chance(0.2) ? random.pick(BEFORE) : "") + said + (random.chance(0.1) ? random.pick(BEHIND) : "");
}

/** From the beginning of a sentence on, 3 to 14 words. */
export function openings(story: string, random: Chooser): string[] {
	const sentences = story.split(/(?<=[.!?]["”]?)\s+/).slice(0, -1);
	return sentences.map((_, i) => sentences.slice(i).join(" ").split(/\s+/).slice(0, 3 + random.below(12)).join(" ")).filter((text) => text.split(" ").length >= 3);
}

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9']+/g) ?? [];

/** `count` of each kind, different from one another. */
export async function generatedTexts(count: number, seed: number): Promise<Text[]> {
	const random = new Chooser(seed), homes = Array.from({ length: 200 }, () => randomHome(random)), commands = new Set<string>(), stories = new Set<string>();
	while (commands.size < count) {
		const said = command(random, homes, PHRASES);
		if (said)
			commands.add(said);
	}
	const assets = new Map([["stories.ruvm", new Uint8Array(readFileSync(join(packageRoot, "models", "stories.ruvm")))]]);
	for (let at = 0; stories.size < count; at += 400)
		for (const [story] of await runProgram<[string]>("tools/train/router/story-program.ts", { assets, args: ["count=400", `seed=${seed * 100000 + at}`] }))
			openings(story!, random).forEach((text) => stories.add(text));
	return random.shuffle([...[...stories].slice(0, count).map((text): Text => ({ text, expert: 0 })), ...[...commands].map((text): Text => ({ text, expert: 1 }))]);
}

/** Texts with a word of the test's are the test's. */
export function splitByWords(texts: readonly Text[]): Split {
	const found = new Map<string, number>();
	for (const { text } of texts)
		for (const word of new Set(wordsOf(text)))
			found.set(word, (found.get(word) ?? 0) + 1);
	const isTests = (word: string): boolean => found.get(word)! < COMMON * texts.length && hash(word) % 8 === 0;
	return { train: texts.filter(({ text }) => !wordsOf(text).some(isTests)), test: texts.filter(({ text }) => wordsOf(text).some(isTests)) };
}
