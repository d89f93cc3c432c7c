/** The line of figures under a generated text. */

import { isEmulated } from "./hosts.ts";
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

/** The clock of the ESP32-C3, whose instruction set the emulator has. */
export const CLOCK = 160e6;

export function statistics(result: GenerationResult, info: Info, seed: number): string {
	const emulated = isEmulated(info.host);
	return `[${emulated ? "emulated" : "measured"} on ${info.host}: ${result.tokens.length} tokens, ${emulated ? instructions(result) : speed(result)}; `
		+ `RAM ${kilobytes(info.budget.ram.total)} + XS ${kilobytes(info.heap.slotsUsed + info.heap.chunksUsed)}, flash ${kilobytes(info.budget.flash)}; seed ${seed}; ended by ${result.stopReason}]`;
}

function speed({ tokens, microseconds, firstTokenMicroseconds }: GenerationResult): string {
	const rest = tokens.length - 1;
	return `${rest > 0 && microseconds > 0 ? Math.round(rest / microseconds * 1e6) : "-"} tok/s, first after ${(firstTokenMicroseconds / 1000).toFixed(2)} ms`;
}

/** The emulator's clock goes 1 ns per instruction. */
export const instructionsPerToken = ({ tokens, microseconds }: GenerationResult): number | null =>
	tokens.length > 1 ? Math.round(microseconds * 1000 / (tokens.length - 1)) : null;

function instructions(result: GenerationResult): string {
	const each = instructionsPerToken(result), first = `first after ${(result.firstTokenMicroseconds / 1000).toFixed(1)} M`;
	return each ? `${(each / 1e6).toFixed(2)} M instructions/token, ${first} (projected at ${CLOCK / 1e6} MHz, one a cycle: ${Math.round(CLOCK / each)} tok/s)` : first;
}
