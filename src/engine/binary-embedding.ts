/**
 * One bit for each dimension: the signs of vectors, compared by how many differ. A 32nd of the memory of 32-bit vectors, and
 * a hash of their angle (Charikar 2002): the share of bits that differ is about the angle over pi.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { MicroEngine } from "ruvllm-esp32/engine/micro-engine";

export class BinaryEmbedding {
	readonly #engine: MicroEngine;
	/** Bytes of one embedding. */
	readonly bytes: number;
	/** Of each token, packed; made when first asked for. */
	#table: Uint8Array | undefined;
	/** Mean of the token vectors, which they have in common: what is left of them tells them apart. */
	#mean: Int32Array | undefined;

	constructor(engine: MicroEngine) {
		this.#engine = engine;
		this.bytes = Math.ceil(engine.model.shape.embedDim / 8);
	}

	/**
	 * The signs of a token's vector. @throws RuvllmError EMBEDDING_TOKEN
	 * Cost: the first call reads the whole embedding, 20 instructions a weight; then a copy of `bytes`.
	 */
	lookup(token: number): Uint8Array {
		const { vocabSize } = this.#engine.model.shape;
		if (!Number.isInteger(token) || token < 0 || token >= vocabSize)
			throw new RuvllmError("EMBEDDING_TOKEN", `the token is ${token}; the vocabulary has ids 0 to ${vocabSize - 1}`);
		const table = this.#table ??= this.#makeTable();
		return table.slice(token * this.bytes, (token + 1) * this.bytes);
	}

	#makeTable(): Uint8Array {
		const { model } = this.#engine, { vocabSize, embedDim } = model.shape, mean = this.#mean = new Int32Array(embedDim);
		for (let token = 0; token < vocabSize; token++) {
			const vector = model.embed(token);
			for (let i = 0; i < embedDim; i++)
				mean[i]! += Math.trunc(vector[i]! / vocabSize);
		}
		const table = new Uint8Array(vocabSize * this.bytes);
		for (let token = 0; token < vocabSize; token++)
			this.#signs(model.embed(token), table, token * this.bytes, mean);
		return table;
	}

	#signs(vector: ArrayLike<number>, out: Uint8Array, at: number, mean?: Int32Array): void {
		for (let i = 0; i < vector.length; i++)
			if (vector[i]! >= (mean ? mean[i]! : 0))
				out[at + (i >> 3)]! |= 1 << (i & 7);
	}

	/**
	 * The signs of a text: of the sum of what the model makes of it after each of its tokens.
	 * Cost: one step of the model for each token. @throws RuvllmError PROMPT_TOO_LONG
	 */
	encode(text: string): Uint8Array {
		const { model } = this.#engine, ids = this.#engine.encode(text), { embedDim } = model.shape;
		if (ids.length > model.contextLength)
			throw new RuvllmError("PROMPT_TOO_LONG", `the text has ${ids.length} tokens, the context holds ${model.contextLength}; shorten it`);
		const sum = new Int32Array(embedDim), out = new Uint8Array(this.bytes);
		for (let i = 0; i < ids.length; i++) {
			model.forward(ids[i]!, i, false);
			for (let c = 0; c < embedDim; c++)
				sum[c]! += model.hidden[c]! >> 8;
		}
		this.#signs(sum, out, 0);
		return out;
	}
}

/** Bits that differ. @throws RuvllmError EMBEDDING_LENGTH when the lengths do */
export function hammingDistance(a: Uint8Array, b: Uint8Array): number {
	if (a.length !== b.length)
		throw new RuvllmError("EMBEDDING_LENGTH", `embeddings of ${a.length} and ${b.length} bytes can't be compared`);
	let count = 0;
	for (let i = 0; i < a.length; i++) {
		let bits = a[i]! ^ b[i]!;
		for (; bits; bits &= bits - 1)
			count++;
	}
	return count;
}
