/** Settings of MicroRAG. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface RagConfig {
	/** Chunks at most: 1 to 65,535. */
	capacity: number;
	/** Letters of a chunk: 40 to 3000. Longer ones find as well; shorter ones suit small models. */
	chunkBytes: number;
	/** Chunks that are looked at closely, with n-grams: 4 to 16. */
	candidates: number;
	/** What n-grams add to a score, of 256: 0 to 4096. */
	gramWeight: number;
	/** What the cosine of embeddings adds, of 256, times 16 bits: 0 to 4096. */
	vectorWeight: number;
	/** Confidence from which an answer is given: 0 to 256. */
	threshold: number;
	/** Of the store in memory, when no other is given. */
	storeBytes: number;
}

const DEFAULTS: RagConfig = { capacity: 256, chunkBytes: 600, candidates: 16, gramWeight: 77, vectorWeight: 256, threshold: 108, storeBytes: 32768 };
const LIMITS: Record<keyof RagConfig, [number, number]> = {
	capacity: [1, 65535], chunkBytes: [40, 3000], candidates: [4, 16], gramWeight: [0, 4096], vectorWeight: [0, 4096], threshold: [0, 256], storeBytes: [64, 2 ** 31 - 1],
};

/** @throws RuvllmError RAG_CONFIG naming the setting */
export function completeRag(config: Partial<RagConfig>): RagConfig {
	const complete = { ...DEFAULTS, ...config };
	for (const name in LIMITS) {
		const [low, high] = LIMITS[name as keyof RagConfig], value = complete[name as keyof RagConfig];
		if (!Number.isInteger(value) || value < low || value > high)
			throw new RuvllmError("RAG_CONFIG", `${name} is ${value}, and must be an integer from ${low} to ${high}`);
	}
	return complete;
}
