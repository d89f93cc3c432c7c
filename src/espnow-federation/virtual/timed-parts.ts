/** Parts of a model that take a virtual board's processor time: the real arithmetic, and as much simulated time as a chip would need. */

import { TensorPart, type TensorShare } from "ruvllm-esp32/engine/tensor-part";
import { TinyModel, type TinyModelOptions } from "ruvllm-esp32/engine/tiny-model";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { ModelParts, type PartOptions } from "ruvllm-esp32/espnow-federation/sessions/part";

/** Nanoseconds. */
export interface PartCosts {
	embed: number;
	/** Each time that the part is run; a layer at position 0, and what each position more adds. */
	call: number;
	layer: number;
	layerPosition: number;
	/** The last norm, the output matrix and a draw. */
	project: number;
	/** Steps of a layer in a tensor plan; the first takes `attendPosition` more for each position. */
	attend: number;
	attendPosition: number;
	feed: number;
	finish: number;
}

/** Costs of a board that holds `layers` layers, or a share of heads and columns of all. */
export type CostModel = (layers: number, share?: TensorShare) => PartCosts;

/** Spends whole microseconds, and keeps what is left. */
class Purse {
	readonly #spend: (microseconds: number) => void;
	#rest = 0;

	constructor(spend: (microseconds: number) => void) {
		this.#spend = spend;
	}
	take(nanoseconds: number): void {
		const all = this.#rest + Math.round(nanoseconds), microseconds = Math.floor(all / 1000);
		this.#rest = all - 1000 * microseconds;
		this.#spend(microseconds);
	}
}

class TimedModel extends TinyModel {
	readonly costs: PartCosts;
	readonly purse: Purse;

	constructor(file: Pinned, options: TinyModelOptions, costs: PartCosts, purse: Purse) {
		super(file, options);
		this.costs = costs;
		this.purse = purse;
	}
	override embed(token: number): Int32Array {
		this.purse.take(this.costs.embed);
		return super.embed(token);
	}
	override runLayers(position: number, lane = 0): void {
		super.runLayers(position, lane);
		this.purse.take(this.costs.call + (this.layers.to - this.layers.from) * (this.costs.layer + position * this.costs.layerPosition));
	}
	override project(): void {
		super.project();
		this.purse.take(this.costs.project);
	}
}

class TimedTensor extends TensorPart {
	readonly #timed: TimedModel;

	constructor(model: TimedModel) {
		super(model);
		this.#timed = model;
	}
	override attend(layer: number, position: number, lane = 0): Int32Array {
		const { costs, purse } = this.#timed;
		purse.take(costs.attend + position * costs.attendPosition);
		return super.attend(layer, position, lane);
	}
	override feed(layer: number): Int32Array {
		this.#timed.purse.take(this.#timed.costs.feed);
		return super.feed(layer);
	}
	override finish(layer: number): void {
		this.#timed.purse.take(this.#timed.costs.finish);
		super.finish(layer);
	}
}

export class TimedParts extends ModelParts {
	readonly #model: Pinned;
	readonly #costs: CostModel;
	readonly #purse: Purse;

	/** @param spend of the virtual board */
	constructor(file: Pinned, costs: CostModel, spend: (microseconds: number) => void) {
		super(file);
		this.#model = file;
		this.#costs = costs;
		this.#purse = new Purse(spend);
	}
	override open({ from, to, lanes, contextLength }: PartOptions): TinyModel {
		return new TimedModel(this.#model, { layers: { from, to }, lanes, contextLength, verify: false }, this.#costs(to - from), this.#purse);
	}
	override openTensor(share: TensorShare, lanes: number, contextLength: number): TensorPart {
		return new TimedTensor(new TimedModel(this.#model, { share, lanes, contextLength, verify: false }, this.#costs(this.shape.numLayers, share), this.#purse));
	}
}
