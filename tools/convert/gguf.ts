/**
 * Reads GGUF, versions 2 and 3: metadata, and tensors of F32, F16, Q8_0 and Q4_0 of Llama models.
 * Format: ggml, docs/gguf.md. Rows of queries and keys are in pairs there already, as this engine takes them.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { ByteReader, finite, half } from "./byte-reader.ts";
import type { FloatConfig, FloatModel } from "./float-model.ts";
import { assembleLlama, GGUF } from "./llama-tensors.ts";

export const GGUF_MAGIC = 0x46554747;

export type GgufValue = number | bigint | boolean | string | GgufValue[];

interface TensorInfo {
	/** Innermost first, as the file has it. */
	dims: number[];
	type: number;
	offset: number;
}

export interface GgufFile {
	metadata: Map<string, GgufValue>;
	tensors: Map<string, TensorInfo>;
	/** Where the tensors' data begin. */
	data: number;
	bytes: Uint8Array;
}

const NAMES: Readonly<Record<number, string>> = { 0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 30: "BF16" };
const MOST_ENTRIES = 100_000, MOST_ITEMS = 10_000_000;

const fail = (sentence: string): never => {
	throw new RuvllmError("CHECKPOINT_FIELD", sentence);
};

/** @throws RuvllmError CHECKPOINT_* */
export function readGguf(bytes: Uint8Array): GgufFile {
	const reader = new ByteReader(bytes);
	if (reader.u32("the header") !== GGUF_MAGIC)
		fail("this is no GGUF file");
	const version = reader.u32("the header");
	if (version < 2 || version > 3)
		throw new RuvllmError("CHECKPOINT_VERSION", `GGUF version ${version} is not known; versions 2 and 3 are`);
	const tensorCount = reader.u64("the number of tensors"), pairs = reader.u64("the number of metadata");
	if (tensorCount > MOST_ENTRIES || pairs > MOST_ENTRIES)
		fail(`${tensorCount} tensors and ${pairs} metadata are too many; the file is damaged`);
	const string = (what: string): string => reader.text(reader.u64(what), what);
	const metadata = new Map<string, GgufValue>(), tensors = new Map<string, TensorInfo>();
	for (let i = 0; i < pairs; i++) {
		const key = string("a metadata key");
		metadata.set(key, readValue(reader, reader.u32(key), key, 0));
	}
	for (let i = 0; i < tensorCount; i++) {
		const name = string("a tensor's name"), count = reader.u32(name);
		if (count < 1 || count > 4)
			fail(`${name} has ${count} dimensions`);
		const dims = Array.from({ length: count }, () => reader.u64(name));
		tensors.set(name, { dims, type: reader.u32(name), offset: reader.u64(name) });
	}
	const alignment = Number(metadata.get("general.alignment") ?? 32);
	if (!Number.isInteger(alignment) || alignment < 1 || alignment > 65536)
		fail(`general.alignment is ${alignment}`);
	return { metadata, tensors, data: Math.ceil(reader.at / alignment) * alignment, bytes };
}

function readValue(reader: ByteReader, type: number, key: string, depth: number): GgufValue {
	const view = (count: number): DataView => reader.view(count, key);
	switch (type) {
		case 0: return view(1).getUint8(0);
		case 1: return view(1).getInt8(0);
		case 2: return view(2).getUint16(0, true);
		case 3: return view(2).getInt16(0, true);
		case 4: return view(4).getUint32(0, true);
		case 5: return view(4).getInt32(0, true);
		case 6: return view(4).getFloat32(0, true);
		case 7: return view(1).getUint8(0) !== 0;
		case 8: return reader.text(reader.u64(key), key);
		case 9: {
			const item = reader.u32(key), count = reader.u64(key);
			if (count > MOST_ITEMS || depth > 2)
				fail(`${key} has ${count} items; the file is damaged`);
			const list: GgufValue[] = [];
			for (let i = 0; i < count; i++)
				list.push(readValue(reader, item, key, depth + 1));
			return list;
		}
		case 10: return view(8).getBigUint64(0, true);
		case 11: return view(8).getBigInt64(0, true);
		case 12: return view(8).getFloat64(0, true);
		default: return fail(`${key} has the unknown type ${type}`);
	}
}

function dequantise(file: GgufFile, name: string): Float32Array {
	const { dims, type, offset } = file.tensors.get(name)!, count = dims.reduce((a, b) => a * b, 1);
	const reader = new ByteReader(file.bytes, file.data + offset);
	if (type === 0 || type === 1) {
		const view = reader.view(count * (type === 0 ? 4 : 2), name), out = new Float32Array(count);
		for (let i = 0; i < count; i++)
			out[i] = type === 0 ? view.getFloat32(4 * i, true) : half(view.getUint16(2 * i, true));
		return out;
	}
	if (type !== 8 && type !== 2)
		throw new RuvllmError("CHECKPOINT_TENSOR", `${name} is ${NAMES[type] ?? `type ${type}`}; F32, F16, Q8_0 and Q4_0 are read: quantize the model to Q8_0 first`);
	if (count % 32)
		fail(`${name} has ${count} values, not a multiple of 32`);
	const block = type === 8 ? 34 : 18, view = reader.view(count / 32 * block, name), out = new Float32Array(count);
	for (let b = 0; b < count / 32; b++) {
		const at = b * block, scale = half(view.getUint16(at, true));
		for (let i = 0; i < 32; i++)
			out[32 * b + i] = scale * (type === 8 ? view.getInt8(at + 2 + i) : (i < 16 ? view.getUint8(at + 2 + i) & 15 : view.getUint8(at + 2 + i - 16) >> 4) - 8);
	}
	return out;
}

/** @throws RuvllmError CHECKPOINT_* naming what is missing, or what this engine doesn't run */
export function ggufModel(file: GgufFile): FloatModel {
	const { metadata, tensors } = file, architecture = metadata.get("general.architecture");
	if (architecture !== "llama")
		throw new RuvllmError("CHECKPOINT_ARCHITECTURE", `general.architecture is ${String(architecture)}; only llama is run`);
	const number = (key: string, otherwise?: number): number => {
		const value = metadata.get(`llama.${key}`) ?? otherwise;
		return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : fail(`the metadata lack llama.${key}`);
	};
	const scaling = metadata.get("llama.rope.scaling.type");
	if (scaling !== undefined && scaling !== "none")
		throw new RuvllmError("CHECKPOINT_ARCHITECTURE", `llama.rope.scaling.type is ${String(scaling)}; positions are not scaled here`);
	if (Number(metadata.get("llama.expert_count") ?? 0) > 0)
		throw new RuvllmError("CHECKPOINT_ARCHITECTURE", "llama.expert_count: a mixture of experts is not run");
	const embedDim = number("embedding_length"), numHeads = number("attention.head_count");
	const rotary = number("rope.dimension_count", embedDim / numHeads);
	if (rotary !== embedDim / numHeads)
		throw new RuvllmError("CHECKPOINT_ARCHITECTURE", `llama.rope.dimension_count is ${rotary}, not the size of a head, ${embedDim / numHeads}`);
	const embedding = tensors.get("token_embd.weight");
	const config: FloatConfig = {
		vocabSize: embedding?.dims[1] ?? fail("the file has no token_embd.weight: it is a vocabulary without a model"), embedDim, hiddenDim: number("feed_forward_length"), numLayers: number("block_count"), numHeads,
		numKvHeads: number("attention.head_count_kv", numHeads), maxSeqLen: Math.min(32768, number("context_length")), ropeTheta: number("rope.freq_base", 10000),
		normEpsilon: number("attention.layer_norm_rms_epsilon", 1e-5),
	};
	return assembleLlama(config, GGUF, {
		names: tensors.keys(), shape: (name) => tensors.get(name)?.dims.slice().reverse(), read: (name) => finite(name, dequantise(file, name)),
	});
}
