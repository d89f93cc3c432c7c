/** Parts of a model that count the time which the engine takes: what is left of a token's time went by waiting. */

import { microseconds } from "ruvllm-esp32/platform/clock";
import { TensorPart, type TensorShare } from "ruvllm-esp32/engine/tensor-part";
import { TinyModel, type TinyModelOptions } from "ruvllm-esp32/engine/tiny-model";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { ModelParts, type PartOptions } from "ruvllm-esp32/espnow-federation/sessions/part";

/** Of all parts of a board, since its start. */
export interface EngineMeter {
	microseconds: number;
	/** Calls of layers, of the output or of a share. */
	calls: number;
}

class MeasuredModel extends TinyModel {
	readonly #meter: EngineMeter;

	constructor(file: Pinned, options: TinyModelOptions, meter: EngineMeter) {
		super(file, options);
		this.#meter = meter;
	}
	override runLayers(position: number, lane = 0): void {
		const start = microseconds();
		super.runLayers(position, lane);
		count(this.#meter, start);
	}
	override project(): void {
		const start = microseconds();
		super.project();
		count(this.#meter, start);
	}
}

class MeasuredTensor extends TensorPart {
	readonly #meter: EngineMeter;

	constructor(model: TinyModel, meter: EngineMeter) {
		super(model);
		this.#meter = meter;
	}
	override attend(layer: number, position: number, lane = 0): Int32Array {
		const start = microseconds(), own = super.attend(layer, position, lane);
		count(this.#meter, start);
		return own;
	}
	override feed(layer: number): Int32Array {
		const start = microseconds(), own = super.feed(layer);
		count(this.#meter, start);
		return own;
	}
	override finish(layer: number): void {
		const start = microseconds();
		super.finish(layer);
		count(this.#meter, start);
	}
}

function count(meter: EngineMeter, start: number): void {
	meter.microseconds += microseconds() - start;
	meter.calls++;
}

export class MeasuredParts extends ModelParts {
	readonly meter: EngineMeter = { microseconds: 0, calls: 0 };
	readonly #model: Pinned;

	constructor(file: Pinned) {
		super(file);
		this.#model = file;
	}
	override open({ from, to, lanes, contextLength }: PartOptions): TinyModel {
		return new MeasuredModel(this.#model, { layers: { from, to }, lanes, contextLength, verify: false }, this.meter);
	}
	override openTensor(share: TensorShare, lanes: number, contextLength: number): TensorPart {
		return new MeasuredTensor(new MeasuredModel(this.#model, { share, lanes, contextLength, verify: false }, this.meter), this.meter);
	}
}
