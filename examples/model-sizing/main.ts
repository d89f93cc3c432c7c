/**
 * What fits where: parameters, flash, RAM and the longest context of models of several sizes on each chip (projected).
 *
 *     npx ruvllm-esp32 run examples/model-sizing
 */

import { print } from "ruvllm-esp32/platform/console";
import { CHIPS, spareMemory } from "ruvllm-esp32/core/chips";
import { largestContext, ModelConfig, QuantizationType } from "ruvllm-esp32/engine";

const SIZES = {
	"110 K": { vocabSize: 512, embedDim: 48, hiddenDim: 128, numLayers: 3, numHeads: 6, numKvHeads: 3, maxSeqLen: 512 },
	"260 K": { vocabSize: 512, embedDim: 64, hiddenDim: 176, numLayers: 5, numHeads: 8, numKvHeads: 4, maxSeqLen: 512 },
	"1.0 M": { vocabSize: 1024, embedDim: 128, hiddenDim: 352, numLayers: 5, numHeads: 8, numKvHeads: 4, maxSeqLen: 512 },
	"3.4 M": { vocabSize: 2048, embedDim: 192, hiddenDim: 512, numLayers: 7, numHeads: 12, numKvHeads: 4, maxSeqLen: 512 },
};
const TYPES = { INT8: QuantizationType.Int8, INT4: QuantizationType.Int4, ternary: QuantizationType.Ternary, binary: QuantizationType.Binary };

print("flash of the weights, in bytes (projected)\n");
print(`${"".padEnd(8)}${Object.keys(TYPES).map((type) => type.padStart(12)).join("")}\n`);
for (const [name, shape] of Object.entries(SIZES))
	print(`${name.padEnd(8)}${Object.values(TYPES).map((quantType) => String(new ModelConfig({ ...shape, quantType }).memoryBudget().flash).padStart(12)).join("")}\n`);

print("\nlongest context beside XS's settings and the radio, in tokens (projected; 0: does not fit)\n");
const chips = Object.entries(CHIPS);
print(`${"".padEnd(8)}${chips.map(([chip]) => chip.padStart(10)).join("")}\n`);
for (const [name, shape] of Object.entries(SIZES))
	print(`${name.padEnd(8)}${chips.map(([, chip]) => String(largestContext(new ModelConfig(shape), chip.heap - chip.settings - spareMemory(chip, true))).padStart(10)).join("")}\n`);
