/** Home Assistant's own test sentences (home-assistant/intents, CC BY 4.0), with the answers that they expect. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WantedAction } from "ruvllm-esp32/engine/home/encode";
import type { HomeConfig } from "ruvllm-esp32/engine/home/home";
import { type Intent, INTENTS } from "ruvllm-esp32/engine/home/symbols";

/** A sentence, where it was said, and what it means. */
export interface Example {
	sentence: string;
	here?: string;
	wanted: WantedAction;
}

export const readHomeConfig = (folder: string): HomeConfig => JSON.parse(readFileSync(join(folder, "fixtures_en.json"), "utf8")) as HomeConfig;

/** Those whose intent is given and known. */
export function readHomeAssistant(folder: string): Example[] {
	const rows = JSON.parse(readFileSync(join(folder, "sentences_en.json"), "utf8")) as {
		sentence: string; intent: string | null; slots: WantedAction["slots"] | null; context: { area?: string } | null;
	}[];
	return rows.filter((row) => row.intent !== null && (INTENTS as readonly string[]).includes(row.intent)).map((row) => ({
		sentence: row.sentence, here: row.context?.area, wanted: { intent: row.intent as Intent, slots: row.slots ?? {} },
	}));
}
