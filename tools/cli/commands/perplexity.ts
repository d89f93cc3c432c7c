/**
 * ruvllm-esp32 perplexity: how well a model predicts a text.
 *
 * The text is cut into documents at "<|endoftext|>"; each begins with the begin token and is cut into
 * windows of so many predicted tokens, each with a fresh context whose first token is the one before.
 * So every token but the begin tokens is predicted exactly once.
 */

import type { Command } from "commander";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WindowScore } from "ruvllm-esp32/engine/perplexity";
import { BuildError } from "../../build/errors.ts";
import { readLlama2c } from "../../convert/llama2c.ts";
import { argmax, LlamaFloat, negativeLogLikelihood } from "../../reference/llama-float.ts";
import { isEmulated } from "../hosts.ts";
import { findModel } from "../models.ts";
import { CommonOptions, integer, withCommon } from "../options.ts";
import { Session } from "../session.ts";
import type { Info } from "../statistics.ts";

const DELIMITER = "<|endoftext|>";

type Options = CommonOptions & { text: string; window: number; reference?: string | true };

export function addPerplexity(program: Command): void {
	withCommon(program.command("perplexity"))
		.description("measure how well the model predicts a text")
		.requiredOption("--text <file>", "the text, UTF-8; documents end with <|endoftext|>")
		.option("-w, --window <n>", "tokens predicted with one context", integer, 256)
		.option("--reference [checkpoint]", "compare with the float reference: the llama2.c checkpoint that the model was made of")
		.action(async (options: Options) => {
			const documents = readDocuments(options.text);
			const model = findModel(options.model);
			const session = await Session.start(options.host, model, options);
			try {
				const info = await session.request<Info>({ do: "info" });
				if (options.window < 1 || options.window > info.contextLength)
					throw new BuildError(`the window is ${options.window}; this model's context takes 1 to ${info.contextLength}`);
				const windows = await cut(session, documents, options.window);
				const reference = options.reference === undefined ? undefined : referenceOf(options.reference, info, model);
				const bytes = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
				report(options, info, bytes, await score(session, windows, reference), reference !== undefined);
			}
			finally {
				session.close();
			}
		});
}

function readDocuments(file: string): string[] {
	if (!existsSync(file) || !statSync(file).isFile())
		throw new BuildError(`there is no text file ${file}`);
	const documents = readFileSync(file, "utf8").split(DELIMITER).map((text) => text.trim()).filter((text) => text.length > 0);
	if (documents.length === 0)
		throw new BuildError(`the text ${file} is empty`);
	return documents;
}

async function cut(session: Session, documents: string[], window: number): Promise<number[][]> {
	const windows: number[][] = [];
	for (const text of documents) {
		const { ids } = await session.request<{ ids: number[] }>({ do: "encode", text });
		for (let at = 0; at < ids.length - 1; at += window)
			windows.push(ids.slice(at, at + window + 1));
	}
	return windows;
}

function referenceOf(given: string | true, info: Info, model: string): LlamaFloat {
	const path = given === true ? join(dirname(model), String(info.metadata.source ?? "")) : given;
	if (!existsSync(path) || !statSync(path).isFile())
		throw new BuildError("the float reference needs the llama2.c checkpoint that the model was made of: --reference FILE");
	return new LlamaFloat(readLlama2c(readFileSync(path)));
}

interface Scores {
	tokens: number;
	nats: number;
	referenceNats: number;
	agreeing: number;
}

async function score(session: Session, windows: number[][], reference: LlamaFloat | undefined): Promise<Scores> {
	const scores: Scores = { tokens: 0, nats: 0, referenceNats: 0, agreeing: 0 };
	for (const [i, ids] of windows.entries()) {
		const result = await session.request<WindowScore>({ do: "score", ids });
		scores.tokens += result.tokens;
		scores.nats += result.nats;
		if (reference)
			for (let t = 0; t + 1 < ids.length; t++) {
				const logits = reference.forward(ids[t]!, t);
				scores.referenceNats += negativeLogLikelihood(logits, ids[t + 1]!);
				scores.agreeing += argmax(logits) === result.top1[t] ? 1 : 0;
			}
		if (process.stderr.isTTY)
			process.stderr.write(`\r\x1b[Kwindow ${i + 1} of ${windows.length}: ${(scores.nats / scores.tokens).toFixed(4)} nats/token${i + 1 === windows.length ? "\r\x1b[K" : ""}`);
	}
	return scores;
}

function report(options: Options, info: Info, bytes: number, scores: Scores, compared: boolean): void {
	const { tokens, nats } = scores;
	const result = {
		model: info.metadata.name, host: info.host, text: options.text, window: options.window, tokens, bytes,
		nats_per_token: nats / tokens, bits_per_byte: nats / Math.LN2 / bytes, perplexity: Math.exp(nats / tokens),
		...(compared && {
			reference_nats_per_token: scores.referenceNats / tokens, reference_bits_per_byte: scores.referenceNats / Math.LN2 / bytes,
			relative_loss: nats / scores.referenceNats - 1, top1_agreement: scores.agreeing / tokens,
		}),
		tier: isEmulated(info.host) ? "emulated" : "measured",
	};
	if (options.json)
		console.log(JSON.stringify(result));
	else
		for (const [name, value] of Object.entries(result))
			console.log(`${name.padEnd(26)} ${typeof value === "number" && !Number.isInteger(value) ? value.toFixed(5) : value}`);
}
