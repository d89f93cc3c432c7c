/** The line of figures under a generated text. */

import type { GenerationResult, MemoryBudget, ModelMetadata, ModelShape } from "ruvllm-esp32/engine";

/** What the firmware says of itself ("info"). */
export interface Info {
	host: string;
	variant: string;
	/** That multiply. */
	cores: number;
	metadata: ModelMetadata;
	shape: ModelShape;
	parameters: number;
	contextLength: number;
	budget: MemoryBudget;
	heap: { slotsUsed: number; slotsSize: number; chunksUsed: number; chunksSize: number; collections: number };
	tokenizer: { bos: number; eos: number; vocabSize: number };
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`;

export function statistics(result: GenerationResult, info: Info, seed: number): string {
	const rest = result.tokens.length - 1;
	const speed = rest > 0 && result.microseconds > 0 ? `${Math.round(rest / result.microseconds * 1e6)} tok/s` : "- tok/s";
	return `[measured on ${info.host}: ${result.tokens.length} tokens, ${speed}, first after ${(result.firstTokenMicroseconds / 1000).toFixed(2)} ms; `
		+ `RAM ${kilobytes(info.budget.ram.total)} + XS ${kilobytes(info.heap.slotsUsed + info.heap.chunksUsed)}, flash ${kilobytes(info.budget.flash)}; seed ${seed}; ended by ${result.stopReason}]`;
}
