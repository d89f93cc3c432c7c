/**
 * node bin/tool.mjs tools/train/snn/main.ts sound|falls|heart [--iterations N --seed N --hours H --speakers a,b --out FILE.rvsn --baseline]:
 * trains a spiking gate, chooses when it wakes, writes its table, and says how it does with recordings that it has not seen.
 */

import { Argument, Command } from "commander";
import { writeFileSync } from "node:fs";
import { BuildError } from "../../build/errors.ts";
import { integer, number } from "../../cli/options.ts";
import { judgeBaseline, tuneBaseline } from "./baseline.ts";
import { falsePerHour, type Judgement, medianLatency, recall, together } from "./judge.ts";
import { testTable, trainTask, type TrainOptions } from "./pipeline.ts";
import { type GateTable, writeTable } from "./table-file.ts";
import { TASKS } from "./tasks/index.ts";
import type { Task } from "./tasks/task.ts";

interface Options extends TrainOptions {
	out: string;
	test: boolean;
	baseline?: boolean;
}

/** Hz. */
const SPEECH = [200, 3500] as const;

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/** A line for each group. */
export function report(groups: ReadonlyMap<string, Judgement>): string[] {
	return [...groups].map(([name, one]) => [
		name.padEnd(12), `recall ${percent(recall(one)).padStart(7)} of ${one.events}`, `${falsePerHour(one).toFixed(2)} false wakes an hour in ${one.hours.toFixed(1)} h`, `median latency ${medianLatency(one).toFixed(2)} s`,
	].join("   "));
}

async function train(task: Task, options: Options): Promise<void> {
	const say = (line: string): void => console.log(line);
	if (options.baseline)
		return compare(task, options, say);
	const { table, tuned } = await trainTask(task, { ...options, say });
	const bytes = writeTable(table);
	writeFileSync(options.out, bytes);
	say(`${options.out}: ${bytes.length} bytes; ${JSON.stringify(table.output)}`);
	say(`while training: recall ${[...tuned.recalls].map(([name, one]) => `${name} ${percent(one)}`).join(", ")}; ${tuned.falseWakes.toFixed(2)} false wakes an hour`);
	if (options.test)
		await test(task, table, options, say);
}

async function test(task: Task, table: GateTable, options: Options, say: (line: string) => void): Promise<void> {
	const { groups, neurons } = await testTable(table, task.tail, task.tests(options));
	say(`with what it has not seen (${neurons.toFixed(2)} neurons spike a tick):`);
	report(groups).forEach(say);
}

/** One stream of each group tunes it. */
function compare(task: Task, options: Options, say: (line: string) => void): void {
	const plans = task.training({ ...options, plain: true }).filter(({ group }, i, all) => all.findLastIndex((plan) => plan.group === group) === i);
	const streams = plans.map(({ group, build }) => ({ group, stream: build() })), bands = task.kind === "sound" ? [undefined, SPEECH] : [undefined];
	for (const band of bands) {
		const { baseline } = tuneBaseline(streams, task.tail, task.refractory, task.falseWakes, band), groups = new Map<string, Judgement[]>();
		say(`energy threshold${band ? ` of ${band.join(" to ")} Hz` : ""}, tuned alike: ${JSON.stringify(baseline)}`);
		for (const { group, build } of task.tests(options))
			groups.set(group, [...groups.get(group) ?? [], judgeBaseline(baseline, build(), task.tail)]);
		report(new Map([...groups].map(([name, all]) => [name, together(all)]))).forEach(say);
	}
}

const commas = (text: string): string[] => text.split(",").filter(Boolean);

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const program = new Command("train-gate").description("trains a spiking gate")
		.addArgument(new Argument("<task>", "what it listens for").choices(Object.keys(TASKS)))
		.option("--iterations <n>", "of training", integer)
		.option("--seed <n>", "the same seed trains the same table, on one kind of processor", integer, 1)
		.option("--hours <h>", "of streams to train with", number)
		.option("--speakers <names>", "whose words to train with, with commas", commas)
		.option("--data <folder>", "where the real data lies")
		.option("--out <file>", "where the table goes", "gate.rvsn")
		.option("--baseline", "an energy threshold in place of a gate")
		.option("--no-test", "no test at the end")
		.action((name: keyof typeof TASKS, options: Options) => train(TASKS[name], options));
	try {
		await program.parseAsync(argv);
	}
	catch (error) {
		if (!(error instanceof BuildError) && (error as NodeJS.ErrnoException).code === undefined)
			throw error;
		console.error((error as Error).message);
		process.exitCode = 1;
	}
}
