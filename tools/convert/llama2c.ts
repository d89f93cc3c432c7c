/**
 * Reads llama2.c checkpoints: float "v0" (no magic) and quantised "v2" (magic ak42, Q8_0 groups).
 * Formats: karpathy/llama2.c, export.py (legacy_export, version2_export).
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { FloatConfig, FloatLayer, FloatModel, headDim } from "./float-model";

const MAGIC_AK42 = 0x616b3432;
const V2_HEADER = 256;
/** Above any model for these chips; keeps a damaged header from asking for terabytes. */
const MAX_DIM = 65535;

/** @throws RuvllmError CHECKPOINT_TRUNCATED, CHECKPOINT_FIELD or CHECKPOINT_VERSION */
export function readLlama2c(bytes: Uint8Array): FloatModel {
	if (bytes.length < 28)
		throw new RuvllmError("CHECKPOINT_TRUNCATED", `a llama2.c checkpoint has at least 28 bytes, this file has ${bytes.length}; is the download complete?`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (view.getUint32(0, true) !== MAGIC_AK42)
		return readFloatV0(view);
	const version = view.getInt32(4, true);
	if (version === 1)
		return readFloatV1(view);
	if (version === 2)
		return readQuantisedV2(view);
	throw new RuvllmError("CHECKPOINT_VERSION", `llama2.c checkpoint version ${version} is not known; export it as version 0, 1 or 2`);
}

function readConfig(view: DataView, at: number): { config: FloatConfig; vocab: number } {
	const [embedDim, hiddenDim, numLayers, numHeads, numKvHeads, vocab, maxSeqLen] =
		Array.from({ length: 7 }, (_, i) => view.getInt32(at + 4 * i, true)) as [number, number, number, number, number, number, number];
	const fields = { embedDim, hiddenDim, numLayers, numHeads, numKvHeads, vocabSize: Math.abs(vocab), maxSeqLen };
	for (const [name, value] of Object.entries(fields))
		if (value < 1 || value > MAX_DIM)
			throw new RuvllmError("CHECKPOINT_FIELD", `${name} is ${value}; this is not a llama2.c checkpoint, or it is damaged`);
	if (embedDim % numHeads || numHeads % numKvHeads || (embedDim / numHeads) % 2)
		throw new RuvllmError("CHECKPOINT_FIELD", `${numHeads} heads and ${numKvHeads} key heads do not divide a width of ${embedDim}`);
	return { config: { ...fields, ropeTheta: 10000, normEpsilon: 1e-5 }, vocab };
}

/** Takes tensors off a file in order, and complains by name when it ends early. */
class Cursor {
	constructor(private view: DataView, public at: number) {}
	private need(name: string, bytes: number): number {
		const at = this.at;
		if (at + bytes > this.view.byteLength)
			throw new RuvllmError("CHECKPOINT_TRUNCATED", `the file ends inside ${name} (needs ${at + bytes} bytes, has ${this.view.byteLength})`);
		this.at += bytes;
		return at;
	}
	floats(name: string, count: number): Float32Array {
		const at = this.need(name, count * 4);
		const result = new Float32Array(count);
		for (let i = 0; i < count; i++)
			result[i] = this.view.getFloat32(at + 4 * i, true);
		for (let i = 0; i < count; i++)
			if (!Number.isFinite(result[i]))
				throw new RuvllmError("CHECKPOINT_FIELD", `${name}[${i}] is not a finite number`);
		return result;
	}
	skipFloats(name: string, count: number): void {
		this.need(name, count * 4);
	}
	/** Q8_0: all integers of a tensor, then one float scale per group, in flat order. */
	q80(name: string, count: number, group: number): Float32Array {
		if (count % group)
			throw new RuvllmError("CHECKPOINT_FIELD", `${name} has ${count} values, not a multiple of the group size ${group}`);
		const at = this.need(name, count);
		const scales = this.floats(`${name} scales`, count / group);
		return Float32Array.from({ length: count }, (_, i) => this.view.getInt8(at + i) * scales[Math.floor(i / group)]!);
	}
}

type Read = (name: string, count: number) => Float32Array;

/** v0 and v2 store each kind of tensor for all layers together. */
function perLayer(config: FloatConfig, name: string, count: number, read: Read): Float32Array[] {
	return Array.from({ length: config.numLayers }, (_, l) => read(`layers.${l}.${name}`, count));
}

type LayerMatrices = Record<"wq" | "wk" | "wv" | "wo" | "w1" | "w2" | "w3", Float32Array[]>;
/** `between` reads what the format puts between attention and feed-forward matrices. */
function readMatrices(config: FloatConfig, read: Read, between?: () => void): LayerMatrices {
	const { embedDim: d, hiddenDim: h } = config;
	const kv = config.numKvHeads * headDim(config);
	const attention = {
		wq: perLayer(config, "wq", d * d, read), wk: perLayer(config, "wk", kv * d, read),
		wv: perLayer(config, "wv", kv * d, read), wo: perLayer(config, "wo", d * d, read),
	};
	between?.();
	return {
		...attention, w1: perLayer(config, "w1", h * d, read),
		w2: perLayer(config, "w2", d * h, read), w3: perLayer(config, "w3", h * d, read),
	};
}

function assemble(config: FloatConfig, embedding: Float32Array, attentionNorm: Float32Array[], ffnNorm: Float32Array[],
	matrices: LayerMatrices, finalNorm: Float32Array, output?: Float32Array): FloatModel {
	const layers = attentionNorm.map((norm, l): FloatLayer => ({
		attentionNorm: norm, ffnNorm: ffnNorm[l]!, wq: matrices.wq[l]!, wk: matrices.wk[l]!, wv: matrices.wv[l]!,
		wo: matrices.wo[l]!, w1: matrices.w1[l]!, w2: matrices.w2[l]!, w3: matrices.w3[l]!,
	}));
	return { config, embedding, layers, finalNorm, ...(output && { output }) };
}

function readFloatV0(view: DataView): FloatModel {
	const { config, vocab } = readConfig(view, 0);
	const cursor = new Cursor(view, 28), read: Read = cursor.floats.bind(cursor);
	const d = config.embedDim;
	const embedding = read("embedding", config.vocabSize * d);
	const attentionNorm = perLayer(config, "attentionNorm", d, read);
	let ffnNorm: Float32Array[] = [];
	const matrices = readMatrices(config, read, () => { ffnNorm = perLayer(config, "ffnNorm", d, read); });
	const finalNorm = read("finalNorm", d);
	// Tables of cosines and sines, which nobody reads any more.
	cursor.skipFloats("rotary tables", config.maxSeqLen * headDim(config));
	// A negative vocabulary size says that the output matrix is its own.
	const output = vocab < 0 ? read("output", config.vocabSize * d) : undefined;
	return assemble(config, embedding, attentionNorm, ffnNorm, matrices, finalNorm, output);
}

function readFloatV1(view: DataView): FloatModel {
	const { config } = readConfig(view, 8);
	const tied = view.byteLength > 36 && view.getUint8(36) !== 0;
	const cursor = new Cursor(view, V2_HEADER), read: Read = cursor.floats.bind(cursor);
	const d = config.embedDim;
	const attentionNorm = perLayer(config, "attentionNorm", d, read);
	const ffnNorm = perLayer(config, "ffnNorm", d, read);
	const finalNorm = read("finalNorm", d);
	const embedding = read("embedding", config.vocabSize * d);
	const matrices = readMatrices(config, read);
	return assemble(config, embedding, attentionNorm, ffnNorm, matrices, finalNorm, tied ? undefined : read("output", config.vocabSize * d));
}

function readQuantisedV2(view: DataView): FloatModel {
	const { config } = readConfig(view, 8);
	if (view.byteLength < V2_HEADER)
		throw new RuvllmError("CHECKPOINT_TRUNCATED", `a version 2 checkpoint has a header of ${V2_HEADER} bytes, this file has ${view.byteLength}`);
	const tied = view.getUint8(36) !== 0;
	const group = view.getInt32(37, true);
	if (group < 1 || group > MAX_DIM)
		throw new RuvllmError("CHECKPOINT_FIELD", `the group size is ${group}; this file is damaged`);
	const cursor = new Cursor(view, V2_HEADER), floats: Read = cursor.floats.bind(cursor);
	const read: Read = (name, count) => cursor.q80(name, count, group);
	const d = config.embedDim;
	const attentionNorm = perLayer(config, "attentionNorm", d, floats);
	const ffnNorm = perLayer(config, "ffnNorm", d, floats);
	const finalNorm = floats("finalNorm", d);
	const embedding = read("embedding", config.vocabSize * d);
	const matrices = readMatrices(config, read);
	return assemble(config, embedding, attentionNorm, ffnNorm, matrices, finalNorm, tied ? undefined : read("output", config.vocabSize * d));
}
