/** The command line tool. Exit codes: 0 done, 1 failed, 2 wrongly called. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { addBench } from "./commands/bench.ts";
import { addBudget } from "./commands/budget.ts";
import { addConvert } from "./commands/convert.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addDraft } from "./commands/draft.ts";
import { addGate } from "./commands/gate.ts";
import { addGenerate } from "./commands/generate.ts";
import { addHome } from "./commands/home.ts";
import { addPerplexity } from "./commands/perplexity.ts";
import { addInspect } from "./commands/inspect.ts";
import { addKeygen, addSign } from "./commands/sign.ts";
import { addQuantize } from "./commands/quantize.ts";
import { addRun } from "./commands/run.ts";
import { addSwarm } from "./commands/swarm.ts";
import { addTrain } from "./commands/train.ts";
import { addTrainHierarchy } from "./commands/train-hierarchy.ts";
import { FirmwareError } from "./session.ts";

function createProgram(): Command {
	const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string };
	const program = new Command("ruvllm-esp32")
		.description("Small language models on ESP32 boards, and here: TypeScript on Moddable's XS engine")
		.version(version)
		.enablePositionalOptions();
	for (const add of [addGenerate, addHome, addGate, addPerplexity, addBench, addBudget, addConvert, addQuantize, addInspect, addDraft, addKeygen, addSign, addTrain, addTrainHierarchy, addRun, addSwarm, addDoctor])
		add(program);
	// Throws instead of leaving, so that the exit code is ours to choose.
	for (const command of [program, ...program.commands])
		command.exitOverride();
	return program;
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	process.stdout.on("error", (error: NodeJS.ErrnoException) => {
		// The reader of a pipe has left: nobody wants the rest.
		if (error.code === "EPIPE")
			process.exit(0);
	});
	try {
		await createProgram().parseAsync(argv);
	}
	catch (error) {
		process.exitCode = 1;
		if (error instanceof CommanderError)
			process.exitCode = error.exitCode === 0 ? 0 : 2;
		else if (error instanceof FirmwareError || error instanceof RuvllmError)
			fail(argv, error.message, error.code);
		else if (error instanceof BuildError || (error as NodeJS.ErrnoException).code !== undefined)
			fail(argv, (error as Error).message, (error as NodeJS.ErrnoException).code ?? "FAILED");
		else
			throw error;
	}
}

function fail(argv: string[], sentence: string, code: string): void {
	process.stderr.write(`ruvllm-esp32: ${sentence}\n`);
	if (argv.includes("--json"))
		console.log(JSON.stringify({ error: { code, message: sentence } }));
	if (code.startsWith("CONFIG_") || code === "ARGUMENT")
		process.exitCode = 2;
}
