/**
 * How long the steps of a model take on an ESP32-C3: instructions counted on its emulated instruction set (`node bin/tool.mjs
 * benches/federation/cost/main.ts`, the shipped stories model), at 160 MHz and one instruction a cycle. So all times here
 * are projected. What the firmware does beside the model is not in them.
 */

import { TensorPart, type TensorShare } from "ruvllm-esp32/engine/tensor-part";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { TimedParts } from "ruvllm-esp32/espnow-federation/virtual/timed-parts";

const NANOSECONDS = 6.25;
/** Instructions. */
const LAYER = 183_564, LAYER_POSITION = 658, EMBED = 6_388, PROJECT = 111_164 + 29_603;
/** Of a share of a layer: what does not shrink, and what does. */
const ATTEND = 19_520, ATTEND_SHARE = 36_563, ATTEND_POSITION = 702, FEED = 32_000, FEED_SHARE = 73_400, FINISH = 39_239;

/** Thousand multiply-accumulates a second, by a layer of the stories model (46,592 of them). */
export const SPEED = Math.round(46_592 / (LAYER * NANOSECONDS) * 1e6);

class TimedTensor extends TensorPart {
	readonly #spend: (instructions: number) => void;
	readonly #heads: number;
	readonly #columns: number;

	constructor(model: TinyModel, { heads, hidden }: TensorShare, spend: (instructions: number) => void) {
		super(model);
		this.#spend = spend;
		this.#heads = (heads.to - heads.from) / model.shape.numHeads;
		this.#columns = (hidden.to - hidden.from) / model.shape.hiddenDim;
	}
	override attend(layer: number, position: number, lane = 0): Int32Array {
		this.#spend(this.#heads ? ATTEND + this.#heads * (ATTEND_SHARE + position * ATTEND_POSITION) : 0);
		return super.attend(layer, position, lane);
	}
	override feed(layer: number): Int32Array {
		this.#spend(FEED + FEED_SHARE * this.#columns);
		return super.feed(layer);
	}
	override finish(layer: number): void {
		this.#spend(FINISH);
		super.finish(layer);
	}
}

export class ChipParts extends TimedParts {
	readonly #spend: (microseconds: number) => void;

	constructor(file: Pinned, spend: (microseconds: number) => void) {
		super(file, () => ({ embed: EMBED * NANOSECONDS, layer: LAYER * NANOSECONDS, layerPosition: LAYER_POSITION * NANOSECONDS, project: PROJECT * NANOSECONDS }), spend);
		this.#spend = spend;
	}
	override openTensor(share: TensorShare, lanes: number, contextLength: number): TensorPart {
		return new TimedTensor(super.openTensor(share, lanes, contextLength).model, share, (instructions) => this.#spend(instructions * NANOSECONDS / 1000));
	}
}
