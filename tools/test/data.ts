/** What the suites inside XS are told: where models and real data lie. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot, packageRoot } from "../build/paths.ts";
import { assemble } from "../convert/assemble.ts";
import { parseLlama2cTokenizer } from "../convert/llama2c-tokenizer.ts";
import { readLlama2c } from "../convert/llama2c.ts";

/** Real data that is not part of the project; a clone elsewhere does not have it. */
export function sharedData(): string | undefined {
	const folder = process.env.RUVLLM_ESP32_DATA ?? join(dirname(packageRoot), "shared", "data");
	return existsSync(join(folder, "README.md")) ? folder : undefined;
}

/** key=value, as tests/support/data.ts reads them. */
export async function hostArguments(): Promise<string[]> {
	const args: string[] = [];
	const model = join(packageRoot, "models", "stories.ruvm");
	if (existsSync(model))
		args.push(`model=${model}`);
	args.push(`words=${join(packageRoot, "models", "words.rvem")}`);
	const shared = sharedData();
	if (shared)
		args.push(`shared=${shared}`, `stories260k=${referenceModel(shared)}`);
	if (process.env.CI === "true")
		args.push("ci=true");
	return args;
}

/** The public checkpoint stories260K as a model file. */
function referenceModel(shared: string): string {
	const checkpoint = readLlama2c(readFileSync(join(shared, "llm", "stories260K.bin")));
	const tokenizer = parseLlama2cTokenizer(readFileSync(join(shared, "llm", "tok512.bin")), checkpoint.config.vocabSize);
	const path = join(cacheRoot(), "tests", "stories260K.ruvm");
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, assemble(checkpoint, tokenizer, { name: "stories260K" }));
	return path;
}
