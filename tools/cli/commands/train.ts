/** ruvllm-esp32 train: a small model of one's own, from a text, in one command. */

import type { Command } from "commander";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { ModelMetadata } from "ruvllm-esp32/engine/ruvm/format";
import { BuildError } from "../../build/errors.ts";
import { cacheRoot, packageRoot } from "../../build/paths.ts";
import { assemble } from "../../convert/assemble.ts";
import { readCheckpoint } from "../../convert/checkpoint.ts";
import { writeWithDigest } from "../digest.ts";
import { integer, number } from "../options.ts";
import { withTypes } from "./quantize.ts";
import type { QuantiseOptions } from "../../convert/quantise.ts";

interface Options extends QuantiseOptions {
	output: string;
	epochs: number;
	lr: number;
	dim: number;
	hidden: number;
	layers: number;
	heads: number;
	kvHeads: number;
	vocab: number;
	maxSeq: number;
	threads: number;
	seed: number;
	license?: string;
	resume?: boolean;
	json?: boolean;
}

const SIZES = ["epochs", "lr", "dim", "hidden", "layers", "heads", "kvHeads", "vocab", "maxSeq", "threads", "seed"] as const;

/** Runs a script of tools/train; what it prints goes to stderr. @throws BuildError */
function python(script: string, args: readonly string[]): Promise<void> {
	return new Promise((done, fail) => {
		const child = spawn("python3", [join(packageRoot, "tools/train", script), ...args], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, OPENBLAS_NUM_THREADS: "1", PYTHONHASHSEED: "0" } });
		child.stdout.pipe(process.stderr, { end: false });
		child.on("error", (error) => fail(error));
		child.on("close", (code) => code === 0 ? done() : fail(new BuildError(`tools/train/${script} ended with code ${code}`)));
	});
}

export function addTrain(program: Command): void {
	const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
	withTypes(program.command("train"), "int8")
		.description("train a small model on a text, from scratch, on this computer (needs python3 with numpy, and gcc)")
		.argument("<text>", "UTF-8, with <|endoftext|> between its parts")
		.requiredOption("-o, --output <file>", "the model file to write")
		.option("--epochs <n>", "times that the text is read", integer, 20)
		.option("--lr <rate>", "learning rate", number, 0.01)
		.option("--dim <n>", "width", integer, 64).option("--hidden <n>", "width of the feed-forward layers", integer, 176).option("--layers <n>", "layers", integer, 5)
		.option("--heads <n>", "heads", integer, 8).option("--kv-heads <n>", "heads of keys and values", integer, 4).option("--vocab <n>", "tokens, learned from the text", integer, 512)
		.option("--max-seq <n>", "longest sequence", integer, 512).option("--threads <n>", "threads", integer, 2).option("--seed <n>", "the same seed gives the same model", integer, 1)
		.option("--license <text>", "licence of the weights")
		.option("--resume", "go on with a run that was stopped")
		.option("--json", "print JSON")
		.action(async (text: string, options: Options) => {
			if (!existsSync(text))
				throw new BuildError(`there is no file ${text}`);
			if (spawnSync("python3", ["-c", "import numpy"]).status !== 0 || spawnSync("gcc", ["--version"]).status !== 0)
				throw new BuildError("training needs python3 with numpy, and gcc: sudo apt-get install python3-numpy gcc");
			const folder = join(cacheRoot(), "train", basename(options.output).replace(/\.[^.]*$/, ""));
			if (!options.resume)
				rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			const sizes = SIZES.flatMap((name) => [`--${kebab(name)}`, String(options[name])]);
			const grid = options.type === "int8" ? [] : ["--weights", options.type!, ...(options.embedding ? ["--embedding", options.embedding] : []), ...(options.attention ? ["--attention", options.attention] : [])];
			await python("train.py", [resolve(text), ...sizes, ...grid, "--out", folder, ...(options.resume ? ["--resume"] : [])]);
			await python("export.py", [folder, "--out", folder]);
			const log = readFileSync(join(folder, "log.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, number>), last = log.at(-1)!;
			const { model, vocabulary } = readCheckpoint(join(folder, "model.bin"), { tokenizer: join(folder, "tokenizer.bin") });
			const metadata: ModelMetadata = {
				name: basename(options.output).replace(/\.[^.]*$/, ""), source: basename(text), trainingData: basename(text), ...(options.license && { license: options.license }),
				epochs: options.epochs, seed: options.seed, ...(last.held_bits_per_byte !== undefined && { heldBitsPerByte: last.held_bits_per_byte }),
			};
			const bytes = await writeWithDigest(options.output, metadata, (complete) => assemble(model, vocabulary, complete, options));
			const result = { output: options.output, bytes, seconds: last.seconds, train_nats: last.train_nats, held_bits_per_byte: last.held_bits_per_byte ?? null, metadata };
			console.log(options.json ? JSON.stringify(result)
				: `${options.output}: ${bytes} bytes, ${options.type!.toUpperCase()}, ${last.seconds} s; ${last.held_bits_per_byte ?? "?"} bits per byte of the parts it has not seen; digest ${metadata.digest}`);
		});
}
