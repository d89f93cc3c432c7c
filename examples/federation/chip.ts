/**
 * How long the steps of a model take on an ESP32-C3: instructions counted on its emulated instruction set (`node bin/tool.mjs
 * benches/federation/cost/main.ts`, the shipped stories model), at 160 MHz and one instruction a cycle. So all times here
 * are projected. What the firmware does beside the model is not in them. The home model's layers have the same widths; its
 * larger vocabulary counts in proportion.
 */

import type { TensorShare } from "ruvllm-esp32/engine/tensor-part";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { type PartCosts, TimedParts } from "ruvllm-esp32/espnow-federation/virtual/timed-parts";

const NANOSECONDS = 6.25;
/** Instructions; output matrix and draw for 512 tokens. */
const LAYER = 183_564, LAYER_POSITION = 658, EMBED = 6_388, PROJECT = 111_164 + 29_603;
/** Of a share of a layer: what does not shrink, and what does. */
const ATTEND = 19_520, ATTEND_SHARE = 36_563, ATTEND_POSITION = 702, FEED = 32_000, FEED_SHARE = 73_400, FINISH = 39_239;

/** Thousand multiply-accumulates a second, by a layer of the stories model (46,592 of them). */
export const SPEED = Math.round(46_592 / (LAYER * NANOSECONDS) * 1e6);

function costs({ vocabSize, numHeads, hiddenDim }: ModelShape, { heads, hidden }: TensorShare = { heads: { from: 0, to: 0 }, hidden: { from: 0, to: 0 } }): PartCosts {
	const mine = (heads.to - heads.from) / numHeads, columns = (hidden.to - hidden.from) / hiddenDim;
	return {
		embed: EMBED * NANOSECONDS, call: 0, layer: LAYER * NANOSECONDS, layerPosition: LAYER_POSITION * NANOSECONDS, project: PROJECT * vocabSize / 512 * NANOSECONDS,
		attend: (mine ? ATTEND + mine * ATTEND_SHARE : 0) * NANOSECONDS, attendPosition: mine * ATTEND_POSITION * NANOSECONDS, feed: (FEED + columns * FEED_SHARE) * NANOSECONDS, finish: FINISH * NANOSECONDS,
	};
}

export class ChipParts extends TimedParts {
	constructor(file: Pinned, spend: (microseconds: number) => void) {
		const { shape } = new ModelParts(file);
		super(file, (_layers, share) => costs(shape, share), spend);
	}
}
