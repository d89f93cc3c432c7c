/** ruvllm-esp32 bench SUITE [NAME]: the programs of benches/SUITE, a folder each, with a table or JSON of what they measured. */

import type { Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";
import { table } from "../cli/table.ts";

/** One measured figure. */
export interface Figure {
	/** What was measured: short, the same in every run. */
	figure: string;
	value: number;
	unit?: string;
	tier: "measured" | "emulated" | "projected";
	/** What it is compared with, and what it has to be: "at least" or "at most" that. */
	limit?: number;
	atLeast?: boolean;
	/** Anything that explains it. */
	note?: string;
}

export interface SuiteOptions {
	/** The folder of real data. */
	data: string;
	/** A folder of WAV files to test with in place of the data's own background. */
	noise?: string;
}

/** How a suite differs from others. */
export interface SuiteSettings {
	/** The page that says what the folder of data holds. */
	docs: string;
	/** Whether it reads real data; it does by default. */
	data?: boolean;
	/** Whether tests can have other backgrounds. */
	noise?: boolean;
	/** Whether the tables for people have notes below them. */
	notes?: boolean;
}

/** What benches/SUITE/NAME/main.ts exports. */
export interface SuiteProgram {
	bench(options: SuiteOptions): Promise<Figure[]>;
}

const namesOf = (suite: string): string[] => readdirSync(join(packageRoot, "benches", suite), { withFileTypes: true })
	.filter((entry) => entry.isDirectory() && existsSync(join(packageRoot, "benches", suite, entry.name, "main.ts"))).map(({ name }) => name).sort();

/** Adds `suite` below the command bench. */
export function addSuite(bench: Command, suite: string, description: string, { docs, data = true, noise = false, notes = false }: SuiteSettings): void {
	const command = bench.command(suite)
		.description(description)
		.argument("[name]", `one of ${namesOf(suite).join(", ")}; all by default`)
		.option("--data <folder>", "where the real data lies", join(packageRoot, "..", "shared", "data"))
		.option("--format <name>", "text, markdown, csv or json", "text")
		.option("--json", "the same as --format json")
		.action(async (name: string | undefined, _: unknown, command: Command) => {
			const options = command.opts<SuiteOptions & { json?: boolean; format: string }>();
			// bench has an option of that name too, and it may be given in front of the suite's.
			const format = options.json || command.optsWithGlobals<{ json?: boolean }>().json ? "json" : options.format;
			const names = namesOf(suite);
			if (name !== undefined && !names.includes(name))
				throw new BuildError(`there is no bench "${name}"; choose one of ${names.join(", ")}`);
			if (data && !existsSync(options.data))
				throw new BuildError(`there is no folder ${options.data}; say with --data where the data of ${docs} lies`);
			const results: (Figure & { bench: string })[] = [];
			for (const one of name === undefined ? names : [name]) {
				process.stderr.write(`${suite} ${one} ...\n`);
				results.push(...(await load(suite, one).then((program) => program.bench(options)).catch(asOurs)).map((figure) => ({ bench: one, ...figure })));
			}
			console.log(format === "json" ? JSON.stringify({ results }, null, "\t") : [tableOf(results, format), ...notes && format !== "csv" ? ["", ...notesOf(results, format)] : []].join("\n"));
		});
	if (noise)
		command.option("--noise <folder>", "WAV files: test with these backgrounds in place of the data's own");
}

const tableOf = (results: readonly (Figure & { bench: string })[], format: string): string => table(results.map((one) => ({
	bench: one.bench, figure: one.figure, value: `${one.value}${one.unit ? ` ${one.unit}` : ""}`, tier: one.tier,
	limit: one.limit === undefined ? "" : `${one.atLeast ? "at least" : "at most"} ${one.limit}`,
	met: one.limit === undefined ? "" : (one.atLeast ? one.value >= one.limit : one.value <= one.limit) ? "yes" : "NO",
})), format);

/** Each note once, with the figures that it is about. */
function notesOf(results: readonly Figure[], format: string): string[] {
	const notes = new Map<string, string[]>();
	for (const { figure, note } of results)
		if (note !== undefined)
			notes.set(note, [...notes.get(note) ?? [], figure]);
	return [...notes].map(([note, figures]) => `${format === "markdown" ? "- " : ""}${figures.length > 3 ? `${figures[0]} and ${figures.length - 1} more` : figures.join("; ")}: ${note}`);
}

/** A program is a bundle of its own, whose classes of errors are not these. */
function asOurs(error: Error): never {
	throw ["BuildError", "StreamError", "RuvllmError"].includes(error.constructor.name) ? new BuildError(error.message) : error;
}

async function load(suite: string, name: string): Promise<SuiteProgram> {
	const { importTool } = await import(join(packageRoot, "bin", "bundle.mjs")) as { importTool(entry: string): Promise<unknown> };
	return await importTool(`benches/${suite}/${name}/main.ts`) as SuiteProgram;
}
