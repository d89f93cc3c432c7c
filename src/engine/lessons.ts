/** What an adapter learns from: kept, so that learning needs no further run of the model. */

import type { AdapterParts } from "ruvllm-esp32/engine/tiny-model";

/** Hidden states and the tokens that should follow; a ring. */
export class Lessons {
	readonly #states: Int8Array;
	readonly #scales: Int32Array;
	readonly targets: Int32Array;
	count = 0;
	#next = 0;
	readonly #dim: number;

	constructor(capacity: number, dim: number) {
		this.#dim = dim;
		this.#states = new Int8Array(capacity * dim);
		this.#scales = new Int32Array(2 * capacity);
		this.targets = new Int32Array(capacity);
	}

	add({ hidden, scale }: AdapterParts, target: number): void {
		const at = this.#next;
		this.#states.set(hidden, at * this.#dim);
		this.#scales.set(scale, 2 * at);
		this.targets[at] = target;
		this.#next = (at + 1) % this.targets.length;
		this.count = Math.min(this.count + 1, this.targets.length);
	}

	/** Puts a lesson's hidden state where the adapter reads it. */
	recall({ hidden, scale }: AdapterParts, i: number): void {
		for (let c = 0; c < this.#dim; c++)
			hidden[c] = this.#states[i * this.#dim + c]!;
		scale[0] = this.#scales[2 * i]!;
		scale[1] = this.#scales[2 * i + 1]!;
	}

	clear(): void {
		this.count = this.#next = 0;
	}
}
