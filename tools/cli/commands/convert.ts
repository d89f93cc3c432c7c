/** ruvllm-esp32 convert: a checkpoint and its tokenizer to one RUVM file. */

import type { Command } from "commander";
import { basename } from "node:path";
import type { ModelMetadata } from "ruvllm-esp32/engine/ruvm/format";
import { assemble } from "../../convert/assemble.ts";
import type { QuantiseOptions } from "../../convert/quantise.ts";
import { readCheckpoint } from "../../convert/checkpoint.ts";
import { writeWithDigest } from "../digest.ts";
import { withTypes } from "./quantize.ts";

interface Options extends QuantiseOptions {
	tokenizer?: string;
	config?: string;
	output: string;
	name?: string;
	license?: string;
	data?: string;
	json?: boolean;
}

export function addConvert(program: Command): void {
	withTypes(program.command("convert"), "int8")
		.description("make a model file (RUVM) of a Llama: GGUF (F32, F16, Q8_0, Q4_0), safetensors, or llama2.c (v0, v1, ak42)")
		.argument("<checkpoint>", "the checkpoint: model.gguf, model.safetensors, stories260K.bin")
		.option("--tokenizer <file>", "its vocabulary: llama2.c's tokenizer.bin, Hugging Face's tokenizer.json or a GGUF file")
		.option("--config <file>", "config.json or params.json of safetensors; the one beside it by default")
		.requiredOption("-o, --output <file>", "the model file to write")
		.option("--name <name>", "name of the model; the checkpoint's by default")
		.option("--license <text>", "licence of the weights")
		.option("--data <text>", "what it was trained on")
		.option("--json", "print JSON")
		.action(async (checkpoint: string, options: Options) => {
			const { model, vocabulary } = readCheckpoint(checkpoint, options);
			const metadata: ModelMetadata = {
				name: options.name ?? basename(checkpoint).replace(/\.[^.]*$/, ""), source: basename(checkpoint),
				...(options.license && { license: options.license }), ...(options.data && { trainingData: options.data }),
			};
			const bytes = await writeWithDigest(options.output, metadata, (complete) => assemble(model, vocabulary, complete, options));
			const result = { output: options.output, bytes, metadata, config: model.config };
			console.log(options.json ? JSON.stringify(result) : `${options.output}: ${metadata.name}, ${bytes} bytes, ${options.type!.toUpperCase()}, digest ${metadata.digest}`);
		});
}
