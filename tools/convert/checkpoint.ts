/** Any checkpoint with its vocabulary, by what the file is. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { BuildError } from "../build/errors.ts";
import type { FloatModel } from "./float-model.ts";
import { GGUF_MAGIC, ggufModel, readGguf } from "./gguf.ts";
import { readLlama2c } from "./llama2c.ts";
import { parseLlama2cTokenizer } from "./llama2c-tokenizer.ts";
import { readSafetensors } from "./safetensors.ts";
import { ggufVocabulary, huggingFaceVocabulary, type Vocabulary } from "./vocabularies.ts";

export interface CheckpointOptions {
	/** tokenizer.bin of llama2.c, tokenizer.json of Hugging Face, or a GGUF file; GGUF needs none, safetensors takes the one beside it. */
	tokenizer?: string;
	/** config.json or params.json; for safetensors, the one beside it by default. */
	config?: string;
}

/** @throws BuildError for files that are not there, RuvllmError CHECKPOINT_*, TOKENIZER_* */
export function readCheckpoint(path: string, options: CheckpointOptions): { model: FloatModel; vocabulary: Vocabulary } {
	const bytes = readInput(path), view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length >= 4 && view.getUint32(0, true) === GGUF_MAGIC) {
		const file = readGguf(bytes), model = ggufModel(file);
		return { model, vocabulary: options.tokenizer ? readVocabulary(options.tokenizer, model) : ggufVocabulary(file) };
	}
	if (path.endsWith(".safetensors")) {
		const model = readSafetensors(bytes, readSettings(options.config ?? beside(path, "--config", "config.json", "params.json")));
		return { model, vocabulary: readVocabulary(options.tokenizer ?? beside(path, "--tokenizer", "tokenizer.json", "tokenizer.bin"), model) };
	}
	if (/\.(pt|pth|bin\.index\.json)$/.test(path))
		throw new BuildError(`${path} holds Python objects, which are not read: save the state dict as safetensors (safetensors.torch.save_file)`);
	const model = readLlama2c(bytes);
	if (!options.tokenizer)
		throw new BuildError("a llama2.c checkpoint has no vocabulary; give --tokenizer with its tokenizer.bin");
	return { model, vocabulary: readVocabulary(options.tokenizer, model) };
}

function readVocabulary(path: string, model: FloatModel): Vocabulary {
	const bytes = readInput(path);
	if (path.endsWith(".json"))
		return sized(huggingFaceVocabulary(new TextDecoder().decode(bytes)), model);
	if (bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) === GGUF_MAGIC)
		return sized(ggufVocabulary(readGguf(bytes)), model);
	return parseLlama2cTokenizer(bytes, model.config.vocabSize);
}

/** Models often have rows for more tokens than the vocabulary names. */
function sized(vocabulary: Vocabulary, { config }: FloatModel): Vocabulary {
	if (vocabulary.pieces.length > config.vocabSize)
		throw new BuildError(`the vocabulary has ${vocabulary.pieces.length} tokens, the model ${config.vocabSize}: they don't belong together`);
	const pieces = [...vocabulary.pieces], scores = [...vocabulary.scores];
	while (pieces.length < config.vocabSize) {
		pieces.push(new TextEncoder().encode(`<unused ${pieces.length}>`));
		scores.push(-1e11);
	}
	return { ...vocabulary, pieces, scores };
}

function beside(path: string, option: string, ...names: string[]): string {
	const found = names.map((name) => join(dirname(path), name)).find((file) => existsSync(file));
	if (!found)
		throw new BuildError(`there is no ${names.join(" or ")} beside ${path}; give ${option}`);
	return found;
}

function readSettings(path: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(readInput(path)));
		if (typeof value === "object" && value !== null)
			return value as Record<string, unknown>;
	}
	catch (error) {
		if (error instanceof BuildError)
			throw error;
	}
	throw new BuildError(`${path} is no JSON object`);
}

function readInput(path: string): Uint8Array {
	if (!existsSync(path) || !statSync(path).isFile())
		throw new BuildError(`there is no file ${path}`);
	const bytes = readFileSync(path);
	if (bytes.length === 0)
		throw new BuildError(`${path} is empty; copy it again`);
	return bytes;
}
