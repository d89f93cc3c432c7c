/** ruvllm-esp32 draft: a table that says what a model will probably say, for speculative decoding. */

import type { Command } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { type Crc, NGRAM_ENTRIES, NGRAM_ORDER, writeNgrams } from "ruvllm-esp32/engine/draft/ngram-file";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { BuildError } from "../../build/errors.ts";
import { crc32 } from "../../convert/crc32.ts";
import { learnTable } from "../../draft/table.ts";
import { type SpokenText, spokenTexts } from "../../draft/texts.ts";
import { findModel } from "../models.ts";
import { integer } from "../options.ts";
import { Session } from "../session.ts";
import type { Info } from "../statistics.ts";

interface Options {
	output: string;
	tokens: number;
	entries: number;
	order: number;
	seed: number;
	json?: boolean;
}

export function addDraft(program: Command): void {
	program.command("draft")
		.description("distil a table that drafts tokens for a model (docs/speculation.md): the model talks, and what it says most is kept")
		.argument("<model>", "a model file, or the name of a shipped model")
		.requiredOption("-o, --output <file>", "the table to write (.rvng)")
		.option("--tokens <n>", "tokens that the model says", integer, 3_000_000)
		.option("--entries <n>", "contexts that the table has at most; 3.5 bytes each for vocabularies of 512", integer, 28_000)
		.option("--order <n>", "tokens of the longest context", integer, 12)
		.option("--seed <n>", "the first of the texts' seeds", integer, 1)
		.option("--json", "print JSON")
		.action(async (name: string, options: Options) => {
			within("tokens", options.tokens, 1, 1e9);
			within("entries", options.entries, 1, NGRAM_ENTRIES);
			within("order", options.order, 1, NGRAM_ORDER);
			within("seed", options.seed, 0, 2 ** 31);
			const path = findModel(name), file = readFileSync(path), { vocabSize, texts } = await listen(path, options);
			const { entries, fallback, price } = learnTable(texts, { ...options, vocabSize });
			const bytes = writeNgrams({ order: options.order, vocabSize, vocabularyCrc: ofVocabulary(file), modelCrc: crc32(file, 0, file.length, 0), entries, fallback }, crc);
			writeFileSync(options.output, bytes);
			const tokens = texts.reduce((sum, { likeliest }) => sum + likeliest.length, 0);
			console.log(options.json ? JSON.stringify({ output: options.output, bytes: bytes.length, entries: entries.length, tokens, texts: texts.length, seed: options.seed })
				: `${options.output}: ${entries.length} contexts, ${bytes.length} bytes, from ${tokens} tokens in ${texts.length} texts; each gets at least ${(price / 3).toFixed(1)} of these more right than a shorter one`);
		});
}

const crc: Crc = (bytes, offset, count, seed) => crc32(new Uint8Array(bytes), offset, count, seed);

/** Of the section that has it: models of one vocabulary can share a table. */
function ofVocabulary(file: Uint8Array): number {
	const { offset, bytes } = readRuvm(file).sections.get("tokenizer")!;
	return crc32(file, offset, bytes, 0);
}

function within(name: string, value: number, low: number, high: number): void {
	if (value < low || value > high)
		throw new BuildError(`--${name} is ${value}; it takes ${low} to ${high}`);
}

async function listen(path: string, { tokens, seed }: Options): Promise<{ vocabSize: number; texts: SpokenText[] }> {
	const session = await Session.start("desktop", path), texts: SpokenText[] = [];
	try {
		const { contextLength, tokenizer: { bos, vocabSize } } = await session.request<Info>({ do: "info" });
		let count = 0;
		for await (const text of spokenTexts(session, { bos: Math.max(0, bos), context: contextLength, tokens, seed })) {
			texts.push(text);
			count += text.likeliest.length;
			if (process.stderr.isTTY)
				process.stderr.write(`\r\x1b[K${count} of ${tokens} tokens${count >= tokens ? "\r\x1b[K" : ""}`);
		}
		return { vocabSize, texts };
	}
	finally {
		session.close();
	}
}
