/**
 * How long the steps of a model take on an ESP32-C3: instructions counted on its emulated instruction set (`ruvllm-esp32 bench
 * federation cost` and `frame`, the shipped stories model), at 160 MHz and one instruction a cycle. So all times here are projected.
 * Frames' own way through the network's layers (19 thousand instructions) is not in them.
 */

import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { TimedParts } from "ruvllm-esp32/espnow-federation/virtual/timed-parts";

const NANOSECONDS = 6.25, HEADS = 8, COLUMNS = 176;
/** Instructions. */
const LAYER = 183_564, LAYER_POSITION = 658, EMBED = 6_388, PROJECT = 111_164 + 29_603;
/** A session's work for a chunk. */
const CHUNK = 27_018;
/** Of a share of a layer: what does not shrink, and what does. */
const ATTEND = 19_520, ATTEND_SHARE = 36_563, ATTEND_POSITION = 702, FEED = 32_000, FEED_SHARE = 73_400, FINISH = 39_239;

/** Thousand multiply-accumulates a second, by a layer of the stories model (46,592 of them). */
export const SPEED = Math.round(46_592 / (LAYER * NANOSECONDS) * 1e6);

export class ChipParts extends TimedParts {
	/** @param spend of the virtual board */
	constructor(file: Pinned, spend: (microseconds: number) => void) {
		super(file, (_layers, share) => {
			const heads = share ? (share.heads.to - share.heads.from) / HEADS : 1, columns = share ? (share.hidden.to - share.hidden.from) / COLUMNS : 1;
			const instructions = {
				embed: EMBED, call: CHUNK, layer: LAYER, layerPosition: LAYER_POSITION, project: PROJECT,
				attend: heads ? ATTEND + heads * ATTEND_SHARE : 0, attendPosition: heads * ATTEND_POSITION, feed: FEED + columns * FEED_SHARE, finish: FINISH,
			};
			for (const name of Object.keys(instructions) as (keyof typeof instructions)[])
				instructions[name] *= NANOSECONDS;
			return instructions;
		}, spend);
	}
}
