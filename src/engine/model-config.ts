/** Sizes of a model to be made, with the ones that suit each chip. */

import type { ChipName } from "ruvllm-esp32/core/chips";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { MemoryBudget, memoryBudget } from "ruvllm-esp32/engine/memory-budget";
import { ModelShape, QuantizationType } from "ruvllm-esp32/engine/ruvm/format";

export type Esp32Variant = ChipName;

/** Shapes whose activations and cache fit beside XS, the radio and the margin of core/chips (a test holds them against it). */
const VARIANTS: Record<Esp32Variant, Omit<ModelShape, "quantType">> = {
	esp32: { vocabSize: 512, embedDim: 64, hiddenDim: 172, numLayers: 5, numHeads: 8, numKvHeads: 4, maxSeqLen: 256 },
	esp32s2: { vocabSize: 512, embedDim: 64, hiddenDim: 128, numLayers: 2, numHeads: 4, numKvHeads: 2, maxSeqLen: 128 },
	esp32s3: { vocabSize: 512, embedDim: 64, hiddenDim: 172, numLayers: 5, numHeads: 8, numKvHeads: 4, maxSeqLen: 256 },
	esp32c3: { vocabSize: 512, embedDim: 64, hiddenDim: 172, numLayers: 5, numHeads: 8, numKvHeads: 4, maxSeqLen: 256 },
	esp32c6: { vocabSize: 512, embedDim: 64, hiddenDim: 172, numLayers: 5, numHeads: 8, numKvHeads: 4, maxSeqLen: 512 },
};

export class ModelConfig implements ModelShape {
	readonly vocabSize: number;
	readonly embedDim: number;
	readonly hiddenDim: number;
	readonly numLayers: number;
	readonly numHeads: number;
	readonly numKvHeads: number;
	readonly maxSeqLen: number;
	readonly quantType: QuantizationType;

	/** @throws RuvllmError MODEL_FIELD when the sizes do not make a model */
	constructor(shape: Omit<ModelShape, "quantType"> & { quantType?: QuantizationType }) {
		const sizes = ["vocabSize", "embedDim", "hiddenDim", "numLayers", "numHeads", "numKvHeads", "maxSeqLen"] as const;
		for (const field of sizes)
			if (!Number.isInteger(shape[field]) || shape[field] < 1)
				throw new RuvllmError("MODEL_FIELD", `${field} is ${shape[field]}; it takes a whole number from 1`);
		if (shape.embedDim % (2 * shape.numHeads) || shape.numHeads % shape.numKvHeads)
			throw new RuvllmError("MODEL_FIELD", `${shape.numHeads} heads of even size must divide embedDim ${shape.embedDim}, and ${shape.numKvHeads} key heads the heads`);
		this.vocabSize = shape.vocabSize;
		this.embedDim = shape.embedDim;
		this.hiddenDim = shape.hiddenDim;
		this.numLayers = shape.numLayers;
		this.numHeads = shape.numHeads;
		this.numKvHeads = shape.numKvHeads;
		this.maxSeqLen = shape.maxSeqLen;
		this.quantType = shape.quantType ?? QuantizationType.Int8;
	}

	/** @throws RuvllmError CHIP_UNKNOWN with the list of chips */
	static forVariant(variant: Esp32Variant): ModelConfig {
		const shape = Object.hasOwn(VARIANTS, variant) ? VARIANTS[variant] : undefined;
		if (!shape)
			throw new RuvllmError("CHIP_UNKNOWN", `there is no chip "${variant}"; choose one of ${Object.keys(VARIANTS).join(", ")}`);
		return new ModelConfig(shape);
	}

	memoryBudget(contextLength?: number): MemoryBudget {
		return memoryBudget(this, contextLength === undefined ? {} : { contextLength });
	}
}
