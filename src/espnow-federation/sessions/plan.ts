/** Who does what in a session: made by the coordinator, sent to all, read with suspicion. */

import type { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";

/** How a chunk of positions becomes hidden states. */
export type PlanMode = "pipeline" | "tensor";

export interface Stage {
	/** The board's. */
	address: number;
	/** Pipeline: its layers, `from` to `to` - 1; none for a spare board, which stands by. Tensor: all of them. */
	from: number;
	to: number;
	/** Tensor: its groups of key-value heads and its hidden columns; 0 to 0 in a pipeline. */
	headFrom: number;
	headTo: number;
	columnFrom: number;
	columnTo: number;
}

/** The first board coordinates: it has the requests, embeds tokens, projects and samples. */
export interface Plan {
	mode: PlanMode;
	stages: Stage[];
}

export const MOST_STAGES = 20;
/** address, from, to, heads, columns */
const STAGE_BYTES = 6 + 2 + 2 + 4;

export const planBytes = (plan: Plan): number => 2 + STAGE_BYTES * plan.stages.length;

export function writePlan(out: ByteWriter, { mode, stages }: Plan): void {
	out.u8(mode === "tensor" ? 1 : 0).u8(stages.length);
	for (const stage of stages)
		out.u48(stage.address).u8(stage.from).u8(stage.to).u8(stage.headFrom).u8(stage.headTo).u16(stage.columnFrom).u16(stage.columnTo);
}

/** @param layers of the model @returns undefined for what is no plan */
export function readPlan(reader: ByteReader, layers: number): Plan | undefined {
	const mode = reader.u8(), count = reader.u8(), stages: Stage[] = [];
	if (mode > 1 || count < 1 || count > MOST_STAGES || reader.left < STAGE_BYTES * count)
		return undefined;
	for (let i = 0; i < count; i++)
		stages.push({ address: reader.u48(), from: reader.u8(), to: reader.u8(), headFrom: reader.u8(), headTo: reader.u8(), columnFrom: reader.u16(), columnTo: reader.u16() });
	const plan: Plan = { mode: mode ? "tensor" : "pipeline", stages };
	return reader.ok && covers(plan, layers) ? plan : undefined;
}

/** Whether each layer (of a pipeline) has exactly one board, in order. */
function covers({ mode, stages }: Plan, layers: number): boolean {
	if (mode === "tensor")
		return stages.every(({ from, to, headFrom, headTo, columnFrom, columnTo }) => from === 0 && to === layers && headFrom <= headTo && columnFrom <= columnTo);
	let next = 0;
	for (const { from, to } of stages) {
		if (from === to)
			continue;
		if (from !== next || to < from)
			return false;
		next = to;
	}
	return next === layers;
}

/** The boards that a chunk visits after the coordinator, by their places in the plan: those that have layers. */
export function route(plan: Plan): number[] {
	const places: number[] = [];
	for (let i = 1; i < plan.stages.length; i++)
		if (plan.stages[i]!.from < plan.stages[i]!.to)
			places.push(i);
	return places;
}
