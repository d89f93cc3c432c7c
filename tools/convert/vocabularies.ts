/** Vocabularies of other formats, as pieces and scores: GGUF's of Llama, Hugging Face's tokenizer.json. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { TokenizerOptions } from "ruvllm-esp32/engine/tokenizer-section";
import type { GgufFile } from "./gguf.ts";

export interface Vocabulary {
	pieces: Uint8Array[];
	scores: number[];
	options?: TokenizerOptions;
}

/** Below what merges: such pieces come only from bytes and by their ids. */
const NEVER = -1e11;
const MOST = 65535;

const fail = (sentence: string): never => {
	throw new RuvllmError("TOKENIZER_FORMAT", sentence);
};

/** SentencePiece writes spaces as U+2581. */
const bytesOf = (piece: string): Uint8Array => new TextEncoder().encode(piece.replaceAll("\u2581", " "));

/** @throws RuvllmError TOKENIZER_FORMAT for other kinds than Llama's SentencePiece */
export function ggufVocabulary({ metadata }: GgufFile): Vocabulary {
	const kind = metadata.get("tokenizer.ggml.model");
	if (kind !== "llama")
		fail(`tokenizer.ggml.model is ${String(kind)}; only llama (SentencePiece with scores) is run: give --tokenizer with another form of it`);
	const list = <T>(key: string, type: string): T[] => {
		const value = metadata.get(`tokenizer.ggml.${key}`);
		if (!Array.isArray(value) || value.some((item) => typeof item !== type))
			return fail(`the metadata lack tokenizer.ggml.${key}`);
		return value as T[];
	};
	const tokens = list<string>("tokens", "string"), scores = list<number>("scores", "number"), types = list<number>("token_type", "number");
	if (tokens.length > MOST || scores.length !== tokens.length || types.length !== tokens.length)
		fail(`the vocabulary has ${tokens.length} tokens, ${scores.length} scores and ${types.length} types`);
	const id = (key: string): number | null => {
		const value = metadata.get(`tokenizer.ggml.${key}`);
		return typeof value === "number" && value < tokens.length ? value : null;
	};
	// Types: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.
	const byteBase = types.indexOf(6);
	return {
		pieces: tokens.map(bytesOf), scores: scores.map((score, i) => types[i] === 1 ? score : NEVER),
		options: {
			bos: id("bos_token_id"), eos: id("eos_token_id"), unknown: id("unknown_token_id") ?? (types.indexOf(2) >= 0 ? types.indexOf(2) : null),
			...(byteBase >= 0 && { byteBase }), addDummyPrefix: metadata.get("tokenizer.ggml.add_space_prefix") !== false,
		},
	};
}

interface HuggingFace {
	model?: { type?: string; vocab?: Record<string, number>; merges?: (string | [string, string])[]; byte_fallback?: boolean; unk_token?: string | null };
	added_tokens?: { id: number; content: string; special?: boolean }[];
	pre_tokenizer?: { type?: string } | null;
	normalizer?: unknown;
}

/** @throws RuvllmError TOKENIZER_FORMAT for other kinds than BPE with byte fallback */
export function huggingFaceVocabulary(text: string): Vocabulary {
	let file: HuggingFace;
	try {
		file = JSON.parse(text) as HuggingFace;
	}
	catch {
		return fail("tokenizer.json is no JSON");
	}
	const { model } = file ?? {};
	if (model?.type !== "BPE" || typeof model.vocab !== "object" || model.vocab === null || !Array.isArray(model.merges))
		return fail("tokenizer.json has no BPE model; only Llama's kind (BPE of SentencePiece, with byte fallback) is run");
	if (!model.byte_fallback || file.pre_tokenizer?.type === "ByteLevel")
		return fail("the tokenizer works on bytes (ByteLevel), not on SentencePiece's characters with byte fallback; it is not run");
	const pieces: string[] = [];
	const put = (id: number, piece: string): void => {
		if (!Number.isInteger(id) || id < 0 || id >= MOST)
			fail(`the token "${piece}" has the id ${id}`);
		pieces[id] = piece;
	};
	for (const [piece, id] of Object.entries(model.vocab))
		put(id, piece);
	for (const { id, content } of file.added_tokens ?? [])
		put(id, content);
	for (let id = 0; id < pieces.length; id++)
		if (typeof pieces[id] !== "string")
			fail(`no token has the id ${id}`);
	// A piece merges as early as the first merge that makes it.
	const rank = new Map<string, number>();
	model.merges.forEach((merge, i) => {
		const [left, right] = typeof merge === "string" ? merge.split(" ") as [string, string] : merge;
		if (typeof left !== "string" || typeof right !== "string")
			fail(`merge ${i} is no pair`);
		if (!rank.has(left + right))
			rank.set(left + right, i);
	});
	const idOf = (...names: string[]): number | null => {
		const found = names.map((name) => pieces.indexOf(name)).find((id) => id >= 0);
		return found ?? null;
	};
	const byteBase = pieces.indexOf("<0x00>");
	const prefix = JSON.stringify(file.normalizer ?? "").includes("Prepend") || JSON.stringify(file.pre_tokenizer ?? "").includes("Metaspace");
	return {
		pieces: pieces.map(bytesOf), scores: pieces.map((piece) => rank.has(piece) ? -rank.get(piece)! : NEVER),
		options: { bos: idOf("<s>", "<|begin_of_text|>"), eos: idOf("</s>", "<|end_of_text|>", "<|endoftext|>"), unknown: idOf(model.unk_token ?? "<unk>", "<unk>"), ...(byteBase >= 0 && { byteBase }), addDummyPrefix: prefix },
	};
}
