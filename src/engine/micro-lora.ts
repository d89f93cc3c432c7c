/**
 * MicroLoRA: a model learns from corrections, on the device, in integers. A low-rank adapter (Hu et al. 2021) changes the
 * last hidden state: h' = h + B (A h). It needs no way back through the model: each lesson keeps the hidden state that it
 * is about, so learning is a few products with the output matrix. Lessons of what the model already did right are repeated
 * beside the new ones (rehearsal: Robins 1995), else a rank this low would forget. The numbers are native/micro-lora.h's.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32 } from "ruvllm-esp32/platform/kernels";
import { Lessons } from "ruvllm-esp32/engine/lessons";
import type { AdapterParts, TinyModel } from "ruvllm-esp32/engine/tiny-model";

export interface MicroLoRAOptions {
	/** Length of a step in 1/65536, to 65536; 6554 (0.1) by default. */
	rate?: number;
	/** Lessons of corrections that are kept, one for each token; 64 by default, 1 to 1024. The oldest go first. */
	capacity?: number;
	/** The same for lessons of rehearsal; 160 by default. Each lesson takes embedDim + 12 bytes. */
	rehearsalCapacity?: number;
	/** Seed of the first weights and of the rounding; 1 by default. */
	seed?: number;
}

/** Lessons of rehearsal behind each correction. */
const REHEARSALS = 4;
const MAGIC = 0x414f4c52; // "RLOA"
const HEADER_BYTES = 20;
/** Of a weight: 4 in Q12. */
const BOUND = 16384;

export class MicroLoRA {
	readonly rank: number;
	readonly #model: TinyModel;
	readonly #parts: AdapterParts;
	readonly #rate: number;
	#seed: number;
	readonly #corrections: Lessons;
	readonly #rehearsal: Lessons;
	/** Without a step since the last reset B is 0, and the adapter needn't run. */
	#changed = false;
	#turn = 0;
	/** The hidden state as the model made it, for `record` after `forwardFused`. */
	readonly #last: { hidden: Int8Array; scale: Int32Array };

	/**
	 * Attaches itself to the model, which has room for it by `adapterRank`.
	 * @throws RuvllmError ADAPTER_RANK, ADAPTER_OPTION
	 */
	constructor(model: TinyModel, options: MicroLoRAOptions = {}) {
		this.#model = model;
		this.#parts = model.adapterParts();
		this.rank = model.adapterRank;
		this.#rate = option("rate", options.rate ?? 6554, 1, 65536);
		this.#seed = option("seed", options.seed ?? 1, 1, 0x7fffffff);
		const capacity = option("capacity", options.capacity ?? 64, 1, 1024), dim = model.shape.embedDim;
		this.#corrections = new Lessons(capacity, dim);
		this.#rehearsal = new Lessons(option("rehearsalCapacity", options.rehearsalCapacity ?? 160, 1, 1024), dim);
		this.#last = { hidden: new Int8Array(dim), scale: new Int32Array(2) };
		this.reset();
		model.attach(this);
	}

	/** Bytes in RAM beside the model's own: the lessons. The adapter's are in the model's memoryBudget. */
	get lessonBytes(): number {
		return (this.#corrections.targets.length + this.#rehearsal.targets.length) * (this.#model.shape.embedDim + 12);
	}

	/** Runs inside `TinyModel.forward`, between the last norm and the output; allocates nothing. */
	forwardFused(): void {
		const { hidden, scale, adapt } = this.#parts, last = this.#last;
		for (let i = 0; i < hidden.length; i++)
			last.hidden[i] = hidden[i]!;
		last.scale[0] = scale[0]!;
		last.scale[1] = scale[1]!;
		if (this.#changed)
			adapt.run(0);
	}

	/**
	 * After a forward with logits: `target` should have followed. Kept as a lesson, to be learned by `train`.
	 * @param rehearsal whether it is no correction but something to keep right
	 */
	record(target: number, rehearsal = false): void {
		this.#check(target);
		(rehearsal ? this.#rehearsal : this.#corrections).add({ ...this.#parts, ...this.#last }, target);
	}

	/** After a forward with logits: one step towards `target`, by the gradient of its cross-entropy. @returns nothing; the next forward has it */
	backward(target: number): void {
		this.#check(target);
		const { hidden, scale } = this.#parts;
		hidden.set(this.#last.hidden);
		scale.set(this.#last.scale);
		this.#step(target);
	}

	#check(target: number): void {
		if (!Number.isInteger(target) || target < 0 || target >= this.#model.shape.vocabSize)
			throw new RuvllmError("ADAPTER_TARGET", `the target is ${target}; the vocabulary has ids 0 to ${this.#model.shape.vocabSize - 1}`);
	}

	/** From the hidden state that stands in the model's memory. @returns whether the target was the likeliest token already */
	#step(target: number): boolean {
		const { adapt, output, learn, rate } = this.#parts, { logits } = this.#model;
		adapt.run(0);
		output.run(0);
		let right = true;
		for (let i = 0; i < logits.length && right; i++)
			right = i === target || logits[i]! < logits[target]!;
		rate[0] = this.#rate;
		learn.run(target);
		this.#changed = true;
		return right;
	}

	/**
	 * Goes over all corrections, each followed by lessons of rehearsal, until all of a pass are right or `passes` are over.
	 * Cost: two products with the output matrix for each lesson.
	 * @returns passes that it took, how many corrections are right, and how many there are
	 */
	train(passes = 60): { passes: number; right: number; lessons: number } {
		option("passes", passes, 1, 10000);
		const corrections = this.#corrections, rehearsal = this.#rehearsal;
		let right = 0, pass = 0, wrong = corrections.count;
		while (pass < passes && wrong > 0) {
			pass++;
			right = wrong = 0;
			for (let i = 0; i < corrections.count; i++) {
				corrections.recall(this.#parts, i);
				if (this.#step(corrections.targets[i]!))
					right++;
				else
					wrong++;
				for (let k = 0; k < REHEARSALS && rehearsal.count; k++) {
					const turn = this.#turn++ % rehearsal.count;
					rehearsal.recall(this.#parts, turn);
					if (!this.#step(rehearsal.targets[turn]!))
						wrong++;
				}
			}
		}
		return { passes: pass, right, lessons: corrections.count };
	}

	/** Lessons of corrections that are kept. */
	get lessons(): number {
		return this.#corrections.count;
	}

	/** How many numbers the adapter has: A, then B, `[rank][embedDim]` each. */
	get size(): number {
		return this.#parts.weights.length;
	}

	/** The weights as they are, Q12. */
	copyWeights(into: Int16Array): void {
		into.set(this.#parts.weights);
	}

	/** Other weights, within 4; lessons stay, and `train` goes on from there. @throws RuvllmError ADAPTER_FILE for another number of them */
	setWeights(from: Int16Array): void {
		const { weights } = this.#parts;
		if (from.length !== weights.length)
			throw new RuvllmError("ADAPTER_FILE", `an adapter of rank ${this.rank} has ${weights.length} numbers here, not ${from.length}`);
		for (let i = 0; i < weights.length; i++)
			weights[i] = Math.max(-BOUND, Math.min(BOUND, from[i]!));
		this.#changed = true;
	}

	/** As `reset`, but lessons stay: weights as they are at first, by another seed. @throws RuvllmError ADAPTER_OPTION */
	restart(seed: number): void {
		this.#seed = option("seed", seed, 1, 0x7fffffff);
		this.#begin();
	}

	/** Forgets all: weights and lessons. */
	reset(): void {
		this.#begin();
		this.#corrections.clear();
		this.#rehearsal.clear();
	}

	#begin(): void {
		const { weights, random } = this.#parts;
		let state = this.#seed;
		for (let i = 0; i < weights.length; i++) {
			// A is small and random, uniform within 1/4; B is 0, so that the model is as it was.
			state ^= state << 13;
			state ^= state >>> 17;
			state ^= state << 5;
			weights[i] = i < weights.length / 2 ? (state >>> 0) % 2048 - 1024 : 0;
		}
		random[0] = this.#seed;
		this.#changed = false;
		this.#turn = 0;
	}

	/** The weights, to be kept in flash: 20 bytes and 4 for each rank and dimension. Lessons are not in it. */
	save(): Uint8Array {
		const { weights, random } = this.#parts, bytes = new Uint8Array(HEADER_BYTES + 2 * weights.length), view = new DataView(bytes.buffer);
		view.setUint32(0, MAGIC, true);
		view.setUint16(4, this.rank, true);
		view.setUint16(6, this.#model.shape.embedDim, true);
		view.setUint32(8, this.fingerprint, true);
		view.setUint32(12, random[0]!, true);
		for (let i = 0; i < weights.length; i++)
			view.setInt16(HEADER_BYTES + 2 * i, weights[i]!, true);
		view.setUint32(16, crc32(bytes as never, HEADER_BYTES, 2 * weights.length, 0), true);
		return bytes;
	}

	/** @throws RuvllmError ADAPTER_FILE for bytes that are no adapter of this model and rank, or damaged; then nothing changes */
	load(bytes: Uint8Array): void {
		const { weights, random } = this.#parts, size = HEADER_BYTES + 2 * weights.length;
		const fail = (sentence: string): never => {
			throw new RuvllmError("ADAPTER_FILE", sentence);
		};
		if (!(bytes instanceof Uint8Array) || bytes.length !== size)
			fail(`an adapter of rank ${this.rank} has ${size} bytes; save it again from this model`);
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		if (view.getUint32(0, true) !== MAGIC || view.getUint16(4, true) !== this.rank || view.getUint16(6, true) !== this.#model.shape.embedDim)
			fail("these bytes are no adapter of this rank and width");
		if (view.getUint32(8, true) !== this.fingerprint)
			fail("this adapter was made for another model");
		if (view.getUint32(16, true) !== crc32(bytes.slice() as never, HEADER_BYTES, 2 * weights.length, 0))
			fail("the adapter's checksum is wrong: it is damaged, save it again");
		for (let i = 0; i < weights.length; i++)
			weights[i] = Math.max(-BOUND, Math.min(BOUND, view.getInt16(HEADER_BYTES + 2 * i, true)));
		random[0] = view.getUint32(12, true) || 1;
		this.#changed = true;
	}

	/** Of the model's digest, as its metadata have it; 0 where they have none. */
	get fingerprint(): number {
		const { digest } = this.#model.metadata;
		return typeof digest === "string" && /^[0-9a-f]{8}$/.test(digest) ? parseInt(digest, 16) : 0;
	}
}

function option(name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError("ADAPTER_OPTION", `${name} is ${value}; it takes a whole number from ${low} to ${high}`);
	return value;
}
