/** On XS: what merging changes of rank 8 and width 64 costs; prints a line of JSON each. */

import { type Contribution, merge } from "ruvllm-esp32/espnow-federation/learning/merge";
import { print } from "ruvllm-esp32/platform/console";
import { profile, totalTicks } from "ruvllm-esp32/platform/kernels";

const SIZE = 1024;
let state = 1;

for (const boards of [3, 5]) {
	const changes = Array.from({ length: boards }, (_, b): Contribution => ({ address: b + 1, weight: 8, shift: 1, values: Int8Array.from({ length: SIZE }, () => (state = Math.imul(state, 1664525) + 1013904223 | 0) >> 25) })), weights = new Int16Array(SIZE);
	profile(true);
	merge(weights, changes, new Map());
	print(`${JSON.stringify({ boards, ticks: totalTicks() })}\n`);
}
