/**
 * Operators by name: packs named parameters in the order that native/xs/operator-kinds.c takes them.
 * Offsets are bytes, into the arena or (tiles, gain, frequencies) into the model file.
 */

import { Memory, Operator, Pinned } from "ruvllm-esp32/platform/kernels";
import type { Tensor } from "ruvllm-esp32/engine/ruvm/model-table";

const Kind = { Embed: 0, Norm: 1, Matvec: 2, Rope: 3, Attend: 4, Swiglu: 5, Quantise: 6, NegativeLogLikelihood: 7, Sample: 8, Adapt: 9, Learn: 10, AttendRuns: 11, Draft: 12, MatvecRows: 13, Products: 14 } as const;

const MOST_PARAMS = 24;

/** The cache of one layer and the sizes of its heads; shared by rope and attend. */
export interface AttentionParams {
	heads: number;
	kvHeads: number;
	headDim: number;
	capacity: number;
	scoreMantissa: number;
	scoreShift: number;
	keys: number;
	values: number;
	keyScales: number;
	valueScales: number;
	queries: number;
	queryScales: number;
}

export class Operators {
	readonly #arena: Memory;
	readonly #weights: Pinned;
	/** One for all: operators copy what they are given. */
	readonly #params = new Int32Array(MOST_PARAMS);

	constructor(arena: Memory, weights: Pinned) {
		this.#arena = arena;
		this.#weights = weights;
	}

	/** The parameters stand in #params: writing them one by one costs a chip less than a list does. */
	#make(kind: number, count: number): Operator {
		return new Operator(kind, this.#arena, this.#weights, this.#params, count);
	}

	#list(kind: number, params: readonly number[]): Operator {
		this.#params.set(params);
		return this.#make(kind, params.length);
	}

	/** A tensor's place and shape, from parameter `at` on. */
	#matrix(at: number, m: Tensor): void {
		const p = this.#params;
		p[at] = m.offset;
		p[at + 1] = m.rows;
		p[at + 2] = m.columns;
		p[at + 3] = m.shift;
		p[at + 4] = m.type;
	}

	/** run(token): out = row `token` of the matrix. */
	embed(out: number, m: Tensor): Operator {
		this.#params[0] = out;
		this.#matrix(1, m);
		return this.#make(Kind.Embed, 6);
	}

	/** run(0): q * scale = rmsNorm(x) * gain. `epsilon` in Q32, `sqrtN` in Q16. */
	norm(q: number, scale: number, x: number, scratch: number, gain: Tensor, epsilon: number, sqrtN: number): Operator {
		const p = this.#params;
		p[0] = q;
		p[1] = scale;
		p[2] = x;
		p[3] = scratch;
		p[4] = gain.offset;
		p[5] = gain.columns;
		p[6] = gain.shift;
		p[7] = Math.min(epsilon * gain.columns, 0x7fffffff);
		p[8] = sqrtN;
		return this.#make(Kind.Norm, 9);
	}

	/**
	 * run(0): out = m x, or out += m x when `add`.
	 * @param scratch for matrices of groups; INT8 takes none
	 * @param binary whether x is made binary, for a binary matrix
	 */
	matvec(out: number, q: number, scale: number, m: Tensor, add: boolean, scratch: number, binary: boolean): Operator {
		this.#product(out, q, scale, m, add, scratch, binary);
		return this.#make(Kind.Matvec, 11);
	}

	/** The same for `count` rows from `first` on, a multiple of 8. */
	matvecRows(out: number, q: number, scale: number, m: Tensor, scratch: number, binary: boolean, first: number, count: number): Operator {
		this.#product(out, q, scale, m, false, scratch, binary);
		this.#params[11] = first;
		this.#params[12] = count;
		return this.#make(Kind.MatvecRows, 13);
	}

	#product(out: number, q: number, scale: number, m: Tensor, add: boolean, scratch: number, binary: boolean): void {
		const p = this.#params;
		p[0] = out;
		p[1] = q;
		p[2] = scale;
		this.#matrix(3, m);
		p[8] = add ? 1 : 0;
		p[9] = scratch;
		p[10] = binary ? 1 : 0;
	}

	/** run(position): rotates queries and keys, stores keys and values in the cache. */
	rope(a: AttentionParams, qkv: number, frequencies: Tensor): Operator {
		return this.#list(Kind.Rope, [...this.#attention(a), qkv, frequencies.offset]);
	}

	/** run(position): mixed = attention of the queries over positions 0 to `position`. */
	attend(a: AttentionParams, mixed: number, scratch: number): Operator {
		return this.#list(Kind.Attend, [...this.#attention(a), mixed, scratch]);
	}

	/** run(position): the same over the positions whose runs stand at `runs` (SparseAttention.writeRuns). Negative: no such runs. */
	attendRuns(a: AttentionParams, mixed: number, scratch: number, runs: number): Operator {
		return this.#list(Kind.AttendRuns, [...this.#attention(a), mixed, scratch, runs]);
	}

	#attention(a: AttentionParams): number[] {
		return [a.heads, a.kvHeads, a.headDim, a.capacity, a.scoreMantissa, a.scoreShift, a.keys, a.values, a.keyScales, a.valueScales, a.queries, a.queryScales];
	}

	/** run(0): q * scale = silu(gate) * up; n values each. */
	swiglu(q: number, scale: number, gateUp: number, n: number): Operator {
		return this.#list(Kind.Swiglu, [q, scale, gateUp, n]);
	}

	/** run(0): gate = silu(gate) * up, in Q20; n values each, some of the columns. */
	products(gate: number, up: number, n: number): Operator {
		return this.#list(Kind.Products, [gate, up, n]);
	}

	/** run(0): q * scale = v, of `fraction` fraction bits. */
	quantise(q: number, scale: number, v: number, n: number, fraction: number): Operator {
		return this.#list(Kind.Quantise, [q, scale, v, n, fraction]);
	}

	/** run(token): -ln of the token's probability, in Q24 (at most 127 nats). */
	negativeLogLikelihood(logits: number, vocab: number): Operator {
		return this.#list(Kind.NegativeLogLikelihood, [logits, vocab]);
	}

	/** run(0): takes the settings; run(1): the next token; run(2): passes over a token that is known. Negative: a sampler's error. */
	sample(logits: number, settings: number, vocab: number, window: number, recent: number, scratch: number): Operator {
		return this.#list(Kind.Sample, [logits, settings, vocab, window, recent, scratch]);
	}

	/** run(0): q * scale = h + B A h, for h = q * scale, which stays in `hidden`. */
	adapt(n: number, rank: number, adapter: number, hidden: number, q: number, scale: number, scratch: number): Operator {
		return this.#list(Kind.Adapt, [n, rank, adapter, hidden, q, scale, scratch]);
	}

	/** run(target): a step of the adapter towards the target, of the length (Q16) in the first word at `gradient`. */
	learn(n: number, rank: number, adapter: number, hidden: number, output: Tensor, logits: number, gradient: number, sums: number): Operator {
		this.#params.set([n, rank, adapter, hidden]);
		this.#matrix(4, output);
		this.#params.set([logits, gradient, sums], 9);
		return this.#make(Kind.Learn, 12);
	}

	/** run(0): forgets the text; run(1 to 32): drafts so many, returns how many; run(64 + token): one more. `bytes` of the table from `table` on; 0: none. */
	draft(memory: number, capacity: number, lookup: boolean, vocab: number, bytes: number, table: number): Operator {
		return this.#list(Kind.Draft, [memory, capacity, lookup ? 1 : 0, vocab, bytes, table]);
	}
}
