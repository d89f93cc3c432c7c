/** Drafts from the text alone and from tables, in C (native/ngram-draft.h): some thousand instructions a token at most. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory, type Operator, type Pinned } from "ruvllm-esp32/platform/kernels";
import { type Draft, MOST_DRAFTED } from "ruvllm-esp32/engine/draft/draft";
import { DRAFT_SURE, type NgramHeader, readNgramHeader } from "ruvllm-esp32/engine/draft/ngram-file";
import { Operators } from "ruvllm-esp32/engine/operators";

export interface TextDraftOptions {
	/** Tokens of the text that are kept, 16 to 65536; 512 by default. A full text loses its older half. Each takes 4 bytes. */
	capacity?: number;
}

/** Places in the operator's memory, in words: native/xs/operator-kinds.c. */
const LENGTH = 0, LEAST = 1, OUT = 8, TEXT = OUT + 2 * MOST_DRAFTED, PUSH = 64;

class TextDraft implements Draft {
	readonly name: string;
	readonly vocabSize: number;
	/** Of its memory in RAM. */
	readonly bytes: number;
	readonly #operator: Operator;
	readonly #words: Int32Array;
	readonly #capacity: number;

	constructor(name: string, vocabSize: number, table: Pinned | undefined, lookup: boolean, { capacity = 512 }: TextDraftOptions) {
		if (!Number.isInteger(capacity) || capacity < 16 || capacity > 65536)
			throw new RuvllmError("DRAFT_CAPACITY", `the capacity is ${capacity}; it takes a whole number from 16 to 65536`);
		if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > 65535)
			throw new RuvllmError("DRAFT_VOCABULARY", `the vocabulary has ${vocabSize} tokens; it takes 1 to 65535`);
		this.name = name;
		this.vocabSize = vocabSize;
		this.bytes = 4 * (TEXT + capacity + MOST_DRAFTED);
		this.#capacity = capacity;
		const memory = reserve(this.bytes);
		this.#words = new Int32Array(memory as unknown as ArrayBuffer);
		try {
			this.#operator = new Operators(memory, table ?? memory).draft(0, capacity, lookup, vocabSize, table ? table.byteLength : 0, 0);
		}
		catch (error) {
			throw error instanceof RangeError ? new RuvllmError("DRAFT_TABLE", `the draft table can't be used: ${error.message}; make it again: ruvllm-esp32 draft`) : error;
		}
		this.#operator.run(0);
	}

	reset(tokens: ArrayLike<number>, count = tokens.length): void {
		if (!Number.isInteger(count) || count < 0 || count > tokens.length)
			throw new RuvllmError("DRAFT_COUNT", `the text is said to have ${count} tokens, and ${tokens.length} are there`);
		for (let i = 0; i < count; i++)
			this.#check(tokens[i]!);
		this.#operator.run(0);
		// What comes first would leave again.
		for (let i = Math.max(0, count - this.#capacity); i < count; i++)
			this.#operator.run(PUSH + tokens[i]!);
	}

	push(token: number): void {
		this.#check(token);
		this.#operator.run(PUSH + token);
	}

	propose(into: Int32Array, count: number, least = 0): number {
		checkProposal(into, count, least);
		const words = this.#words;
		words[LEAST] = least;
		const found = this.#operator.run(count);
		for (let i = 0; i < found; i++)
			into[i] = words[OUT + i]!;
		return found;
	}

	/** Tokens of the text that are kept now. */
	get length(): number {
		return this.#words[LENGTH]!;
	}

	#check(token: number): void {
		if (!Number.isInteger(token) || token < 0 || token >= this.vocabSize)
			throw new RuvllmError("DRAFT_TOKEN", `the token is ${token}; the vocabulary has ids 0 to ${this.vocabSize - 1}`);
	}
}

/** A table of n-grams distilled from a model (`ruvllm-esp32 draft`), read where it lies. */
export class NgramDraft extends TextDraft {
	readonly header: NgramHeader;

	/**
	 * @param table a mapped asset or a Memory
	 * @throws RuvllmError DRAFT_TRUNCATED, DRAFT_MAGIC, DRAFT_VERSION, DRAFT_SIZE, DRAFT_CRC, DRAFT_TABLE for a bad file; DRAFT_CAPACITY
	 */
	constructor(table: Pinned, options: TextDraftOptions = {}) {
		const header = readNgramHeader(table, crc32);
		super("table", header.vocabSize, table, false, options);
		this.header = header;
	}
}

/** Goes on as the text went on where its longest repeated ending ended before: prompt lookup. */
export class LookupDraft extends TextDraft {
	/** @throws RuvllmError DRAFT_CAPACITY, DRAFT_VOCABULARY */
	constructor(vocabSize: number, options: TextDraftOptions = {}) {
		super("lookup", vocabSize, undefined, true, options);
	}
}

/** Both: where they disagree, the one that was right more often of late with endings of that length. */
export class MixedDraft extends TextDraft {
	readonly header: NgramHeader;

	/** As NgramDraft. */
	constructor(table: Pinned, options: TextDraftOptions = {}) {
		const header = readNgramHeader(table, crc32);
		super("table and lookup", header.vocabSize, table, true, options);
		this.header = header;
	}
}

/** @throws RuvllmError DRAFT_COUNT, DRAFT_LEAST */
export function checkProposal(into: Int32Array, count: number, least: number): void {
	if (!Number.isInteger(count) || count < 1 || count > MOST_DRAFTED || count > into.length)
		throw new RuvllmError("DRAFT_COUNT", `${count} tokens can't be drafted; it takes 1 to ${Math.min(MOST_DRAFTED, into.length)} here`);
	if (!Number.isInteger(least) || least < 0 || least > DRAFT_SURE)
		throw new RuvllmError("DRAFT_LEAST", `the least confidence is ${least}; it takes a whole number from 0 to ${DRAFT_SURE}`);
}

function reserve(bytes: number): Memory {
	try {
		return new Memory(bytes);
	}
	catch (error) {
		throw error instanceof RangeError ? new RuvllmError("DRAFT_MEMORY", `there are no ${bytes} bytes of memory for the draft; give a smaller capacity`) : error;
	}
}
