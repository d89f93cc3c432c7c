/** Settings of SemanticMemory. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface MemoryConfig {
	/** Memories at most: 1 to 4096. */
	capacity: number;
	/** Bytes of a text: 16 to 1024. */
	textBytes: number;
	/** Seconds in which an episode that is not recalled fades to a half. */
	episodeHalfLife: number;
	/** What the cosine of embeddings adds, see RagConfig. */
	vectorWeight: number;
	/** Of the store in memory, when no other is given. */
	storeBytes: number;
}

const DEFAULTS: MemoryConfig = { capacity: 128, textBytes: 160, episodeHalfLife: 7 * 86400, vectorWeight: 256, storeBytes: 16384 };
const LIMITS: Record<keyof MemoryConfig, [number, number]> = {
	capacity: [1, 4096], textBytes: [16, 1024], episodeHalfLife: [1, 2 ** 31 - 1], vectorWeight: [0, 4096], storeBytes: [64, 2 ** 31 - 1],
};

/** @throws RuvllmError MEMORY_CONFIG naming the setting */
export function completeMemory(config: Partial<MemoryConfig>): MemoryConfig {
	const complete = { ...DEFAULTS, ...config };
	for (const name in LIMITS) {
		const [low, high] = LIMITS[name as keyof MemoryConfig], value = complete[name as keyof MemoryConfig];
		if (!Number.isInteger(value) || value < low || value > high)
			throw new RuvllmError("MEMORY_CONFIG", `${name} is ${value}, and must be an integer from ${low} to ${high}`);
	}
	return complete;
}
