/** Puts a model file together: quantised tensors, tokenizer, metadata. */

import { ModelMetadata, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { SectionData, writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import { buildTokenizerSection } from "ruvllm-esp32/engine/tokenizer-section";
import { crc32 } from "./crc32.ts";
import type { FloatModel } from "./float-model.ts";
import { quantiseModel, type QuantiseOptions, shapeOf } from "./quantise.ts";
import type { Vocabulary } from "./vocabularies.ts";

const bytesSection = (name: string, data: Uint8Array): SectionData =>
	({ name, type: SectionType.Bytes, shift: 0, rows: 1, columns: data.length, data });

/** A whole RUVM file. */
export function assemble(model: FloatModel, tokenizer: Vocabulary, metadata: ModelMetadata, options: QuantiseOptions = {}): Uint8Array {
	const sections = [
		...quantiseModel(model, options),
		bytesSection("tokenizer", buildTokenizerSection(tokenizer.pieces, tokenizer.scores, tokenizer.options)),
		bytesSection("metadata", new TextEncoder().encode(JSON.stringify(metadata))),
	];
	return writeRuvm(shapeOf(model.config, options), model.output === undefined, sections, crc32);
}
