/** One transformer block, step by step. */

import type { Operator } from "ruvllm-esp32/platform/kernels";
import type { ArenaPlan } from "ruvllm-esp32/engine/arena";
import type { AttentionParams, Operators } from "ruvllm-esp32/engine/operators";
import { Constant, ModelShape, Section } from "ruvllm-esp32/engine/ruvm/format";

export class Block {
	readonly norm1: Operator;
	readonly qkv: Operator;
	readonly rope: Operator;
	readonly attend: Operator;
	readonly quantise: Operator;
	readonly project: Operator;
	readonly norm2: Operator;
	readonly gateUp: Operator;
	readonly swiglu: Operator;
	readonly down: Operator;

	/** @param section finds a section by name; the reader has checked that all are there */
	constructor(layer: number, shape: ModelShape, plan: ArenaPlan, operators: Operators, constants: Uint32Array, section: (name: string) => Section) {
		const own = (name: string): Section => section(`layers.${layer}.${name}`);
		const { q, scale, x, scratch } = plan;
		const epsilon = constants[Constant.NormEpsilon]!, root = constants[Constant.NormRoot]!;
		const attention: AttentionParams = {
			heads: shape.numHeads, kvHeads: shape.numKvHeads, headDim: shape.embedDim / shape.numHeads, capacity: plan.capacity,
			scoreMantissa: constants[Constant.ScoreMantissa]!, scoreShift: constants[Constant.ScoreShift]!,
			queries: plan.queries, queryScales: plan.queryScales, ...plan.layers[layer]!,
		};
		this.norm1 = operators.norm(q, scale, x, scratch, own("norm1"), epsilon, root);
		this.qkv = operators.matvec(plan.qkv, q, scale, own("qkv"), false);
		this.rope = operators.rope(attention, plan.qkv, section("rope"));
		this.attend = operators.attend(attention, plan.mixed, plan.attentionScratch);
		this.quantise = operators.quantise(q, scale, plan.mixed, shape.embedDim, 16);
		this.project = operators.matvec(x, q, scale, own("wo"), true);
		this.norm2 = operators.norm(q, scale, x, scratch, own("norm2"), epsilon, root);
		this.gateUp = operators.matvec(plan.gateUp, q, scale, own("gateUp"), false);
		this.swiglu = operators.swiglu(q, scale, plan.gateUp, shape.hiddenDim);
		this.down = operators.matvec(x, q, scale, own("down"), true);
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
