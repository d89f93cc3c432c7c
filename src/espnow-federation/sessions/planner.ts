/** Makes plans from what boards say of themselves. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import type { Member } from "ruvllm-esp32/espnow-federation/network";
import { layersThatFit } from "ruvllm-esp32/espnow-federation/sessions/part";
import { MOST_STAGES, type Plan, type PlanMode, type Stage } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { type Goal, type Split, splitLayers } from "ruvllm-esp32/espnow-federation/sessions/split";
import { workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";

export interface PlanSettings {
	shape: ModelShape;
	contextLength: number;
	lanes: number;
	goal: Goal;
	/** Microseconds of a hop. */
	hop: number;
}

/** The coordinator, then the others by address: those that can take part, at most as many as a plan holds. */
export function candidates(members: readonly Member[], coordinator: number, model: number): Member[] {
	const own = members.filter(({ address }) => address === coordinator);
	return [...own, ...members.filter((member) => member.address !== coordinator && member.alive && member.model === model)].slice(0, MOST_STAGES);
}

const stage = (member: Member, from: number, to: number): Stage => ({ address: member.address, from, to, headFrom: 0, headTo: 0, columnFrom: 0, columnTo: 0 });

/** Layers cut by speed and memory. @throws RuvllmError FEDERATION_MEMORY */
export function pipelinePlan(boards: readonly Member[], settings: PlanSettings): { plan: Plan; split: Split } {
	const { shape, contextLength, lanes } = settings, most = boards.map(({ memory }) => layersThatFit(shape, contextLength, lanes, memory));
	const split = splitLayers(workloadOf(shape), boards, most, settings.hop, settings.goal);
	let from = 0;
	return { plan: { mode: "pipeline", stages: boards.map((board, b) => stage(board, from, from += split.counts[b]!)) }, split };
}

/**
 * Heads and hidden columns cut by speed; every board keeps the cache of its own heads, of all layers.
 * @throws RuvllmError TENSOR_SHAPE
 */
export function tensorPlan(boards: readonly Member[], { shape }: PlanSettings): Plan {
	if (shape.embedDim / shape.numHeads % 8)
		throw new RuvllmError("TENSOR_SHAPE", `heads of ${shape.embedDim / shape.numHeads} rows can't be shared out: they don't fill whole tiles of 8; take a pipeline`);
	const speeds = boards.map(({ fastSpeed }) => Math.max(1, fastSpeed));
	const heads = portions(shape.numKvHeads, speeds), columns = portions(Math.floor((shape.hiddenDim + 7) / 8), speeds);
	let head = 0, column = 0;
	return {
		mode: "tensor",
		stages: boards.map((board, b): Stage => {
			const headFrom = head, columnFrom = Math.min(shape.hiddenDim, 8 * column);
			head += heads[b]!;
			column += columns[b]!;
			return { address: board.address, from: 0, to: shape.numLayers, headFrom, headTo: head, columnFrom, columnTo: Math.min(shape.hiddenDim, 8 * column) };
		}),
	};
}

/** `count` things in proportion to `weights`, by largest remainder; ties to the first. */
export function portions(count: number, weights: readonly number[]): number[] {
	const all = weights.reduce((sum, weight) => sum + weight, 0), result = weights.map((weight) => Math.floor(count * weight / all));
	let left = count - result.reduce((sum, n) => sum + n, 0);
	const order = weights.map((weight, i) => ({ i, rest: count * weight % all })).sort((a, b) => b.rest - a.rest || a.i - b.i);
	for (let k = 0; left > 0; k++, left--)
		result[order[k]!.i]!++;
	return result;
}

export function makePlan(mode: PlanMode, boards: readonly Member[], settings: PlanSettings): Plan {
	return mode === "tensor" ? tensorPlan(boards, settings) : pipelinePlan(boards, settings).plan;
}
