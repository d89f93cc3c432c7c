/** What the device knows without its model: small talk by a few examples (IntentClassifier), and what the household told it (MicroRAG). */

import { IntentClassifier, MicroRAG } from "ruvllm-esp32/ruvector";

export interface Recalled {
	/** 0 to 255, as the router takes it: an answer by heart, a passage that answers, or nothing. */
	confidence: number;
	/** By heart, or the passage. */
	answer: string;
}

const ANSWERS: Readonly<Record<string, string>> = { thanks: "You are welcome.", stop: "Stopped.", night: "Good night.", other: "" };
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
	thanks: ["thank you", "thanks a lot", "many thanks", "cheers thank you very much"], stop: ["stop", "be quiet", "stop that please", "shut up"],
	night: ["good night", "sleep well", "good night everyone", "i am going to bed"],
	other: ["turn on the lamp", "set a timer for one hour", "open the blinds", "which key is it", "when does the bus go", "what is the password", "turn the heating off", "where is the ladder"],
};
const KNOWLEDGE = ["The bulb of the kitchen light is a GU10 of 5 watts.", "The grey bin is collected on Tuesday, the green one on Friday."];
const QUESTION = /^(what|when|where|which|who|how|is|are|does|do)\b/;
/** The router looks a sentence up from 96 on and answers at once from 192 on, with some hysteresis: a passage is in between. */
const PASSAGE = 144;

export class DeviceMemory {
	readonly #intents = new IntentClassifier(Object.keys(EXAMPLES), { buckets: 64 });
	readonly #rag = new MicroRAG({ capacity: 8, storeBytes: 4096 });

	constructor() {
		this.#intents.train(Object.entries(EXAMPLES).flatMap(([intent, texts]) => texts.map((text) => ({ text, intent }))), { passes: 12 });
		for (const text of KNOWLEDGE)
			this.#rag.addKnowledge(text);
	}

	recall(sentence: string): Recalled {
		const { likeliest, confidence } = this.#intents.classify(sentence);
		if (likeliest !== "other")
			return { confidence: confidence >> 7, answer: ANSWERS[likeliest]! };
		const found = QUESTION.test(sentence) ? this.#rag.answer(sentence) : undefined;
		return found?.known ? { confidence: PASSAGE, answer: found.text } : { confidence: 0, answer: "" };
	}
}
