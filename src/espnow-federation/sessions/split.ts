/** Cuts a model's layers into stages, one for each board, by the speed and the memory of each: counts may differ. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Capabilities } from "ruvllm-esp32/espnow-federation/network";
import { stageMicroseconds, type Workload } from "ruvllm-esp32/espnow-federation/sessions/workload";

/** What is made small: the time of one token through all stages, or the time of the slowest stage (many streams). */
export type Goal = "latency" | "throughput";

export interface Split {
	/** Layers of each board, in the order given; 0: it stands by. */
	counts: number[];
	/** Of each board. */
	microseconds: number[];
	/** Through all stages, hops included; of the slowest stage. */
	latency: number;
	slowest: number;
}

/**
 * The best split by dynamic programming over (board, layers so far). Cost: boards * layers^2 / 2 steps.
 * @param boards the coordinator first; each can be given at most `most[i]` layers (what its memory holds)
 * @param hop microseconds of a hop: each board with layers, other than the coordinator, adds one, and the way back another
 * @throws RuvllmError FEDERATION_MEMORY when the boards together can't hold all layers
 */
export function splitLayers(work: Workload, boards: readonly Capabilities[], most: readonly number[], hop: number, goal: Goal): Split {
	const L = work.layers, width = L + 1, none = Number.MAX_SAFE_INTEGER;
	// For `l` layers on the boards so far: the sum and the largest of stage times, and what was taken last.
	let sums = new Array<number>(width).fill(none), worst = new Array<number>(width).fill(none);
	const taken: number[][] = [];
	sums[0] = worst[0] = 0;
	boards.forEach((board, b) => {
		const nextSums = new Array<number>(width).fill(none), nextWorst = new Array<number>(width).fill(none), choice = new Array<number>(width).fill(0);
		for (let count = 0; count <= Math.min(L, most[b]!); count++) {
			const time = stageMicroseconds(work, board, count, b === 0), travel = b > 0 && count > 0 ? hop : 0;
			for (let l = count; l <= L; l++) {
				if (sums[l - count] === none)
					continue;
				const sum = sums[l - count]! + time + travel, slowest = Math.max(worst[l - count]!, time);
				const better = goal === "latency" ? sum < nextSums[l]! || (sum === nextSums[l] && slowest < nextWorst[l]!)
					: slowest < nextWorst[l]! || (slowest === nextWorst[l] && sum < nextSums[l]!);
				if (better) {
					nextSums[l] = sum;
					nextWorst[l] = slowest;
					choice[l] = count;
				}
			}
		}
		sums = nextSums;
		worst = nextWorst;
		taken.push(choice);
	});
	if (sums[L] === none)
		throw new RuvllmError("FEDERATION_MEMORY", `the model has ${L} layers, the ${boards.length} boards together have memory for ${most.reduce((sum, n) => sum + n, 0)}; add boards, or take a shorter context`);
	const counts = new Array<number>(boards.length).fill(0);
	for (let b = boards.length - 1, l = L; b >= 0; b--)
		l -= counts[b] = taken[b]![l]!;
	const away = counts.some((count, b) => b > 0 && count > 0);
	return {
		counts, microseconds: counts.map((count, b) => stageMicroseconds(work, boards[b]!, count, b === 0)),
		latency: sums[L]! + (away ? hop : 0), slowest: worst[L]!,
	};
}
