/** ruvllm-esp32 convert: a checkpoint and its tokenizer to one RUVM file. */

import type { Command } from "commander";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { ModelMetadata } from "ruvllm-esp32/engine/ruvm/format";
import { BuildError } from "../../build/errors.ts";
import { assemble } from "../../convert/assemble.ts";
import type { QuantiseOptions } from "../../convert/quantise.ts";
import { readLlama2c } from "../../convert/llama2c.ts";
import { parseLlama2cTokenizer } from "../../convert/llama2c-tokenizer.ts";
import { writeWithDigest } from "../digest.ts";
import { withTypes } from "./quantize.ts";

interface Options extends QuantiseOptions {
	tokenizer: string;
	output: string;
	name?: string;
	license?: string;
	data?: string;
	json?: boolean;
}

export function addConvert(program: Command): void {
	withTypes(program.command("convert"), "int8")
		.description("make a model file (RUVM) of a llama2.c checkpoint: float v0 and v1, quantised v2 (ak42)")
		.argument("<checkpoint>", "the checkpoint, for example stories260K.bin")
		.requiredOption("--tokenizer <file>", "its tokenizer, for example tok512.bin")
		.requiredOption("-o, --output <file>", "the model file to write")
		.option("--name <name>", "name of the model; the checkpoint's by default")
		.option("--license <text>", "licence of the weights")
		.option("--data <text>", "what it was trained on")
		.option("--json", "print JSON")
		.action(async (checkpoint: string, options: Options) => {
			const model = readLlama2c(readInput(checkpoint));
			const tokenizer = parseLlama2cTokenizer(readInput(options.tokenizer), model.config.vocabSize);
			const metadata: ModelMetadata = {
				name: options.name ?? basename(checkpoint).replace(/\.[^.]*$/, ""), source: basename(checkpoint),
				...(options.license && { license: options.license }), ...(options.data && { trainingData: options.data }),
			};
			const bytes = await writeWithDigest(options.output, metadata, (complete) => assemble(model, tokenizer, complete, options));
			const result = { output: options.output, bytes, metadata, config: model.config };
			console.log(options.json ? JSON.stringify(result) : `${options.output}: ${metadata.name}, ${bytes} bytes, ${options.type!.toUpperCase()}, digest ${metadata.digest}`);
		});
}

function readInput(path: string): Uint8Array {
	if (!existsSync(path) || !statSync(path).isFile())
		throw new BuildError(`there is no file ${path}`);
	const bytes = readFileSync(path);
	if (bytes.length === 0)
		throw new BuildError(`${path} is empty; copy it again`);
	return bytes;
}
