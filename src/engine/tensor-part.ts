/**
 * One board's part of a tensor-parallel session: of each layer some heads, with their cache, and some columns of the
 * feed-forward (Shoeybi et al. 2019, "Megatron-LM", section 3), bit for bit what one board computes. There, boards add up
 * partial sums; sums of integers that are requantised can't be cut so. Here boards exchange what goes into the second
 * matrices, and each multiplies those, whole: two gatherings a layer, and the products with Wo and Down are nobody's gain.
 * Weights that a board reads: its rows of Qkv and GateUp, all of Wo and Down.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Operator } from "ruvllm-esp32/platform/kernels";
import type { AttentionParams } from "ruvllm-esp32/engine/operators";
import { Constant } from "ruvllm-esp32/engine/ruvm/format";
import { LayerPlace, Place } from "ruvllm-esp32/engine/ruvm/model-table";
import type { TensorParts, TinyModel } from "ruvllm-esp32/engine/tiny-model";

export { checkShare, shares, type TensorShare } from "ruvllm-esp32/engine/tensor-share";

/** Fraction bits of products, as native/swiglu.c makes them. */
const PRODUCT_FRACTION = 20;

export class TensorPart {
	readonly model: TinyModel;
	/** What attention makes of all heads, `[embedDim]` Q16; the own heads' values stand there after `attend`, the others' have to be written. */
	readonly mixed: Int32Array;
	readonly ownMixed: Int32Array;
	/** Inputs of the last matrix, `[hiddenDim]` Q20; the same after `feed`. */
	readonly products: Int32Array;
	readonly ownProducts: Int32Array;
	readonly #blocks: TensorBlock[] = [];

	/**
	 * Takes the layers of a model that was loaded with a share; its `embed`, `hidden`, `project` and samplers are used as ever.
	 * @throws RuvllmError TENSOR_SHAPE, MODEL_TENSOR
	 */
	constructor(model: TinyModel) {
		const parts = model.tensorParts(), { share: { heads, hidden }, plan } = parts, { embedDim, hiddenDim, numHeads } = model.shape;
		const view = parts.arena as unknown as ArrayBuffer, dim = embedDim / numHeads;
		this.model = model;
		this.mixed = new Int32Array(view, plan.mixed, embedDim);
		this.ownMixed = new Int32Array(view, plan.mixed + 4 * dim * heads.from, dim * (heads.to - heads.from));
		this.products = new Int32Array(view, plan.gateUp, hiddenDim);
		this.ownProducts = new Int32Array(view, plan.gateUp + 4 * hidden.from, hidden.to - hidden.from);
		try {
			for (let i = 0, count = model.layers.to - model.layers.from; i < count; i++)
				this.#blocks.push(new TensorBlock(i, count, model, parts));
		}
		catch (error) {
			throw error instanceof RangeError ? new RuvllmError("MODEL_TENSOR", `the model can't be run: ${error.message}`) : error;
		}
	}

	/**
	 * First step of a layer, on `model.hidden`: attention of the own heads. Then all gather `mixed`.
	 * @param layer counted from the first that is held
	 * @throws RuvllmError LAYER_RANGE, LANES; RangeError for a position beyond the context
	 */
	attend(layer: number, position: number, lane = 0): Int32Array {
		this.#block(layer).attend(position, lane);
		return this.ownMixed;
	}

	/** Second step, when `mixed` is complete: adds its product to `hidden`; the own columns. Then all gather `products`. */
	feed(layer: number): Int32Array {
		this.#block(layer).feed();
		return this.ownProducts;
	}

	/** Last step, when `products` are complete: adds the layer's last product to `hidden`. */
	finish(layer: number): void {
		this.#block(layer).finish();
	}

	#block(layer: number): TensorBlock {
		const block = this.#blocks[layer];
		if (!block)
			throw new RuvllmError("LAYER_RANGE", `there is no layer ${layer}; this part holds ${this.#blocks.length}, counted from 0`);
		return block;
	}
}

/** A layer's operators; those of a share without heads or columns are missing. */
class TensorBlock {
	readonly #heads: readonly Operator[];
	/** By lane. */
	readonly #ropes: Operator[] = [];
	readonly #attends: Operator[] = [];
	readonly #lanes: number;
	readonly #feed: readonly Operator[];
	readonly #finish: readonly Operator[];

	constructor(index: number, layers: number, model: TinyModel, { share: { heads, hidden }, plan, operators, constants, table }: TensorParts) {
		const { shape } = table, first = table.layer(model.layers.from + index), { q, scale, x, scratch, matrixScratch: m } = plan, binary = shape.binaryActivations === true;
		const dim = shape.embedDim / shape.numHeads, group = shape.numHeads / shape.numKvHeads, own = heads.to - heads.from, columns = hidden.to - hidden.from;
		const epsilon = constants[Constant.NormEpsilon]!, root = constants[Constant.NormRoot]!, qkv = table.tensor(first + LayerPlace.Qkv), gateUp = table.tensor(first + LayerPlace.GateUp);
		const norm = (place: number): Operator => operators.norm(q, scale, x, scratch, table.tensor(first + place), epsilon, root);
		const rows = (out: number, from: number, count: number): Operator => operators.matvecRows(out, q, scale, qkv, m, binary, from, count);
		const keys = own / group * dim, keysFrom = shape.embedDim + heads.from / group * dim, at = plan.qkv + 4 * own * dim;
		this.#lanes = model.lanes;
		this.#heads = own ? [
			norm(LayerPlace.Norm1), rows(plan.qkv, heads.from * dim, own * dim), rows(at, keysFrom, keys), rows(at + 4 * keys, keysFrom + shape.numKvHeads * dim, keys),
		] : [];
		for (let lane = 0; lane < model.lanes && own; lane++) {
			const attention: AttentionParams = {
				heads: own, kvHeads: own / group, headDim: dim, capacity: plan.capacity, scoreMantissa: constants[Constant.ScoreMantissa]!,
				scoreShift: constants[Constant.ScoreShift]!, queries: plan.queries, queryScales: plan.queryScales, ...plan.caches[lane * layers + index]!,
			};
			this.#ropes.push(operators.rope(attention, plan.qkv, table.tensor(Place.Rope)));
			this.#attends.push(operators.attend(attention, plan.mixed + 4 * dim * heads.from, plan.attentionScratch));
		}
		// Rows of `up` may begin inside a tile: then its first rows are computed too, and passed over.
		const up = plan.gateUp + 4 * shape.hiddenDim, begin = shape.hiddenDim + hidden.from, lead = begin % 8, own0 = plan.gateUp + 4 * hidden.from;
		this.#feed = [
			operators.quantise(q, scale, plan.mixed, shape.embedDim, 16), operators.matvec(x, q, scale, table.tensor(first + LayerPlace.Wo), true, m, binary),
			...columns ? [
				norm(LayerPlace.Norm2), operators.matvecRows(own0, q, scale, gateUp, m, binary, hidden.from, columns),
				operators.matvecRows(up, q, scale, gateUp, m, binary, begin - lead, lead + columns), operators.products(own0, up + 4 * lead, columns),
			] : [],
		];
		this.#finish = [
			operators.quantise(q, scale, plan.gateUp, shape.hiddenDim, PRODUCT_FRACTION), operators.matvec(x, q, scale, table.tensor(first + LayerPlace.Down), true, m, binary),
		];
	}

	attend(position: number, lane: number): void {
		if (!Number.isInteger(lane) || lane < 0 || lane >= this.#lanes)
			throw new RuvllmError("LANES", `there is no lane ${lane}; the model was loaded with lanes 0 to ${this.#lanes - 1}`);
		if (!this.#attends.length)
			return;
		run(this.#heads);
		this.#ropes[lane]!.run(position);
		this.#attends[lane]!.run(position);
	}

	feed(): void {
		run(this.#feed);
	}

	finish(): void {
		run(this.#finish);
	}
}

function run(operators: readonly Operator[]): void {
	for (let i = 0; i < operators.length; i++)
		operators[i]!.run(0);
}
