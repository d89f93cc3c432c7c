/**
 * Reads llama2.c's tokenizer.bin: i32 longest piece, then for each piece f32 score, i32 length, bytes.
 * Format: karpathy/llama2.c, tokenizer.py (export).
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface Llama2cTokenizer {
	/** Bytes of each piece, by id; copies. */
	pieces: Uint8Array[];
	scores: number[];
	maxTokenLength: number;
}

/** A longer piece than this is a damaged file. */
const MAX_LENGTH = 65535;

/**
 * @param vocabSize the file does not hold it: take it from the checkpoint
 * @throws RuvllmError TOKENIZER_VOCABULARY, TOKENIZER_TRUNCATED, TOKENIZER_LENGTH or TOKENIZER_TRAILING
 */
export function parseLlama2cTokenizer(bytes: Uint8Array, vocabSize: number): Llama2cTokenizer {
	if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > 65535)
		throw new RuvllmError("TOKENIZER_VOCABULARY", `a vocabulary has 1 to 65535 pieces, not ${vocabSize}; take the size from the checkpoint`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const need = (end: number, what: string): void => {
		if (end > bytes.length)
			throw new RuvllmError("TOKENIZER_TRUNCATED", `the tokenizer ends inside ${what} (needs ${end} bytes, has ${bytes.length}); is it whole, and does it have ${vocabSize} pieces?`);
	};
	need(4, "its header");
	const maxTokenLength = view.getInt32(0, true);
	if (maxTokenLength < 1 || maxTokenLength > MAX_LENGTH)
		throw new RuvllmError("TOKENIZER_LENGTH", `the longest piece has ${maxTokenLength} bytes; this is not a llama2.c tokenizer, or it is damaged`);

	const pieces: Uint8Array[] = [];
	const scores: number[] = [];
	let at = 4;
	for (let id = 0; id < vocabSize; id++) {
		need(at + 8, `piece ${id}`);
		const score = view.getFloat32(at, true);
		const length = view.getInt32(at + 4, true);
		if (length < 1 || length > maxTokenLength)
			throw new RuvllmError("TOKENIZER_LENGTH", `piece ${id} has ${length} bytes, not 1 to ${maxTokenLength}; the tokenizer is damaged`);
		at += 8;
		need(at + length, `piece ${id}`);
		scores.push(score);
		pieces.push(bytes.slice(at, at + length));
		at += length;
	}
	if (at !== bytes.length)
		throw new RuvllmError("TOKENIZER_TRAILING", `${bytes.length - at} bytes follow piece ${vocabSize - 1}; is this the tokenizer of this model?`);
	return { pieces, scores, maxTokenLength };
}
