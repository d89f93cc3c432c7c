/** Reads how a text points at things: at all of them, at one, at what was named before, at this room. */

import { spell } from "ruvllm-esp32/ruvector/voice/home-index";
import type { VoiceAction } from "ruvllm-esp32/ruvector/voice/types";
import { ACTIONS, ALL, BOTH, COMMON, EVERYWHERE, HERE, IT, NO_IT, type Noun, NOUNS, ORDINALS, OTHER, QUESTIONS } from "ruvllm-esp32/ruvector/voice/words";

export interface Mention {
	/** As HomeIndex spells. */
	text: string;
	here: boolean;
	everywhere: boolean;
	/** "all the lights", or "the lights". */
	all: boolean;
	plural: boolean;
	it: boolean;
	other: boolean;
	/** Of a choice: 0 is the first; -1: none was named. */
	ordinal: number;
	/** Words that a name may have. */
	words: readonly string[];
	noun: Noun | undefined;
	/** As it was said; "" without noun. */
	nounWord: string;
	action: VoiceAction | undefined;
}

export function readMention(said: string): Mention {
	const text = spell(said), has = (runs: readonly string[]): boolean => runs.some((run) => text.includes(run));
	const list = text.trim().split(" ");
	// The last noun counts: "the living room light switch". "Light this room up" and "lock it" have none.
	let nounWord = "";
	list.forEach((word, i) => {
		const verb = (i === 0 || list[i - 1] === "please") && (ACTIONS.has(word) || (word === "light" && has([" up "])));
		if (NOUNS.has(word) && !verb)
			nounWord = word;
	});
	const here = has(HERE), both = has(BOTH), everywhere = has(EVERYWHERE) && !here, noun = NOUNS.get(nounWord), domain = noun?.domain ?? "", domains = `${domain}s`;
	return {
		text, here, everywhere, all: has(ALL), plural: (noun?.plural ?? false) || both,
		words: list.filter((word) => word.length > 1 && !COMMON.has(word) && !ACTIONS.has(word) && word !== domain && word !== domains), it: !noun && !here && !everywhere && has(IT) && !has(NO_IT), other: has(OTHER),
		ordinal: ORDINALS.findIndex((word) => text.includes(word)), noun, nounWord,
		action: QUESTIONS.includes(list[0]!) && !has([" turn ", " switch "]) ? "get" : ACTIONS.get(list.find((word) => ACTIONS.has(word)) ?? ""),
	};
}
