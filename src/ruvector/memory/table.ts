/** What SemanticMemory keeps in RAM of each memory: 16 bytes, and where its text lies. */

import { Memory } from "ruvllm-esp32/platform/kernels";

/** Bytes in front of a text's record in the store, and of an entry of the table: the same. */
export const ENTRY = 16;
export const TAGS = 3;
export const NO_TEXT = 0xffffffff;
/** Times that a memory was recalled, at most. */
export const MOST_RECALLS = 63;

/** created u32, hours until it expires u16 (0: never), importance u8, kind (2 bits) and recalls (6 bits) u8, tags u16 x 3, 0 u16. */
export class MemoryTable {
	/** For the ranker: the offset of each text's record; NO_TEXT: free. */
	readonly offsets: Memory;
	readonly at: Uint32Array;
	readonly #entries: DataView;
	readonly #bytes: Uint8Array;

	constructor(readonly capacity: number) {
		this.offsets = new Memory(4 * capacity);
		this.at = new Uint32Array(this.offsets as unknown as ArrayBuffer).fill(NO_TEXT);
		this.#bytes = new Uint8Array(capacity * ENTRY);
		this.#entries = new DataView(this.#bytes.buffer);
	}

	/** Bytes of an entry. */
	bytes(id: number): Uint8Array {
		return this.#bytes.subarray(id * ENTRY, (id + 1) * ENTRY);
	}
	has(id: number): boolean {
		return id >= 0 && id < this.capacity && this.at[id] !== NO_TEXT;
	}
	created(id: number): number {
		return this.#entries.getUint32(id * ENTRY, true);
	}
	/** Seconds at which it expires; Infinity: never. */
	expires(id: number): number {
		const hours = this.#entries.getUint16(id * ENTRY + 4, true);
		return hours ? this.created(id) + 3600 * hours : Infinity;
	}
	importance(id: number): number {
		return this.#bytes[id * ENTRY + 6]!;
	}
	setImportance(id: number, importance: number): void {
		this.#bytes[id * ENTRY + 6] = importance;
	}
	kind(id: number): number {
		return this.#bytes[id * ENTRY + 7]! & 3;
	}
	recalls(id: number): number {
		return this.#bytes[id * ENTRY + 7]! >> 2;
	}
	countRecall(id: number): void {
		if (this.recalls(id) < MOST_RECALLS)
			this.#bytes[id * ENTRY + 7]! += 4;
	}
	hasTag(id: number, tag: number): boolean {
		for (let i = 0; i < TAGS; i++)
			if (this.#entries.getUint16(id * ENTRY + 8 + 2 * i, true) === tag)
				return true;
		return false;
	}
	write(id: number, created: number, hours: number, importance: number, kind: number, tags: readonly number[]): void {
		const at = id * ENTRY;
		this.#entries.setUint32(at, created, true);
		this.#entries.setUint16(at + 4, hours, true);
		this.#bytes[at + 6] = importance;
		this.#bytes[at + 7] = kind;
		for (let i = 0; i < TAGS; i++)
			this.#entries.setUint16(at + 8 + 2 * i, tags[i] ?? 0, true);
		this.#entries.setUint16(at + 14, 0, true);
	}
}
