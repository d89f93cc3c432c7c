/**
 * MicroRAG on SQuAD's paragraphs and questions (the half of XQuAD's English part): which paragraph answers, against plain BM25 in
 * double precision; whether the sentence it gives has the answer; what it says to questions about other texts.
 */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { dataFile } from "../../../tools/bench/program.ts";
import { BuildError } from "../../../tools/build/errors.ts";
import { bm25 } from "./bm25.ts";

const PROGRAM = "benches/ruvector/rag/program.ts";

interface Question {
	question: string;
	answers: string[];
	paragraph: number;
}
interface Result {
	documents: number[];
	known: boolean;
	confidence: number;
	right: boolean;
}

function read(data: string): { paragraphs: string[]; questions: Question[] } {
	const bytes = dataFile(data, "xquad/xquad.en.half1.json");
	if (!bytes)
		throw new BuildError(`there is no file xquad/xquad.en.half1.json in ${data}`);
	const paragraphs: string[] = [], questions: Question[] = [];
	const file = JSON.parse(bytes.toString("utf8")) as { data: { paragraphs: { context: string; qas: { question: string; answers: { text: string }[] }[] }[] }[] };
	for (const article of file.data)
		for (const { context, qas } of article.paragraphs) {
			questions.push(...qas.map(({ question, answers }) => ({ question, answers: answers.map(({ text }) => text), paragraph: paragraphs.length })));
			paragraphs.push(context);
		}
	return { paragraphs, questions };
}

const share = (hits: number, all: number): number => Number((hits / all).toFixed(4));
const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const { paragraphs, questions } = read(data), all = questions.length;
	const baseline = bm25(paragraphs), ranks = questions.map(({ question }) => baseline(question));
	const results = await runProgram<Result>(PROGRAM, { assets: new Map([["paragraphs", encoded(paragraphs)], ["questions", encoded(questions)]]), args: ["retrieve"] });
	const at = (k: number, documents: (i: number) => number[]): number => share(questions.filter(({ paragraph }, i) => documents(i).slice(0, k).includes(paragraph)).length, all);
	const plain = at(1, (i) => ranks[i]!);
	// Half of the paragraphs is known, and all questions are asked.
	const half = paragraphs.length >> 1;
	const partly = await runProgram<Result>(PROGRAM, { assets: new Map([["paragraphs", encoded(paragraphs.slice(0, half))], ["questions", encoded(questions)]]), args: ["retrieve"] });
	const inside = partly.filter((_, i) => questions[i]!.paragraph < half), outside = partly.filter((_, i) => questions[i]!.paragraph >= half);
	const chunks = await runProgram<{ bytes: number[] }>(PROGRAM, { assets: new Map([["paragraphs", encoded(paragraphs)]]), args: ["save"] });
	const store = Uint8Array.from(chunks.flatMap(({ bytes }) => bytes));
	const [cost] = await runProgram<{ chunks: number; ram: number; instructions: number }>(PROGRAM, { host: "riscv", assets: new Map([["store", store], ["questions", encoded(questions.slice(0, 20))]]), args: ["cost"] });
	return [
		{ figure: `xquad, ${paragraphs.length} paragraphs: recall@1 of BM25 (double precision, k1 1.2, b 0.75)`, value: plain, tier: "measured" },
		{ figure: "recall@1 of MicroRAG", value: at(1, (i) => results[i]!.documents), tier: "measured", limit: plain, atLeast: true },
		{ figure: "recall@5 of BM25", value: at(5, (i) => ranks[i]!), tier: "measured" },
		{ figure: "recall@5 of MicroRAG", value: at(5, (i) => results[i]!.documents), tier: "measured", limit: 0.98, atLeast: true },
		{ figure: "answers whose sentence has the right answer", value: share(results.filter(({ right }) => right).length, all), tier: "measured" },
		{ figure: "half of the paragraphs known: questions about them that are answered", value: share(inside.filter(({ known }) => known).length, inside.length), tier: "measured" },
		{ figure: "half of the paragraphs known: questions about the others, \"I don't know\"", value: share(outside.filter(({ known }) => !known).length, outside.length), tier: "measured" },
		{ figure: `retrieval among ${cost!.chunks} chunks in flash, instructions`, value: cost!.instructions, tier: "emulated" },
		{ figure: "RAM for 256 chunks, texts in flash, bytes", value: cost!.ram, tier: "emulated", limit: 16384 },
	];
}
