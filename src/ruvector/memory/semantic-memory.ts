/**
 * SemanticMemory: facts, episodes and procedures (Tulving 1972; Squire 2004) that a board was told or saw, recalled by what they
 * mean for a question, how important they are, and how long ago they were (Park et al. 2023). 20 bytes of RAM for each; texts lie in a
 * store, which may be flash, and are there again after a restart.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { TextRanker, textRecord } from "ruvllm-esp32/platform/retrieval";
import { completeMemory, type MemoryConfig } from "ruvllm-esp32/ruvector/memory/config";
import { decay, KINDS, type MemoryKind, retention } from "ruvllm-esp32/ruvector/memory/retention";
import { ENTRY, MemoryTable, NO_TEXT, TAGS } from "ruvllm-esp32/ruvector/memory/table";
import type { Embed } from "ruvllm-esp32/ruvector/rag/micro-rag";
import { MemoryStore, type RecordStore } from "ruvllm-esp32/ruvector/text/record-store";

export interface RememberOptions {
	/** @default "fact" */
	kind?: MemoryKind;
	/** 0 (may go first) to 255 (never goes by itself). @default 128 */
	importance?: number;
	/** Hours until it is forgotten, 1 to 65,535; never by default. */
	hours?: number;
	/** Where, when, with whom: three words at most, by which it can be found. */
	context?: readonly string[];
}

export interface RecallOptions {
	/** Memories that share a word of the context come before others. */
	context?: readonly string[];
	/** Only memories of this kind. */
	kind?: MemoryKind;
	/** Only memories with all words of the context. */
	onlyContext?: boolean;
}

export interface Recalled {
	id: number;
	text: string;
	kind: MemoryKind;
	importance: number;
	/** Seconds since it was remembered. */
	age: number;
	/** Relevance, importance, age and context together; higher is better. */
	score: number;
	/** How much of the question's information its words have, 0 to 256. */
	coverage: number;
}

const CANDIDATES = 8;
const GRAMS = 96;

/** 1 to 65535 for a word of a context, letters in any case. */
function tagOf(word: string): number {
	let hash = 2166136261;
	for (const c of word.trim().toLowerCase())
		hash = Math.imul(hash ^ c.codePointAt(0)!, 16777619);
	return ((hash >>> 16 ^ hash) & 0xffff) || 1;
}

export class SemanticMemory {
	readonly config: MemoryConfig;
	readonly #store: RecordStore;
	readonly #embed: Embed | undefined;
	readonly #now: () => number;
	readonly #table: MemoryTable;
	readonly #found: Uint32Array;
	readonly #record: Memory;
	readonly #ranker: TextRanker;
	#count = 0;

	/**
	 * @param options.now seconds since any fixed moment, the same after a restart
	 * @param options.store where texts are kept, in memory by default. What is in it is remembered at once.
	 * @param options.embed gives texts' embeddings; without it words and letters decide
	 * @throws RuvllmError MEMORY_CONFIG
	 */
	constructor(config: Partial<MemoryConfig>, { now, store, embed }: { now: () => number; store?: RecordStore; embed?: Embed }) {
		this.config = completeMemory(config);
		const { capacity, textBytes, vectorWeight, storeBytes } = this.config;
		this.#now = () => Math.max(0, Math.min(0xffffffff, Math.floor(now()) || 0));
		this.#store = store ?? new MemoryStore(storeBytes);
		this.#embed = embed;
		this.#table = new MemoryTable(capacity);
		const found = new Memory(12 * CANDIDATES);
		this.#found = new Uint32Array(found as unknown as ArrayBuffer);
		this.#record = new Memory(12 + 3 * textBytes + (embed ? 1024 : 0));
		this.#ranker = new TextRanker(this.#store.bytes, this.#table.offsets, found, CANDIDATES, GRAMS, 77, embed ? vectorWeight : 0);
		const all = new Uint8Array(this.#store.bytes as ArrayBuffer);
		this.#store.forEach((key, offset, size) => {
			if (key >= capacity || size < ENTRY)
				throw new RuvllmError("MEMORY_CONFIG", `the store has a memory ${key}; capacity must be above it`);
			this.#table.bytes(key).set(all.subarray(offset, offset + ENTRY));
			this.#table.at[key] = offset + ENTRY;
			this.#count++;
		});
		this.#store.onMove = (key, offset) => { this.#table.at[key] = offset + ENTRY; };
	}

	get size(): number {
		return this.#count;
	}
	/** Bytes of RAM: the table and what is needed to work, and the texts when they lie in memory. */
	memoryBudget(): { table: number; scratch: number; store: number; total: number } {
		const table = (ENTRY + 4) * this.config.capacity, scratch = this.#record.byteLength + this.#ranker.scratchBytes + 12 * CANDIDATES;
		const store = this.#store instanceof MemoryStore && this.#store.writable ? this.#store.capacity : 0;
		return { table, scratch, store, total: table + scratch + store };
	}

	/**
	 * Keeps a text. When there is no room the least worth keeping goes: what has expired, then what is least important and oldest.
	 * @returns its number
	 * @throws RuvllmError MEMORY_TEXT for an empty or too long text, MEMORY_FULL when nothing may go, STORAGE_FULL, MEMORY_CONFIG
	 */
	remember(text: string, { kind = "fact", importance = 128, hours = 0, context = [] }: RememberOptions = {}): number {
		const number = KINDS.indexOf(kind);
		if (number < 0)
			throw new RuvllmError("MEMORY_CONFIG", `there is no kind "${String(kind)}"; choose one of ${KINDS.join(", ")}`);
		if (!Number.isInteger(importance) || importance < 0 || importance > 255)
			throw new RuvllmError("MEMORY_CONFIG", `importance is ${importance}, and must be an integer from 0 to 255`);
		if (!Number.isInteger(hours) || hours < 0 || hours > 65535)
			throw new RuvllmError("MEMORY_CONFIG", `hours is ${hours}, and must be an integer from 1 to 65535, or 0 for never`);
		if (context.length > TAGS)
			throw new RuvllmError("MEMORY_CONFIG", `the context has ${context.length} words; ${TAGS} are kept`);
		if (!text.trim())
			throw new RuvllmError("MEMORY_TEXT", "the text is empty; give it at least a word");
		const size = text.length > this.config.textBytes ? 0 : textRecord(this.#record, text, this.#embed?.(text));
		if (size === 0)
			throw new RuvllmError("MEMORY_TEXT", `the text has ${text.length} letters; ${this.config.textBytes} bytes are kept: cut it, or raise textBytes`);
		const id = this.#place(), record = new Uint8Array(ENTRY + size);
		this.#table.write(id, this.#now(), hours, importance, number, context.map(tagOf));
		record.set(this.#table.bytes(id));
		record.set(new Uint8Array(this.#record as unknown as ArrayBuffer, 0, size), ENTRY);
		this.#table.at[id] = this.#append(id, record) + ENTRY;
		this.#count++;
		return id;
	}

	/**
	 * The memories that fit a question best, best first. Those that come back fade more slowly.
	 * Cost on the ESP32-C3: some 500 instructions for each memory, 30 for each letter of the eight best.
	 * @param k 1 to 8
	 */
	recall(question: string, k = 3, { context = [], kind, onlyContext = false }: RecallOptions = {}): Recalled[] {
		if (!Number.isInteger(k) || k < 1 || k > CANDIDATES)
			throw new RuvllmError("MEMORY_CONFIG", `k is ${k}, and must be an integer from 1 to ${CANDIDATES}`);
		this.expire();
		const tags = context.map(tagOf), now = this.#now(), wanted = kind === undefined ? -1 : KINDS.indexOf(kind), results: Recalled[] = [];
		const hidden = this.#hide((id) => (wanted >= 0 && this.#table.kind(id) !== wanted) || (onlyContext && !tags.every((tag) => this.#table.hasTag(id, tag))));
		try {
			const count = this.#ranker.rank(question, this.#embed?.(question), CANDIDATES);
			for (let i = 0; i < count; i++) {
				const id = this.#found[3 * i]!, age = Math.max(0, now - this.#table.created(id)), kindOf = KINDS[this.#table.kind(id)]!, importance = this.#table.importance(id);
				const shared = tags.filter((tag) => this.#table.hasTag(id, tag)).length;
				// Relevance counts most: importance and age change it by a factor of two each at most, context by one of two.
				const fresh = decay(age, this.#halfLife(kindOf) * (1 + this.#table.recalls(id)));
				let score = Math.floor(this.#found[3 * i + 1]! * (256 + importance) / 512);
				score = Math.floor(score * (65536 + fresh) / 131072);
				if (tags.length)
					score = Math.floor(score * (tags.length + shared) / tags.length);
				results.push({ id, text: this.text(id), kind: kindOf, importance, age, score, coverage: this.#found[3 * i + 2]! });
			}
		}
		finally {
			for (const [id, at] of hidden)
				this.#table.at[id] = at;
		}
		results.sort((a, b) => b.score - a.score || a.id - b.id);
		for (const { id } of results.slice(0, k))
			this.#table.countRecall(id);
		return results.slice(0, k);
	}
	/** @throws RangeError when there is no such memory */
	text(id: number): string {
		if (!this.#table.has(id))
			throw new RangeError(`there is no memory ${id}`);
		return this.#ranker.text(this.#table.at[id]!);
	}
	/** Forgets a memory. @returns whether there was one */
	forget(id: number): boolean {
		if (!this.#table.has(id))
			return false;
		this.#store.delete(id);
		this.#table.at[id] = NO_TEXT;
		this.#count--;
		return true;
	}
	/** Forgets what has expired. @returns how many */
	expire(): number {
		const now = this.#now();
		let gone = 0;
		for (let id = 0; id < this.config.capacity; id++)
			if (this.#table.has(id) && this.#table.expires(id) <= now)
				gone += Number(this.forget(id));
		return gone;
	}

	#halfLife(kind: MemoryKind): number {
		return kind === "episode" ? this.config.episodeHalfLife : 0;
	}
	/** Takes memories out of the ranker's sight; gives where they were. */
	#hide(hides: (id: number) => boolean): [number, number][] {
		const hidden: [number, number][] = [];
		for (let id = 0; id < this.config.capacity; id++)
			if (this.#table.has(id) && hides(id)) {
				hidden.push([id, this.#table.at[id]!]);
				this.#table.at[id] = NO_TEXT;
			}
		return hidden;
	}
	/** A free place; the least worth keeping gives its own when there is none. */
	#place(): number {
		const free = this.#table.at.indexOf(NO_TEXT);
		if (free >= 0)
			return free;
		if (this.expire() > 0)
			return this.#table.at.indexOf(NO_TEXT);
		return this.#evict();
	}
	#evict(): number {
		const now = this.#now();
		let least = -1, worth = Infinity;
		for (let id = 0; id < this.config.capacity; id++) {
			if (!this.#table.has(id) || this.#table.importance(id) === 255)
				continue;
			const one = retention(this.#table.importance(id), now - this.#table.created(id), this.#halfLife(KINDS[this.#table.kind(id)]!), this.#table.recalls(id));
			// Of equals the oldest.
			if (one < worth || (one === worth && this.#table.created(id) < this.#table.created(least))) {
				worth = one;
				least = id;
			}
		}
		if (least < 0)
			throw new RuvllmError("MEMORY_FULL", `all ${this.#count} memories are of importance 255, and none of them goes by itself; forget one, or raise capacity`);
		this.forget(least);
		return least;
	}
	/** Room in the store is made as places are. */
	#append(id: number, record: Uint8Array): number {
		for (;;)
			try {
				return this.#store.append(id, record);
			}
			catch (error) {
				if (!(error instanceof RuvllmError) || error.code !== "STORAGE_FULL" || this.#count === 0)
					throw error;
				this.#evict();
			}
	}
}
