/**
 * A gate's state as TypeScript reads it: views on the memory that native/snn-gate.h steps in. Words of 32 bits by their number;
 * native/xs/snn-glue.c asserts that they lie there.
 */

import { Gate, stateBytes } from "ruvllm-esp32/platform/snn";
import { Memory } from "ruvllm-esp32/platform/kernels";
import type { SnnTable } from "ruvllm-esp32/snn/table";

const FRAMES = 1, THRESHOLD = 10, AT = 15, LINES = 17, SPIKES_AND_STRENGTH = 18, CONFIDENCE = 19, OUTPUT = 47, RASTER = 145;
const TWO_32 = 4294967296;

/** Frames or samples, from a low and a high word: exact below 2^53, a quarter of a million years at 1 kHz. */
const long = (words: Int32Array, at: number): number => (words[at]! >>> 0) + (words[at + 1]! >>> 0) * TWO_32;

export class GateState {
	readonly gate: Gate;
	/** All of it, without room for coherence: what is saved. */
	readonly bytes: Uint8Array;
	/** Bytes of memory, with that room. */
	readonly size: number;
	/** For each line, its last 32 ticks as bits, bit 0 the newest. The next samples change it. */
	readonly raster: Uint32Array;
	readonly #words: Int32Array;
	readonly #coherence: Int32Array | undefined;

	constructor(table: SnnTable, coherent: boolean) {
		this.size = stateBytes(coherent);
		const memory = new Memory(this.size), buffer = memory as unknown as ArrayBuffer, own = stateBytes(false);
		this.gate = new Gate(memory, table.file, table.offset);
		this.gate.reset();
		this.bytes = new Uint8Array(buffer, 0, own);
		this.#words = new Int32Array(buffer, 0, own >> 2);
		this.raster = new Uint32Array(buffer, RASTER * 4, table.lines);
		this.#coherence = coherent ? new Int32Array(buffer, own, 4) : undefined;
	}

	/** Since the start. */
	get frames(): number {
		return long(this.#words, FRAMES);
	}
	get output(): number {
		return this.#words[OUTPUT]!;
	}
	get threshold(): number {
		return this.#words[THRESHOLD]!;
	}
	/* Of the last event. */
	get at(): number {
		return long(this.#words, AT);
	}
	get lines(): number {
		return this.#words[LINES]! >>> 0;
	}
	get spikes(): number {
		return this.#words[SPIKES_AND_STRENGTH]! & 0xffff;
	}
	get strength(): number {
		return this.#words[SPIKES_AND_STRENGTH]! >> 16;
	}
	get confidence(): number {
		return this.#words[CONFIDENCE]!;
	}

	/** Coherence of the last 32 ticks: the minimum cut of the lines that spike together, 0 to 240; 0 where none do. */
	cut(): number {
		if (!this.#coherence)
			return 0;
		this.gate.coherence();
		return this.#coherence[0]!;
	}
}
