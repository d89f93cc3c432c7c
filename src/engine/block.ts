/** One transformer block, step by step. */

import type { Operator } from "ruvllm-esp32/platform/kernels";
import type { ArenaPlan, LayerCache } from "ruvllm-esp32/engine/arena";
import type { AttentionParams, Operators } from "ruvllm-esp32/engine/operators";
import { Constant } from "ruvllm-esp32/engine/ruvm/format";
import { LayerPlace, type ModelTable, Place } from "ruvllm-esp32/engine/ruvm/model-table";

export class Block {
	readonly norm1: Operator;
	readonly qkv: Operator;
	readonly quantise: Operator;
	readonly project: Operator;
	readonly norm2: Operator;
	readonly gateUp: Operator;
	readonly swiglu: Operator;
	readonly down: Operator;
	readonly rope: Operator;
	readonly attend: Operator;

	/** @param other the same block of another sequence, whose cache is another: all else is shared with it */
	constructor(layer: number, cache: LayerCache, other: Block | undefined, plan: ArenaPlan, operators: Operators, constants: Uint32Array, table: ModelTable, sparse: boolean) {
		const { shape } = table, first = table.layer(layer);
		const { q, scale, x, scratch, matrixScratch } = plan, binary = shape.binaryActivations === true;
		const epsilon = constants[Constant.NormEpsilon]!, root = constants[Constant.NormRoot]!;
		const attention: AttentionParams = {
			heads: shape.numHeads, kvHeads: shape.numKvHeads, headDim: shape.embedDim / shape.numHeads, capacity: plan.capacity,
			scoreMantissa: constants[Constant.ScoreMantissa]!, scoreShift: constants[Constant.ScoreShift]!,
			queries: plan.queries, queryScales: plan.queryScales, ...cache,
		};
		this.rope = operators.rope(attention, plan.qkv, table.tensor(Place.Rope));
		this.attend = sparse ? operators.attendRuns(attention, plan.mixed, plan.attentionScratch, plan.runs) : operators.attend(attention, plan.mixed, plan.attentionScratch);
		if (other) {
			({ norm1: this.norm1, qkv: this.qkv, quantise: this.quantise, project: this.project, norm2: this.norm2, gateUp: this.gateUp, swiglu: this.swiglu, down: this.down } = other);
			return;
		}
		this.norm1 = operators.norm(q, scale, x, scratch, table.tensor(first + LayerPlace.Norm1), epsilon, root);
		this.qkv = operators.matvec(plan.qkv, q, scale, table.tensor(first + LayerPlace.Qkv), false, matrixScratch, binary);
		this.quantise = operators.quantise(q, scale, plan.mixed, shape.embedDim, 16);
		this.project = operators.matvec(x, q, scale, table.tensor(first + LayerPlace.Wo), true, matrixScratch, binary);
		this.norm2 = operators.norm(q, scale, x, scratch, table.tensor(first + LayerPlace.Norm2), epsilon, root);
		this.gateUp = operators.matvec(plan.gateUp, q, scale, table.tensor(first + LayerPlace.GateUp), false, matrixScratch, binary);
		this.swiglu = operators.swiglu(q, scale, plan.gateUp, shape.hiddenDim);
		this.down = operators.matvec(x, q, scale, table.tensor(first + LayerPlace.Down), true, matrixScratch, binary);
	}

	/** x += attention(norm(x)); x += feedForward(norm(x)). */
	forward(position: number): void {
		this.norm1.run(0);
		this.qkv.run(0);
		this.rope.run(position);
		this.attend.run(position);
		this.quantise.run(0);
		this.project.run(0);
		this.norm2.run(0);
		this.gateUp.run(0);
		this.swiglu.run(0);
		this.down.run(0);
	}
}
