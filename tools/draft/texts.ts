/** What a model says when it is let talk: the texts that a draft table is distilled from. */

import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { Session } from "../cli/session.ts";

export interface SpokenText {
	/** The whole sequence, from the begin token on. */
	ids: number[];
	/** What the model thinks likeliest behind each of them but the last. */
	likeliest: number[];
}

/** How texts go on behind their wild beginnings: as people use the model, safer and wilder. */
const MANNERS: readonly Partial<InferenceConfig>[] = [{}, { greedy: true }, { temperature: 1, topP: 0.95 }];
/** Tokens that a beginning has at most: the likeliest one would be the same in every text. */
const BEGINNING = 24;
const LENGTH = 256;

/**
 * Texts of `tokens` tokens together, the same for the same seed.
 * @param bos the token that texts begin with
 * @param context positions that the model has
 */
export async function* spokenTexts(session: Session, { bos, context, tokens, seed }: { bos: number; context: number; tokens: number; seed: number }): AsyncGenerator<SpokenText> {
	for (let i = 0, count = 0; count < tokens; i++) {
		const say = async (ids: number[], config: Partial<InferenceConfig>): Promise<number[]> =>
			[...ids, ...(await session.request<{ tokens: number[] }>({ do: "generate", ids, config: { ...config, seed: seed + i } })).tokens];
		const began = await say([bos], { temperature: 1.5, topP: 1, maxTokens: Math.min(1 + (i * 7 + (i >> 4)) % BEGINNING, context - 2) });
		const ids = (await say(began, { ...MANNERS[i % MANNERS.length]!, maxTokens: Math.min(LENGTH, context - began.length) })).slice(0, context + 1);
		if (ids.length < 2)
			continue;
		const { top1 } = await session.request<{ top1: number[] }>({ do: "score", ids });
		count += top1.length;
		yield { ids, likeliest: top1 };
	}
}
