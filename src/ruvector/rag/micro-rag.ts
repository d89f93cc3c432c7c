/**
 * MicroRAG: answers from texts it was told (retrieval-augmented generation, Lewis et al. 2020), for boards: what is kept in RAM is
 * an offset for each chunk; words, embeddings and texts lie in a store, which may be flash.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { TextRanker, textRecord } from "ruvllm-esp32/platform/retrieval";
import { chunks, sentences } from "ruvllm-esp32/ruvector/text/sentences";
import { MemoryStore, type RecordStore } from "ruvllm-esp32/ruvector/text/record-store";
import { completeRag, type RagConfig } from "ruvllm-esp32/ruvector/rag/config";

/** A chunk that fits a question. */
export interface Passage {
	chunk: number;
	/** As addKnowledge numbered the text it is from. */
	document: number;
	text: string;
	/** Higher is better; BM25 in 1/4096 bits, with what n-grams and embeddings add. */
	score: number;
	/** How much of the question's information its words have, 0 to 256. */
	coverage: number;
}

export interface Answer {
	/** Whether something was found that fits well enough. */
	known: boolean;
	/** The sentence, or what the model said; "I don't know" otherwise. */
	text: string;
	/** 0 to 256; below the threshold nothing is known. */
	confidence: number;
	/** What the answer is from, best first. */
	passages: Passage[];
}

export type Embed = (text: string) => Int8Array;

export interface AnswerOptions {
	/** Asks a language model: gets a prompt with passages and question, and gives its answer. Without it the best sentence is the answer. */
	generate?: (prompt: string) => string;
	/** Passages to look at: 1 to `candidates`. @default 3 */
	passages?: number;
}

export const UNKNOWN = "I don't know";
const NO_TEXT = 0xffffffff;

export class MicroRAG {
	readonly config: RagConfig;
	readonly #store: RecordStore;
	readonly #embed: Embed | undefined;
	readonly #offsets: Uint32Array;
	readonly #documents: Uint16Array;
	readonly #found: Uint32Array;
	readonly #record: Memory;
	readonly #ranker: TextRanker;
	#count = 0;
	#nextDocument = 0;

	/**
	 * @param options.store where texts are kept; one in memory of `storeBytes` by default. What is in it is known at once.
	 * @param options.embed gives texts' embeddings, all of the same size; without it words and letters decide
	 * @throws RuvllmError RAG_CONFIG
	 */
	constructor(config: Partial<RagConfig> = {}, { store, embed }: { store?: RecordStore; embed?: Embed } = {}) {
		this.config = completeRag(config);
		const { capacity, chunkBytes, candidates, gramWeight, vectorWeight, storeBytes } = this.config;
		this.#store = store ?? new MemoryStore(storeBytes);
		this.#embed = embed;
		const offsets = new Memory(4 * capacity), found = new Memory(12 * 16);
		this.#offsets = new Uint32Array(offsets as unknown as ArrayBuffer).fill(NO_TEXT);
		this.#documents = new Uint16Array(capacity);
		this.#found = new Uint32Array(found as unknown as ArrayBuffer);
		// A word and the space behind it take two bytes at least.
		this.#record = new Memory(Math.min(12 + 7 * chunkBytes, 4200 + chunkBytes) + (embed ? 4096 : 0));
		this.#ranker = new TextRanker(this.#store.bytes, offsets, found, candidates, 160, gramWeight, embed ? vectorWeight : 0);
		this.#store.forEach((key, offset) => this.#remember(key, offset));
		this.#store.onMove = (key, offset) => { this.#offsets[key & 0xffff] = offset; };
	}

	/** Chunks that are known. */
	get size(): number {
		return this.#count;
	}
	/** Bytes of RAM: tables and scratch, and the texts when they lie in memory. */
	memoryBudget(): { tables: number; scratch: number; store: number; total: number } {
		const tables = 6 * this.config.capacity, scratch = this.#record.byteLength + this.#ranker.scratchBytes + 192;
		const store = this.#store instanceof MemoryStore && this.#store.writable ? this.#store.capacity : 0;
		return { tables, scratch, store, total: tables + scratch + store };
	}

	/**
	 * Keeps a text, cut into chunks. All of it or, when an error is thrown, nothing.
	 * @returns the number of the document, for removeKnowledge
	 * @throws RuvllmError RAG_FULL when there are more chunks than places, STORAGE_FULL, RAG_TEXT for an empty text
	 */
	addKnowledge(text: string): number {
		const pieces = chunks(text, this.config.chunkBytes), document = this.#freeDocument();
		if (pieces.length === 0)
			throw new RuvllmError("RAG_TEXT", "the text is empty; give it at least a word");
		if (this.#count + pieces.length > this.config.capacity)
			throw new RuvllmError("RAG_FULL", `the text makes ${pieces.length} chunks, and ${this.config.capacity - this.#count} of ${this.config.capacity} places are free; remove a document, or raise capacity`);
		try {
			for (const piece of pieces)
				this.#add(document, piece);
		}
		catch (error) {
			this.removeKnowledge(document);
			throw error;
		}
		this.#nextDocument = document + 1;
		return document;
	}
	/** Forgets a document. @returns how many chunks it had */
	removeKnowledge(document: number): number {
		let removed = 0;
		for (let chunk = 0; chunk < this.config.capacity; chunk++)
			if (this.#offsets[chunk] !== NO_TEXT && this.#documents[chunk] === document) {
				this.#store.delete(document * 65536 + chunk);
				this.#offsets[chunk] = NO_TEXT;
				this.#count--;
				removed++;
			}
		return removed;
	}

	/**
	 * The chunks that fit a question best, best first; fewer when fewer share anything with it.
	 * Cost on the ESP32-C3: some 500 instructions for each chunk that is known, 30 for each letter of the candidates.
	 * @param k 1 to `candidates`
	 */
	retrieve(question: string, k = 3): Passage[] {
		if (!Number.isInteger(k) || k < 1 || k > this.config.candidates)
			throw new RuvllmError("RAG_CONFIG", `k is ${k}, and must be an integer from 1 to ${this.config.candidates}`);
		const count = this.#ranker.rank(question, this.#embed?.(question), k), passages: Passage[] = [];
		for (let i = 0; i < count; i++) {
			const chunk = this.#found[3 * i]!;
			passages.push({ chunk, document: this.#documents[chunk]!, text: this.text(chunk), score: this.#found[3 * i + 1]!, coverage: this.#found[3 * i + 2]! });
		}
		return passages;
	}
	/** The text of a chunk. @throws RangeError when there is none */
	text(chunk: number): string {
		const offset = this.#offsets[chunk];
		if (offset === undefined || offset === NO_TEXT)
			throw new RangeError(`there is no chunk ${chunk}`);
		return this.#ranker.text(offset);
	}

	/**
	 * Answers a question by the sentence that has most of its information, or by a model that reads the passages; or does not know.
	 * A question is known when passage and sentence have enough of what its rarer words tell (`threshold`).
	 */
	answer(question: string, { generate, passages: k = 3 }: AnswerOptions = {}): Answer {
		const passages = this.retrieve(question, k);
		const number = NUMBER_WANTED.test(question);
		let best = "", most = -1, confidence = 0;
		for (const [place, { text, coverage }] of passages.entries()) {
			let before = 0;
			for (const sentence of sentences(text)) {
				const one = this.#ranker.coverage(sentence);
				/*
				 * The order of passages knows more than words do. A sentence behind one that names what is asked about may call it "it".
				 * Weights: from questions about Wikipedia's texts; each moves the share of right sentences by less than 1 %.
				 */
				const value = 10 * one + 5 * coverage + before - 240 * place + (number && NUMBER.test(sentence) ? 256 : 0);
				before = one;
				if (value > most) {
					most = value;
					best = sentence;
					confidence = coverage + one >> 1;
				}
			}
		}
		if (confidence < this.config.threshold)
			return { known: false, text: UNKNOWN, confidence, passages };
		return { known: true, text: generate ? generate(promptOf(question, passages)) : best, confidence, passages };
	}

	#add(document: number, text: string): void {
		const size = textRecord(this.#record, text, this.#embed?.(text));
		if (size === 0)
			throw new RuvllmError("RAG_TEXT", "a chunk has more words than its record holds; lower chunkBytes");
		const chunk = this.#offsets.indexOf(NO_TEXT);
		const key = document * 65536 + chunk;
		this.#remember(key, this.#store.append(key, new Uint8Array(this.#record as unknown as ArrayBuffer, 0, size)));
	}
	#remember(key: number, offset: number): void {
		const chunk = key & 0xffff, document = Math.floor(key / 65536);
		if (chunk >= this.config.capacity)
			throw new RuvllmError("RAG_CONFIG", `the store has a chunk ${chunk}; capacity must be above it`);
		this.#offsets[chunk] = offset;
		this.#documents[chunk] = document;
		this.#count++;
		this.#nextDocument = Math.max(this.#nextDocument, document + 1);
	}
	#freeDocument(): number {
		if (this.#nextDocument < 65535)
			return this.#nextDocument;
		const used = new Set<number>();
		for (let chunk = 0; chunk < this.config.capacity; chunk++)
			if (this.#offsets[chunk] !== NO_TEXT)
				used.add(this.#documents[chunk]!);
		let document = 0;
		while (used.has(document))
			document++;
		return document;
	}
}

/** English questions for a number, and what numbers look like. */
const NUMBER_WANTED = /how (many|much|long|old|far|tall|often|high)|when|what (year|date|percent|number|time|day|century|month)|which (year|century)/i;
const NUMBER = /\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|half|first|second|third)\b/i;

/** What a model is asked. */
const promptOf = (question: string, passages: readonly Passage[]): string =>
	`${passages.map(({ text }) => text).join("\n")}\n\nQuestion: ${question}\nAnswer:`;
