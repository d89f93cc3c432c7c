/**
 * Text embeddings: vectors that are near each other for sentences that mean the same. Words, pairs of words and n-grams of
 * letters are hashed to rows of a trained INT4 table and summed (fastText: Bojanowski et al. 2017); in integers, so the bits
 * are the same on every host. tools/train/embedder trains the table.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { Memory, type Pinned } from "ruvllm-esp32/platform/kernels";
import { EmbedderKernel, type Text } from "ruvllm-esp32/platform/text";

/** Dot product of two equal embeddings, but for rounding: dots are cosines in Q16. */
export const EMBEDDING_ONE = 65536;

/** @param text whatever a caller gave */
export function checkText(text: unknown): asserts text is Text {
	if (typeof text !== "string" && !(text instanceof Uint8Array) && !(text instanceof ArrayBuffer))
		throw new RuvllmError("TEXT", "a text is a string, or bytes of UTF-8");
	if ((typeof text === "string" ? text.length : text.byteLength) > 1 << 18)
		throw new RuvllmError("TEXT", "the text is longer than 262,144 characters; cut it into parts");
}

export class TextEmbedder {
	/** Length of its vectors. */
	readonly dims: number;
	readonly kernel: EmbedderKernel;
	readonly #out: Memory;
	readonly #view: Int8Array;

	/**
	 * @param file the embedder: a mapped asset (it is read where it lies) or a Memory
	 * @throws RuvllmError EMBEDDER_FILE, with the reason, for bytes that are none or are damaged
	 */
	constructor(file: Pinned) {
		try {
			this.kernel = new EmbedderKernel(file, 0, file.byteLength);
		}
		catch (error) {
			throw new RuvllmError("EMBEDDER_FILE", (error as Error).message);
		}
		this.dims = this.kernel.dims;
		this.#out = new Memory(this.dims);
		this.#view = new Int8Array(this.#out as never);
	}

	/**
	 * The embedding of a text: `dims` numbers of Euclidean length 256, each within 127; zeros when there are no words.
	 * Cost: docs/embedding.md.
	 * @throws RuvllmError TEXT
	 */
	embed(text: Text): Int8Array {
		return new Int8Array(this.embedInPlace(text));
	}

	/** The same, but in a view that the next call overwrites; allocates nothing. */
	embedInPlace(text: Text): Int8Array {
		checkText(text);
		this.kernel.embed(text, this.#out, 0);
		return this.#view;
	}
}

/** Cosine of two embeddings in Q16: 65536 for equal ones, 0 for unrelated ones. @throws RuvllmError VECTOR for lengths that differ */
export function similarity(a: Int8Array, b: Int8Array): number {
	if (a.length !== b.length)
		throw new RuvllmError("VECTOR", `one vector has ${a.length} numbers, the other ${b.length}`);
	let sum = 0;
	for (let i = 0; i < a.length; i++)
		sum += a[i]! * b[i]!;
	return sum;
}

/** Not a variable: those of preloaded modules lie in flash on boards. */
const shipped: { embedder?: TextEmbedder } = {};

/** The embedder that comes with the library, models/words.rvem, opened when it is first wanted. */
export const defaultEmbedder = (): TextEmbedder => shipped.embedder ??= new TextEmbedder(openAsset("words.rvem"));

/**
 * The embedding of a text by the embedder that comes with the library: 64 numbers, INT8, of length 256.
 * @throws RuvllmError TEXT, EMBEDDER_FILE
 */
export const embedText = (text: Text): Int8Array => defaultEmbedder().embed(text);
