/** A command of a home as one board alone writes it: the sentence's tokens, put together word by word. */

import { readFileSync } from "node:fs";
import { END } from "ruvllm-esp32/engine/home/answer";
import { promptParts } from "ruvllm-esp32/engine/home/encode";
import { Home, type HomeConfig } from "ruvllm-esp32/engine/home/home";
import { link } from "ruvllm-esp32/engine/home/linker";
import { FIRST_CHARACTER } from "ruvllm-esp32/engine/home/symbols";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { Session } from "../cli/session.ts";

/** @param session with the home's model @param home a file of JSON */
export async function commandRequest(session: Session, sentence: string, home: string): Promise<{ ids: number[]; config: Partial<InferenceConfig> }> {
	const encode = async (text: string): Promise<number[]> => (await session.request<{ ids: number[] }>({ do: "encode", text })).ids;
	const parts = promptParts(link(sentence, new Home(JSON.parse(readFileSync(home, "utf8")) as HomeConfig))), ids: number[] = [];
	for (const part of parts) {
		const [bos, ...tokens] = await encode(typeof part === "number" ? String.fromCharCode(FIRST_CHARACTER + part) : part);
		// A symbol is the last token of its character; a word may begin with a space.
		ids.push(...ids.length ? [] : [bos!], ...typeof part === "number" ? tokens.slice(-1) : tokens);
	}
	return { ids, config: { greedy: true, stop: [END], maxTokens: 48 } };
}
