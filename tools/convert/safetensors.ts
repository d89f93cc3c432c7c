/**
 * Reads safetensors (Hugging Face): F32, F16 and BF16 tensors of a Llama, by Hugging Face's names or Meta's and llama2.c's.
 * Sizes come from config.json or params.json beside it.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { ByteReader, finite, half } from "./byte-reader.ts";
import type { FloatConfig, FloatModel } from "./float-model.ts";
import { assembleLlama, HUGGING_FACE, META } from "./llama-tensors.ts";

interface Entry {
	dtype: string;
	shape: number[];
	data_offsets: [number, number];
}

const BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

const fail = (sentence: string): never => {
	throw new RuvllmError("CHECKPOINT_FIELD", sentence);
};

function readHeader(bytes: Uint8Array): { entries: Map<string, Entry>; data: number } {
	const reader = new ByteReader(bytes), length = reader.u64("the header");
	const text = reader.text(length, "the header");
	let header: Record<string, Entry>;
	try {
		header = JSON.parse(text) as Record<string, Entry>;
	}
	catch {
		return fail("the header is no JSON: this is no safetensors file, or it is damaged");
	}
	const entries = new Map<string, Entry>();
	for (const [name, entry] of Object.entries(header ?? {})) {
		if (name === "__metadata__")
			continue;
		const { shape, data_offsets: offsets } = entry ?? {};
		if (!Array.isArray(shape) || !shape.every((n) => Number.isInteger(n) && n >= 0) || !Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((n) => Number.isSafeInteger(n) && n >= 0))
			fail(`the header's entry of ${name} is damaged`);
		entries.set(name, entry);
	}
	return { entries, data: reader.at };
}

function read(bytes: Uint8Array, data: number, name: string, { dtype, shape, data_offsets: [start, end] }: Entry): Float32Array {
	const size = BYTES[dtype] ?? fail(`${name} is ${dtype}; F32, F16 and BF16 are read`), count = shape.reduce((a, b) => a * b, 1);
	if (end - start !== count * size)
		fail(`${name} has ${end - start} bytes, which is not what ${shape.join(" x ")} of ${dtype} take`);
	const view = new ByteReader(bytes, data + start).view(count * size, name), out = new Float32Array(count);
	const word = new DataView(new ArrayBuffer(4));
	for (let i = 0; i < count; i++) {
		if (dtype === "F32")
			out[i] = view.getFloat32(4 * i, true);
		else if (dtype === "F16")
			out[i] = half(view.getUint16(2 * i, true));
		else {
			word.setUint16(0, view.getUint16(2 * i, true));
			out[i] = word.getFloat32(0);
		}
	}
	return finite(name, out);
}

/** Hugging Face turns the first half of a head against the second; this engine turns neighbours. */
export function pairRows(weights: Float32Array, heads: number, columns: number): Float32Array {
	const out = new Float32Array(weights.length), size = weights.length / columns / heads;
	for (let h = 0; h < heads; h++)
		for (let i = 0; i < size; i++) {
			const from = h * size + (i >> 1) + (i & 1 ? size / 2 : 0);
			out.set(weights.subarray(from * columns, (from + 1) * columns), (h * size + i) * columns);
		}
	return out;
}

type Settings = Readonly<Record<string, unknown>>;

function huggingFaceConfig(settings: Settings): { config: FloatConfig; tied: boolean } {
	const refuse = (field: string, why: string): never => {
		throw new RuvllmError("CHECKPOINT_ARCHITECTURE", `${field} is ${JSON.stringify(settings[field])}; ${why}`);
	};
	if (settings.model_type !== undefined && settings.model_type !== "llama")
		refuse("model_type", "only llama is run");
	if (settings.hidden_act !== undefined && settings.hidden_act !== "silu")
		refuse("hidden_act", "only silu is run");
	for (const field of ["rope_scaling", "sliding_window"])
		if (settings[field] !== undefined && settings[field] !== null)
			refuse(field, "it must be null");
	for (const field of ["attention_bias", "mlp_bias"])
		if (settings[field])
			refuse(field, "biases are not run");
	const number = (field: string, otherwise?: number): number => {
		const value = settings[field] ?? otherwise;
		return typeof value === "number" ? value : fail(`config.json lacks ${field}`);
	};
	const numHeads = number("num_attention_heads"), embedDim = number("hidden_size");
	if (settings.head_dim !== undefined && settings.head_dim !== null && settings.head_dim !== embedDim / numHeads)
		refuse("head_dim", `it must be ${embedDim / numHeads}`);
	return {
		config: {
			vocabSize: number("vocab_size"), embedDim, hiddenDim: number("intermediate_size"), numLayers: number("num_hidden_layers"), numHeads,
			numKvHeads: number("num_key_value_heads", numHeads), maxSeqLen: Math.min(32768, number("max_position_embeddings", 2048)),
			ropeTheta: number("rope_theta", 10000), normEpsilon: number("rms_norm_eps", 1e-5),
		},
		tied: settings.tie_word_embeddings === true,
	};
}

/** @param settings config.json (Hugging Face) or params.json (Meta, llama2.c). @throws RuvllmError CHECKPOINT_* */
export function readSafetensors(bytes: Uint8Array, settings: Settings): FloatModel {
	const { entries, data } = readHeader(bytes);
	const tensors = { names: entries.keys(), shape: (name: string) => entries.get(name)?.shape, read: (name: string) => read(bytes, data, name, entries.get(name)!) };
	if (entries.has(HUGGING_FACE.embedding)) {
		const { config, tied } = huggingFaceConfig(settings), model = assembleLlama(config, HUGGING_FACE, tensors, tied && !entries.has(HUGGING_FACE.output) ? true : !entries.has(HUGGING_FACE.output));
		for (const layer of model.layers) {
			layer.wq = pairRows(layer.wq, config.numHeads, config.embedDim);
			layer.wk = pairRows(layer.wk, config.numKvHeads, config.embedDim);
		}
		return model;
	}
	const number = (field: string, otherwise?: number): number => {
		const value = settings[field] ?? otherwise;
		return typeof value === "number" ? value : fail(`params.json lacks ${field}`);
	};
	const embedding = entries.get(META.embedding)?.shape ?? fail(`the file has neither ${HUGGING_FACE.embedding} nor ${META.embedding}; this is no Llama`);
	const numHeads = number("n_heads"), config: FloatConfig = {
		vocabSize: embedding[0] ?? 0, embedDim: number("dim"), hiddenDim: entries.get("layers.0.feed_forward.w1.weight")?.shape[0] ?? 0, numLayers: number("n_layers"), numHeads,
		numKvHeads: number("n_kv_heads", numHeads), maxSeqLen: Math.min(32768, number("max_seq_len", 2048)), ropeTheta: number("rope_theta", 10000), normEpsilon: number("norm_eps", 1e-5),
	};
	return assembleLlama(config, META, tensors);
}
