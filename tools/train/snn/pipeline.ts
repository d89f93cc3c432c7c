/** From a task to a table: streams, spikes, weights, settings; and how well a table does. */

import { labelsOf, type Judgement, judge, together } from "./judge.ts";
import { activityOf } from "./output-stage.ts";
import { encodeCounts, runGate, runNetwork, type Sequence, sequenceFile, trainWeights } from "./programs.ts";
import { type GateTable, type OutputSettings, type Weights, writeTable } from "./table-file.ts";
import type { Plan, Task, TaskOptions } from "./tasks/task.ts";
import { type Heard, tune, type Tuned } from "./tune.ts";

export interface TrainOptions extends TaskOptions {
	iterations?: number;
	/** Progress: one line each. */
	say?: (line: string) => void;
}

const BLOCK_SECONDS = 1, BEHIND = 0.15, CONTEXT = 0.65;
const OUTPUT: OutputSettings = { threshold: 1, adaptive: false, k: 0, wait: 0, drop: 0, raise: 0, fade: 5, refractory: 0, settle: 0 };

export const ticksOf = ({ rate, hop }: Pick<Task, "rate" | "hop">, seconds: number): number => Math.max(1, Math.round(seconds * rate / hop));
const linesOf = ({ kind, encoders }: Task): number => kind === "sound" ? encoders.length : 2 * encoders.length;

export function tableOf(task: Task, weights: Weights, output: OutputSettings): GateTable {
	const { name, kind, channels, rate, hop, encoders } = task;
	return { name, kind, channels, rate, hop, encoders, weights, output };
}

/** One silent neuron: to run the encoders. */
function blank(task: Task): GateTable {
	const lines = linesOf(task);
	return tableOf(task, { hidden: 1, lines, decayOut: 0, bias: 0, delays: [0], in: new Array<number>(lines).fill(0), recurrent: [], decay: [0], out: [0] }, OUTPUT);
}

interface Encoded extends Sequence {
	group: string;
	only: Plan["only"];
}

export async function encodeAll(task: Task, plans: readonly Plan[], say: (line: string) => void): Promise<Encoded[]> {
	const all: Encoded[] = [], table = blank(task);
	for (const { group, build, only } of plans) {
		const stream = build(), counts = await encodeCounts(table, stream.samples), lines = linesOf(task), sum = counts.reduce((a, b) => a + b, 0);
		all.push({ counts, labels: labelsOf(stream), group, only });
		say(`stream ${all.length} of ${plans.length}: ${group}, ${(stream.samples.length / stream.channels / stream.rate / 3600).toFixed(2)} h, ${stream.events.length} events, ${(sum / counts.length * lines).toFixed(2)} spikes a tick`);
	}
	return all;
}

/** What the network gives on what it was trained with. */
async function hear(task: Task, weights: Weights, encoded: readonly Encoded[]): Promise<Heard[]> {
	const heard: Heard[] = [], table = writeTable(tableOf(task, weights, OUTPUT)), lines = linesOf(task);
	for (const { counts, labels, group, only } of encoded)
		if (only !== "weights")
			heard.push({ u: await runNetwork(table, counts), activity: activityOf(counts, lines), labels, group });
	return heard;
}

export interface Trained {
	table: GateTable;
	tuned: Tuned;
}

export async function trainTask(task: Task, options: TrainOptions): Promise<Trained> {
	const { say = () => {}, iterations, seed } = options, encoded = await encodeAll(task, task.training(options), say);
	const ticks = (seconds: number): number => ticksOf(task, seconds), tail = ticks(Math.max(0.1, task.tail - 0.1));
	const settings = {
		decayOut: 226, tail, after: ticks(task.tail + BEHIND), quiet: ticks(CONTEXT), block: ticks(BLOCK_SECONDS), settle: ticks(task.settle),
		...task.trainer, delays: task.delays, seed, ...iterations === undefined ? {} : { iterations },
	};
	const weights = await trainWeights(sequenceFile(encoded.filter(({ only }) => only !== "output"), linesOf(task), task.hop), settings, say);
	const tuned = tune(await hear(task, weights, encoded), task.hop, task.tail, task.grid, { refractory: ticks(task.refractory), settle: ticks(task.settle) }, task.falseWakes, task.slack, task.caution);
	return { table: tableOf(task, weights, tuned.output), tuned };
}

/** Of the whole gate, by group; `spikes`: of a tick, on lines; `neurons`: that spiked in a tick. */
export interface Tested {
	groups: Map<string, Judgement>;
	all: Judgement;
	neurons: number;
}

export async function testTable(table: GateTable, tail: number, plans: readonly Plan[]): Promise<Tested> {
	const groups = new Map<string, Judgement[]>();
	let neurons = 0, ticks = 0;
	for (const { group, build } of plans) {
		const stream = build(), { wakes, spikes } = await runGate(table, stream.samples);
		groups.set(group, [...groups.get(group) ?? [], judge(labelsOf(stream), wakes.map((tick) => (tick + 1) * table.hop), tail)]);
		ticks += spikes.length;
		for (let mask of spikes)
			for (; mask; mask = (mask & (mask - 1)) >>> 0)
				neurons++;
	}
	const merged = new Map([...groups].map(([name, all]) => [name, together(all)]));
	return { groups: merged, all: together([...merged.values()]), neurons: neurons / ticks };
}
