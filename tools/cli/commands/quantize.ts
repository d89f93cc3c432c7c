/** ruvllm-esp32 quantize: another type of weights for a model. */

import { type Command, Option } from "commander";
import { readFileSync } from "node:fs";
import { WEIGHT_TYPES } from "../../convert/grouped.ts";
import type { QuantiseOptions } from "../../convert/quantise.ts";
import { requantise } from "../../convert/requantise.ts";
import { writeWithDigest } from "../digest.ts";
import { findModel } from "../models.ts";

export function withTypes(command: Command, standard?: string): Command {
	const type = new Option("--type <type>", "type of the weights").choices(WEIGHT_TYPES);
	return command
		.addOption(standard ? type.default(standard) : type.makeOptionMandatory())
		.addOption(new Option("--embedding <type>", "type of the embedding and the output; int8 for int8, else int4").choices(WEIGHT_TYPES))
		.addOption(new Option("--attention <type>", "type of the matrices of attention; as --type").choices(WEIGHT_TYPES))
		.option("--binary-activations", "make activations binary where they meet binary weights (XNOR)");
}

export function addQuantize(program: Command): void {
	withTypes(program.command("quantize"))
		.description("change the type of a model's weights; lower types lose much unless the model was trained for them (docs/quantisation.md)")
		.argument("<model>", "a model file, or the name of a shipped model")
		.requiredOption("-o, --output <file>", "the model file to write")
		.option("--json", "print JSON")
		.action(async (model: string, options: QuantiseOptions & { output: string; json?: boolean }) => {
			const before = readFileSync(findModel(model)), { metadata, write } = requantise(before, options);
			const from = metadata.digest;
			const bytes = await writeWithDigest(options.output, metadata, (changed) => write({ ...changed, ...(from && { quantizedFrom: from }) }));
			console.log(options.json ? JSON.stringify({ output: options.output, bytes, bytes_before: before.length, metadata })
				: `${options.output}: ${metadata.name}, ${bytes} bytes (${before.length} before), ${options.type!.toUpperCase()}, digest ${metadata.digest}`);
		});
}
