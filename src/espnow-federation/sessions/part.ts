/** Where a board's parts of a model come from. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { arenaParts } from "ruvllm-esp32/engine/arena";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import { TensorPart, type TensorShare } from "ruvllm-esp32/engine/tensor-part";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Stage } from "ruvllm-esp32/espnow-federation/sessions/plan";
import type { Pinned, Tokenizer } from "ruvllm-esp32/platform/kernels";

export interface PartOptions {
	/** Layers `from` to `to` - 1; none is a part too. */
	from: number;
	to: number;
	/** Sequences at a time. */
	lanes: number;
	contextLength: number;
}

/** Simulations give one whose parts also take simulated time. */
export interface PartSource {
	/** CRC-32 at the end of the file: boards work together on one model only. */
	readonly model: number;
	readonly shape: ModelShape;
	/** @throws RuvllmError MODEL_* */
	open(options: PartOptions): TinyModel;
	/** A share of heads and columns, of all layers. @throws RuvllmError MODEL_*, TENSOR_SHAPE */
	openTensor(share: TensorShare, lanes: number, contextLength: number): TensorPart;
	/** All layers, with room for an adapter: what learns. @throws RuvllmError MODEL_*, ADAPTER_RANK */
	openLearner(rank: number, contextLength: number): TinyModel;
	/** Ids of a text, bos in front. */
	encode(text: Uint8Array): Int32Array;
}

/** Parts of one model file that lies in this board's flash (or memory). */
export class ModelParts implements PartSource {
	readonly model: number;
	readonly shape: ModelShape;
	readonly #file: Pinned;
	readonly tokenizer: Tokenizer;

	/** @throws RuvllmError MODEL_* for a bad file */
	constructor(file: Pinned) {
		const probe = new TinyModel(file, { layers: { from: 0, to: 0 }, contextLength: 16, verify: false });
		this.#file = file;
		this.tokenizer = probe.tokenizer;
		this.shape = probe.shape;
		this.model = fileNumber(new Uint8Array(file as ArrayBuffer));
	}

	openTensor(share: TensorShare, lanes: number, contextLength: number): TensorPart {
		return new TensorPart(new TinyModel(this.#file, { share, lanes, contextLength, verify: false }));
	}

	openLearner(rank: number, contextLength: number): TinyModel {
		return new TinyModel(this.#file, { adapterRank: rank, contextLength, verify: false });
	}

	encode(text: Uint8Array): Int32Array {
		return new Int32Array(this.tokenizer.encode(text, 1));
	}

	open({ from, to, lanes, contextLength }: PartOptions): TinyModel {
		return new TinyModel(this.#file, { layers: { from, to }, lanes, contextLength, verify: false });
	}
}

/** The checksum that a RUVM file carries in its header, at byte 28. */
export function fileNumber(bytes: Uint8Array): number {
	if (bytes.length < 32)
		throw new RuvllmError("MODEL_TRUNCATED", `the model has ${bytes.length} bytes, less than a header`);
	return (bytes[28]! | bytes[29]! << 8 | bytes[30]! << 16 | bytes[31]! << 24) >>> 0;
}

/** A stage's share of heads and columns; undefined: it has none of either. */
export function shareOf(shape: ModelShape, { headFrom, headTo, columnFrom, columnTo }: Stage): TensorShare | undefined {
	const group = shape.numHeads / shape.numKvHeads;
	return headFrom === headTo && columnFrom === columnTo ? undefined : { heads: { from: headFrom * group, to: headTo * group }, hidden: { from: columnFrom, to: columnTo } };
}

/** Layers whose caches fit `memory` bytes of RAM, at most all of them. */
export function layersThatFit(shape: ModelShape, contextLength: number, lanes: number, memory: number): number {
	const { activations, sampling, keyValueCache } = arenaParts(shape, contextLength, 64);
	const layer = Math.max(1, Math.floor(keyValueCache / shape.numLayers)) * lanes + 10 * OPERATOR_BYTES * lanes;
	return Math.max(0, Math.min(shape.numLayers, Math.floor((memory - activations - sampling * lanes) / layer)));
}
const OPERATOR_BYTES = 256;
