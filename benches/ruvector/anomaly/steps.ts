/** On XS: what a step of 8 channels costs, after the patterns are full. */

import { print } from "ruvllm-esp32/platform/console";
import { profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import { AnomalyDetector } from "ruvllm-esp32/ruvector";

const STEPS = 200, detector = new AnomalyDetector({ channels: 8 }), sample = detector.input;
let state = 1, most = 0, sum = 0;
for (let i = 0; i < 700 + STEPS; i++) {
	for (let k = 0; k < 8; k++) {
		state = Math.imul(state, 1664525) + 1013904223 | 0;
		sample[k] = state >> 12;
	}
	profile(true);
	detector.detect(sample);
	const ticks = totalTicks();
	profile(false);
	if (i >= 700) {
		sum += ticks;
		most = Math.max(most, ticks);
	}
}
print(`${JSON.stringify({ mean: Math.round(sum / STEPS), most, unit: tickUnit(), bytes: detector.bytes })}\n`);
