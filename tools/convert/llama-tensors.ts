/** Puts a Llama together from tensors by name, whatever the names are. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { FloatConfig, FloatLayer, FloatModel, headDim } from "./float-model.ts";

/** Names of the tensors in a file; N stands for the layer. */
export interface Names {
	embedding: string;
	finalNorm: string;
	output: string;
	layer: Readonly<Record<keyof FloatLayer, string>>;
}

export const HUGGING_FACE: Names = {
	embedding: "model.embed_tokens.weight", finalNorm: "model.norm.weight", output: "lm_head.weight",
	layer: {
		attentionNorm: "model.layers.N.input_layernorm.weight", wq: "model.layers.N.self_attn.q_proj.weight", wk: "model.layers.N.self_attn.k_proj.weight",
		wv: "model.layers.N.self_attn.v_proj.weight", wo: "model.layers.N.self_attn.o_proj.weight", ffnNorm: "model.layers.N.post_attention_layernorm.weight",
		w1: "model.layers.N.mlp.gate_proj.weight", w2: "model.layers.N.mlp.down_proj.weight", w3: "model.layers.N.mlp.up_proj.weight",
	},
};
export const META: Names = {
	embedding: "tok_embeddings.weight", finalNorm: "norm.weight", output: "output.weight",
	layer: {
		attentionNorm: "layers.N.attention_norm.weight", wq: "layers.N.attention.wq.weight", wk: "layers.N.attention.wk.weight", wv: "layers.N.attention.wv.weight",
		wo: "layers.N.attention.wo.weight", ffnNorm: "layers.N.ffn_norm.weight", w1: "layers.N.feed_forward.w1.weight", w2: "layers.N.feed_forward.w2.weight", w3: "layers.N.feed_forward.w3.weight",
	},
};
export const GGUF: Names = {
	embedding: "token_embd.weight", finalNorm: "output_norm.weight", output: "output.weight",
	layer: {
		attentionNorm: "blk.N.attn_norm.weight", wq: "blk.N.attn_q.weight", wk: "blk.N.attn_k.weight", wv: "blk.N.attn_v.weight", wo: "blk.N.attn_output.weight",
		ffnNorm: "blk.N.ffn_norm.weight", w1: "blk.N.ffn_gate.weight", w2: "blk.N.ffn_down.weight", w3: "blk.N.ffn_up.weight",
	},
};

/** Where tensors come from: shapes as `[rows, columns]`, or `[n]`. */
export interface Tensors {
	names: Iterable<string>;
	shape(name: string): readonly number[] | undefined;
	read(name: string): Float32Array;
}

/** @throws RuvllmError CHECKPOINT_FIELD for sizes that no Llama has, or that don't fit these chips' format */
export function checkConfig(config: FloatConfig): FloatConfig {
	for (const field of ["vocabSize", "embedDim", "hiddenDim", "numLayers", "numHeads", "numKvHeads", "maxSeqLen"] as const) {
		const most = field === "maxSeqLen" ? 32768 : field === "numLayers" || field === "numHeads" || field === "numKvHeads" ? 255 : 65535;
		if (!Number.isInteger(config[field]) || config[field] < 1 || config[field] > most)
			throw new RuvllmError("CHECKPOINT_FIELD", `${field} is ${config[field]}; it must be 1 to ${most}`);
	}
	const { embedDim, numHeads, numKvHeads } = config;
	if (embedDim % numHeads || numHeads % numKvHeads || headDim(config) % 2)
		throw new RuvllmError("CHECKPOINT_FIELD", `${numHeads} heads and ${numKvHeads} key heads do not divide a width of ${embedDim}`);
	if (!(config.ropeTheta > 0 && Number.isFinite(config.ropeTheta)) || !(config.normEpsilon > 0 && config.normEpsilon < 1))
		throw new RuvllmError("CHECKPOINT_FIELD", `the base of the rotary embedding is ${config.ropeTheta}, epsilon ${config.normEpsilon}`);
	return config;
}

/**
 * @param tied whether the output is the embedding; undefined: when the file has no output
 * @throws RuvllmError CHECKPOINT_TENSOR naming a tensor that lacks, has another shape, or isn't known
 */
export function assembleLlama(config: FloatConfig, names: Names, tensors: Tensors, tied?: boolean): FloatModel {
	checkConfig(config);
	const d = config.embedDim, h = config.hiddenDim, kv = config.numKvHeads * headDim(config), used = new Set<string>();
	const take = (name: string, ...shape: number[]): Float32Array => {
		const found = tensors.shape(name);
		if (!found)
			throw new RuvllmError("CHECKPOINT_TENSOR", `the file lacks ${name}; this is no Llama, or it is not whole`);
		if (found.length !== shape.length || found.some((n, i) => n !== shape[i]))
			throw new RuvllmError("CHECKPOINT_TENSOR", `${name} is ${found.join(" x ")}, not ${shape.join(" x ")}`);
		used.add(name);
		return tensors.read(name);
	};
	const layers = Array.from({ length: config.numLayers }, (_, l): FloatLayer => {
		const own = (part: keyof FloatLayer, ...shape: number[]): Float32Array => take(names.layer[part].replace("N", String(l)), ...shape);
		return {
			attentionNorm: own("attentionNorm", d), wq: own("wq", d, d), wk: own("wk", kv, d), wv: own("wv", kv, d), wo: own("wo", d, d),
			ffnNorm: own("ffnNorm", d), w1: own("w1", h, d), w2: own("w2", d, h), w3: own("w3", h, d),
		};
	});
	const embedding = take(names.embedding, config.vocabSize, d), finalNorm = take(names.finalNorm, d);
	const separate = tied === undefined ? tensors.shape(names.output) !== undefined : !tied;
	const output = separate ? take(names.output, config.vocabSize, d) : undefined;
	for (const name of tensors.names)
		if (!used.has(name) && name !== names.output && !/rotary|rope_freqs|inv_freq|freqs_/.test(name))
			throw new RuvllmError("CHECKPOINT_TENSOR", `the file has ${name}, which no plain Llama has (a bias, an adapter, experts?); this engine does not run it`);
	return { config, embedding, layers, finalNorm, ...(output && { output }) };
}
