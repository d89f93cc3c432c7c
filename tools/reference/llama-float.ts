/**
 * The float reference: the Llama architecture in single precision, for people to read and for the
 * integer engine to be measured against. Speed is no aim here.
 *
 * RMS norm (Zhang and Sennrich 2019), rotary embedding of adjacent pairs (Su et al. 2021),
 * grouped-query attention (Ainslie et al. 2023), SwiGLU (Shazeer 2020).
 */

import { FloatModel, FloatLayer, headDim } from "../convert/float-model";

const f = Math.fround;

/** `out[r] = sum over c of w[r][c] * x[c]`, summed in double precision and in four parts, for speed. */
function matvec(out: Float32Array, w: Float32Array, x: Float32Array): void {
	const columns = x.length, quads = columns & ~3;
	for (let r = 0, at = 0; r < out.length; r++, at += columns) {
		let a = 0, b = 0, c = 0, d = 0;
		for (let i = 0; i < quads; i += 4) {
			a += w[at + i]! * x[i]!;
			b += w[at + i + 1]! * x[i + 1]!;
			c += w[at + i + 2]! * x[i + 2]!;
			d += w[at + i + 3]! * x[i + 3]!;
		}
		for (let i = quads; i < columns; i++)
			a += w[at + i]! * x[i]!;
		out[r] = a + b + c + d;
	}
}

function rmsNorm(out: Float32Array, x: Float32Array, weight: Float32Array, epsilon: number): void {
	let squares = 0;
	for (const v of x)
		squares = f(squares + f(v * v));
	const scale = f(1 / Math.sqrt(squares / x.length + epsilon));
	for (let i = 0; i < x.length; i++)
		out[i] = weight[i]! * f(scale * x[i]!);
}

/** Rotates each adjacent pair of each head by position times the pair's frequency. */
function rotate(x: Float32Array, dim: number, position: number, theta: number): void {
	for (let i = 0; i < x.length; i += 2) {
		const angle = position * theta ** -((i % dim) / dim);
		const c = f(Math.cos(angle)), s = f(Math.sin(angle));
		const a = x[i]!, b = x[i + 1]!;
		x[i] = a * c - b * s;
		x[i + 1] = a * s + b * c;
	}
}

function softmax(x: Float32Array): void {
	const max = x.reduce((a, b) => Math.max(a, b), -Infinity);
	let sum = 0;
	for (let i = 0; i < x.length; i++)
		sum += x[i] = Math.exp(x[i]! - max);
	for (let i = 0; i < x.length; i++)
		x[i] = x[i]! / sum;
}

/** One sequence's state; `forward` takes positions in order. */
export class LlamaFloat {
	readonly #model: FloatModel;
	readonly #keys: Float32Array[][];
	readonly #values: Float32Array[][];
	/** `[vocabSize]`, of the last `forward`. */
	readonly logits: Float32Array;

	constructor(model: FloatModel) {
		this.#model = model;
		this.#keys = model.layers.map(() => []);
		this.#values = model.layers.map(() => []);
		this.logits = new Float32Array(model.config.vocabSize);
	}

	/** Logits of the token after `token`, which stands at `position`. */
	forward(token: number, position: number): Float32Array {
		const { config, embedding, layers, finalNorm, output } = this.#model;
		const d = config.embedDim;
		const x = embedding.slice(token * d, (token + 1) * d);
		layers.forEach((layer, l) => {
			this.#attend(layer, l, x, position);
			this.#feedForward(layer, x);
		});
		const normed = new Float32Array(d);
		rmsNorm(normed, x, finalNorm, config.normEpsilon);
		matvec(this.logits, output ?? embedding, normed);
		return this.logits;
	}

	#attend(layer: FloatLayer, l: number, x: Float32Array, position: number): void {
		const config = this.#model.config, dim = headDim(config);
		const normed = new Float32Array(x.length);
		rmsNorm(normed, x, layer.attentionNorm, config.normEpsilon);
		const q = new Float32Array(x.length);
		const k = new Float32Array(config.numKvHeads * dim), v = new Float32Array(config.numKvHeads * dim);
		matvec(q, layer.wq, normed);
		matvec(k, layer.wk, normed);
		matvec(v, layer.wv, normed);
		rotate(q, dim, position, config.ropeTheta);
		rotate(k, dim, position, config.ropeTheta);
		this.#keys[l]![position] = k;
		this.#values[l]![position] = v;
		const mixed = new Float32Array(x.length);
		const scores = new Float32Array(position + 1);
		const queriesPerKey = config.numHeads / config.numKvHeads;
		for (let h = 0; h < config.numHeads; h++) {
			const at = h * dim, kvAt = Math.floor(h / queriesPerKey) * dim;
			for (let t = 0; t <= position; t++) {
				const key = this.#keys[l]![t]!;
				let dot = 0;
				for (let i = 0; i < dim; i++)
					dot += q[at + i]! * key[kvAt + i]!;
				scores[t] = dot / Math.sqrt(dim);
			}
			softmax(scores);
			for (let t = 0; t <= position; t++) {
				const value = this.#values[l]![t]!;
				for (let i = 0; i < dim; i++)
					mixed[at + i]! += scores[t]! * value[kvAt + i]!;
			}
		}
		const projected = new Float32Array(x.length);
		matvec(projected, layer.wo, mixed);
		for (let i = 0; i < x.length; i++)
			x[i]! += projected[i]!;
	}

	#feedForward(layer: FloatLayer, x: Float32Array): void {
		const { hiddenDim, normEpsilon } = this.#model.config;
		const normed = new Float32Array(x.length);
		rmsNorm(normed, x, layer.ffnNorm, normEpsilon);
		const gate = new Float32Array(hiddenDim), up = new Float32Array(hiddenDim);
		matvec(gate, layer.w1, normed);
		matvec(up, layer.w3, normed);
		for (let i = 0; i < hiddenDim; i++)
			gate[i] = gate[i]! / (1 + Math.exp(-gate[i]!)) * up[i]!;
		const down = new Float32Array(x.length);
		matvec(down, layer.w2, gate);
		for (let i = 0; i < x.length; i++)
			x[i]! += down[i]!;
	}
}

/** The index of the largest value; the lowest one of equals. */
export function argmax(values: Float32Array | Int32Array): number {
	let best = 0;
	for (let i = 1; i < values.length; i++)
		if (values[i]! > values[best]!)
			best = i;
	return best;
}

/** `-ln softmax(logits)[target]`, in nats. */
export function negativeLogLikelihood(logits: Float32Array, target: number): number {
	const max = logits.reduce((a, b) => Math.max(a, b), -Infinity);
	let sum = 0;
	for (const v of logits)
		sum += Math.exp(v - max);
	return Math.log(sum) + max - logits[target]!;
}
