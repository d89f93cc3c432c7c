/** Texts that the content router has not seen, and what is simpler or larger than it. */

import { dataFile } from "../../../tools/bench/program.ts";
import { Chooser } from "../../../tools/train/home/random.ts";
import { generatedTexts, openings, splitByWords, type Text, wordsOf } from "../../../tools/train/router/texts.ts";

const SEED = 2, COUNT = 6000;

/** Training's own texts, and tests: its words kept aside, and people's sentences where the data are. */
export async function textSets(data: string): Promise<{ train: Text[]; tests: Record<string, Text[]> }> {
	const { train, test } = splitByWords(await generatedTexts(COUNT, SEED)), tests: Record<string, Text[]> = { "texts with words kept aside": test };
	const stories = dataFile(data, "tinystories/dev_v2_131KB.txt"), home = dataFile(data, "homeassistant/sentences_en.json"), hwu = dataFile(data, "hwu64/train.tsv");
	if (stories && home && hwu) {
		const random = new Chooser(5), told = random.some(stories.toString("utf8").split("<|endoftext|>").flatMap((story) => openings(story.trim(), random)), 800);
		const assistant = [...new Set(sentencesIn(JSON.parse(home.toString("utf8"))))];
		const iot = hwu.toString("utf8").split("\n").map((line) => line.split("\t")).filter((row) => row[1] === "iot").map((row) => row[3]!);
		const set = (commands: readonly string[]): Text[] => [...random.some(told, commands.length).map((text): Text => ({ text, expert: 0 })), ...commands.map((text): Text => ({ text, expert: 1 }))];
		tests["TinyStories and Home Assistant's sentences"] = set(random.some(assistant, 800));
		tests["TinyStories and hwu64's commands for devices"] = set(random.some(iot, 800));
	}
	return { train, tests };
}

/** Strings below keys named "sentences". */
function sentencesIn(value: unknown, named = false): string[] {
	if (typeof value === "string")
		return named ? [value] : [];
	if (Array.isArray(value))
		return value.flatMap((one) => sentencesIn(one, named));
	return value && typeof value === "object" ? Object.entries(value).flatMap(([key, one]) => sentencesIn(one, key === "sentences" || key === "sentence")) : [];
}

/** Words that somebody would write down. */
const KEYWORDS = /\b(turn|switch|set|light|lights|lamp|timer|open|close|lock|unlock|volume|temperature|play|pause|start|stop|add|list|dim|brightness|fan|door|is|are|what|how|show|tell|increase|decrease|please)\b/;
const bucket = (word: string, buckets: number): number => {
	let h = 0x811c9dc5;
	for (const c of word)
		h = Math.imul(h ^ c.charCodeAt(0), 16777619);
	return (h ^ h >>> 15) >>> 0 & buckets - 1;
};

/** A perceptron on hashed words, averaged, 10 passes; a byte for each weight would do. */
const perceptron = (buckets: number) => (train: readonly Text[]): ((text: string) => number) => {
	const weights = new Float64Array(buckets + 1), sums = new Float64Array(buckets + 1), ids = train.map(({ text }) => [...wordsOf(text).map((word) => bucket(word, buckets)), buckets]);
	const score = (list: readonly number[], by: Float64Array): number => list.reduce((sum, id) => sum + by[id]!, 0);
	for (let pass = 0; pass < 10; pass++)
		train.forEach(({ expert }, i) => {
			if ((score(ids[i]!, weights) > 0 ? 1 : 0) !== expert)
				ids[i]!.forEach((id) => weights[id]! += expert ? 1 : -1);
			weights.forEach((w, k) => sums[k]! += w);
		});
	return (text) => score([...wordsOf(text).map((word) => bucket(word, buckets)), buckets], sums) > 0 ? 1 : 0;
};

export const BASELINES: Record<string, (train: readonly Text[]) => (text: string) => number> = {
	"a list of 33 keywords": () => (text) => KEYWORDS.test(text.toLowerCase()) ? 1 : 0,
	"perceptron on 128 hashed words": perceptron(128),
	"perceptron on 4,096 hashed words": perceptron(4096),
};
