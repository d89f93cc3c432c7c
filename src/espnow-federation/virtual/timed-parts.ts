/** Parts of a model that take a virtual board's processor time: the real arithmetic, and as much simulated time as a chip would need. */

import { TinyModel, type TinyModelOptions } from "ruvllm-esp32/engine/tiny-model";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { ModelParts, type PartOptions } from "ruvllm-esp32/espnow-federation/sessions/part";

/** Nanoseconds. */
export interface PartCosts {
	embed: number;
	/** A layer at position 0, and what each position more adds. */
	layer: number;
	layerPosition: number;
	/** The last norm, the output matrix and a draw. */
	project: number;
}

/** Costs of a board that holds `layers` layers, and the output matrix when it coordinates. */
export type CostModel = (layers: number) => PartCosts;

class TimedModel extends TinyModel {
	readonly #costs: PartCosts;
	readonly #spend: (microseconds: number) => void;
	/** Nanoseconds that were not a whole microsecond yet. */
	#rest = 0;

	constructor(file: Pinned, options: TinyModelOptions, costs: PartCosts, spend: (microseconds: number) => void) {
		super(file, options);
		this.#costs = costs;
		this.#spend = spend;
	}
	override embed(token: number): Int32Array {
		this.#take(this.#costs.embed);
		return super.embed(token);
	}
	override runLayers(position: number, lane = 0): void {
		super.runLayers(position, lane);
		this.#take((this.layers.to - this.layers.from) * (this.#costs.layer + position * this.#costs.layerPosition));
	}
	override project(): void {
		super.project();
		this.#take(this.#costs.project);
	}
	#take(nanoseconds: number): void {
		const all = this.#rest + Math.round(nanoseconds), microseconds = Math.floor(all / 1000);
		this.#rest = all - 1000 * microseconds;
		this.#spend(microseconds);
	}
}

export class TimedParts extends ModelParts {
	readonly #model: Pinned;
	readonly #costs: CostModel;
	readonly #spend: (microseconds: number) => void;

	/** @param spend of the virtual board */
	constructor(file: Pinned, costs: CostModel, spend: (microseconds: number) => void) {
		super(file);
		this.#model = file;
		this.#costs = costs;
		this.#spend = spend;
	}
	override open({ from, to, lanes, contextLength }: PartOptions): TinyModel {
		return new TimedModel(this.#model, { layers: { from, to }, lanes, contextLength, verify: false }, this.#costs(to - from), this.#spend);
	}
}
