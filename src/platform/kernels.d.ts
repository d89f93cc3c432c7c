/**
 * Port: the C kernels, bound to memory that does not move.
 *
 * An `Operator` is one step of a model (a matrix product, an attention, ...) with its buffers and
 * sizes fixed and checked when it is made; running it costs one native call and allocates nothing.
 */

/**
 * A block of zeroed memory outside the XS heap, 64-byte aligned, that never moves. It is a host
 * buffer: `new Int32Array(memory)` views it.
 * @throws RangeError when `bytes` is not an integer from 1 to 2^31 - 1, or memory is short.
 */
export class Memory {
	constructor(bytes: number);
	readonly byteLength: number;
}

/**
 * How many bytes, at most `wanted`, one new Memory can have while a block of `spare` bytes stays free beside
 * it; to 256 bytes. Found by trying: nothing stays allocated. Cost: two allocations for each bit.
 * @throws RangeError when an argument is no integer from 0 to 2^31 - 256
 */
export function availableMemory(wanted: number, spare: number): number;

/** What kernels read weights from: a mapped asset, or a Memory. */
export type Pinned = ArrayBuffer | Memory;

/** A step of a model; see src/engine/operators.ts for the kinds and their parameters. */
export class Operator {
	/**
	 * @param kind   the number of the operation
	 * @param arena  where the step reads and writes activations
	 * @param weights what it reads weights from (a Memory or a mapped asset; never an ArrayBuffer of XS, which moves)
	 * @param params offsets and sizes, 32-bit integers; each is checked against the buffers, and copied
	 * @param count how many of them there are; all by default
	 * @throws RangeError naming the operation and the parameter; TypeError for wrong kinds of buffer
	 */
	constructor(kind: number, arena: Memory, weights: Pinned, params: Int32Array, count?: number);
	/**
	 * Runs the step. `argument` is the position, token or count that the kind expects; it is checked.
	 * @returns what the kind returns (0 for most)
	 */
	run(argument: number): number;
}

/** The vocabulary of a model: text to ids and back. Its section is checked when it is made. */
export class Tokenizer {
	/**
	 * @param weights the model file; `offset` and `count` say where the vocabulary lies in it
	 * @throws RangeError with a sentence when the section is damaged
	 */
	constructor(weights: Pinned, offset: number, count: number);
	readonly vocabSize: number;
	/** Ids that begin and end a text, or -1. */
	readonly bos: number;
	readonly eos: number;
	/**
	 * Any bytes to ids (an ArrayBuffer of 32-bit integers), so that decoding gives the same bytes.
	 * @param options 1: bos in front; 2: eos behind
	 */
	encode(bytes: ArrayBufferLike | Uint8Array, options: number): ArrayBuffer;
	/**
	 * Writes the bytes of a piece into `bytes` at `offset` and returns their number; allocates nothing.
	 * After `previous` = bos a leading space is left out, as encode put it there.
	 */
	copyPiece(previous: number, id: number, bytes: Uint8Array, offset: number): number;
}

/** Ticks of the profile counter spent inside `Operator.run` since `profile(true)`. */
export function kernelTicks(): number;
/** Ticks of the same counter since `profile(true)`. */
export function totalTicks(): number;
/** What a tick is: "instructions" repeat to the last one, cycles and microseconds do not. */
export function tickUnit(): "instructions" | "cycles" | "microseconds";
/** Starts (and zeroes) or stops the profile; off at the start, and then it costs nothing. */
export function profile(on: boolean): void;

/** CRC-32 (IEEE 802.3, as zlib) of a range of bytes, continued from `seed` (0 at the start). */
export function crc32(bytes: ArrayBufferLike | Memory, offset: number, count: number, seed: number): number;
/**
 * The table of a model file, checked: 32-bit integers, the shape first (see native/ruvm.h), then shift, rows, columns, offset
 * and bytes of each section in its usual order. Undefined for any other file, good or bad: src/engine/ruvm/reader.ts tells.
 * Cost: about 100 instructions a section.
 */
export function readModel(file: Pinned): ArrayBuffer | undefined;
/** What the kernels were compiled for: "portable", "avx2", "avx512vnni", "esp32s3", ... */
export function variant(): string;
/**
 * Runs the kernels of `variant()` on small inputs beside their reference.
 * @returns the name of the first one that gives other bits; undefined when all agree
 * @throws RangeError when 8 KB are not available
 */
export function kernelSelfTest(): string | undefined;

/**
 * Lets large matrix products run on one core (the default) or on two; the bits are the same.
 * @returns how many it will be: 1 where there is no second core (or no memory for its task: 2 KB)
 * @throws RangeError for other numbers than 1 and 2
 */
export function useCores(cores: number): number;
/** How many cores multiply now. */
export function cores(): number;
