/** What a board says of itself: the memory that it can lend, and the speed that it was found to have. */

import { chipOf, MARGIN } from "ruvllm-esp32/core/chips";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { availableMemory } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { type Expert, EXPERTS } from "ruvllm-esp32/espnow-federation/app/arguments";
import type { Capabilities } from "ruvllm-esp32/espnow-federation/network";
import type { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";

/** Bytes: a computer has more than any session wants; a chip is asked for no more than that. */
const MOST_MEMORY = 1 << 20;
const RUNS = 5;

/** @param given what the operator says instead */
export function capabilitiesOf(parts: ModelParts, given: { memory?: number | undefined; speed?: number | undefined; expert?: Expert | undefined }): Capabilities {
	const speed = given.speed ?? layerSpeed(parts);
	return {
		model: parts.model, memory: given.memory ?? (chipOf(host) ? availableMemory(MOST_MEMORY, 2 * MARGIN) : MOST_MEMORY),
		// Weights lie where they are read from when the speed is measured: there is no other place.
		fastMemory: 0, fastSpeed: speed, slowSpeed: speed, services: 0, tags: given.expert === undefined ? 0 : 1 << EXPERTS.indexOf(given.expert),
	};
}

/** Thousand multiply-accumulates a second of one layer, the best of some runs. Cost: those runs. */
function layerSpeed(parts: ModelParts): number {
	const { layerMacs } = workloadOf(parts.shape), part = parts.open({ from: 0, to: 1, lanes: 1, contextLength: 16 });
	let best = Infinity;
	part.embed(0);
	for (let position = 0; position < RUNS; position++) {
		const start = microseconds();
		part.runLayers(position);
		best = Math.min(best, microseconds() - start);
	}
	return Math.max(1, Math.floor(layerMacs * 1000 / Math.max(1, best)));
}
