/**
 * node bin/tool.mjs benches/snn/picture.ts -o docs/snn-gate.svg: draws the sound gate on a minute of the test part (on the simulated room
 * where there is no data, or with --simulated): wakes, and those that a conservative detector drops.
 */

import { Command } from "commander";
import { existsSync, writeFileSync } from "node:fs";
import { drawGate } from "../../tools/snn/gate/picture.ts";
import { runGate } from "../../tools/snn/gate/run.ts";
import { simulatedRecording } from "../../tools/snn/gate/simulated.ts";
import { findGate, headOf } from "../../tools/snn/gate/tables.ts";
import { DEFAULT_DATA } from "../../tools/snn/streams/data.ts";
import { soundStream } from "../../tools/snn/streams/sound.ts";

interface Options {
	output: string;
	data: string;
	table: string;
	snr: string;
	seed: string;
	simulated?: boolean;
}

/** More words than there are in life, and other backgrounds each quarter of a minute. */
const SCENE = { part: "test", seconds: 60, segmentSeconds: 15, activity: 0.07 } as const;

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const program = new Command("picture").requiredOption("-o, --output <file>", "the SVG").option("--data <folder>", "where the real data lies", DEFAULT_DATA).option("--table <name|file>", "a sound gate", "sound")
		.option("--snr <dB>", "of the words", "10").option("--seed <n>", "another minute", "3").option("--simulated", "the simulated room");
	program.parse(argv);
	const { output, data, table: name, snr, seed, simulated = !existsSync(data) } = program.opts<Options>(), table = findGate(name);
	const { samples, events } = simulated ? simulatedRecording(headOf(table).rate) : soundStream({ ...SCENE, data, snr: Number(snr), seed: Number(seed) });
	const run = await runGate(table, samples, { trace: true }), conservative = await runGate(table, samples, { conservative: true }), kept = new Set(conservative.events.map(({ at }) => at));
	const title = simulated ? "The gate in a simulated room" : `The gate on a minute of the test part: words at ${snr} dB in four backgrounds`;
	writeFileSync(output, drawGate({ title, samples, run, events, dropped: run.events.map(({ at }) => at).filter((at) => !kept.has(at)) }));
	console.log(`${output}: ${events.length} events, ${run.events.length} wakes, ${run.events.length - kept.size} of them dropped by coherence`);
}
