/**
 * node bin/tool.mjs benches/snn/picture.ts -o docs/snn-gate.svg: draws the sound gate on the liveliest 80 s of half an hour of the test part
 * (on the simulated room where there is no data, or with --simulated): wakes, and those that a conservative detector drops.
 */

import { Command } from "commander";
import { existsSync, writeFileSync } from "node:fs";
import { cut, drawGate } from "../../tools/snn/gate/picture.ts";
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

/** Backgrounds change more often than in the other benches. */
const SCENE = { part: "test", seconds: 1800, segmentSeconds: 40 } as const, SHOWN = 80, QUIET = 300;

/** Where most events and wakes are, not at the beginning. */
function liveliest(places: readonly number[], rate: number): number {
	const inside = (from: number): number => places.filter((at) => at > from * rate && at < (from + SHOWN) * rate).length;
	return Array.from({ length: (SCENE.seconds - SHOWN - QUIET) / 5 }, (_, i) => QUIET + 5 * i).reduce((best, from) => inside(from) > inside(best) ? from : best, QUIET);
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const program = new Command("picture").requiredOption("-o, --output <file>", "the SVG").option("--data <folder>", "where the real data lies", DEFAULT_DATA).option("--table <name|file>", "a sound gate", "sound")
		.option("--snr <dB>", "of the words", "10").option("--seed <n>", "another minute", "3").option("--simulated", "the simulated room");
	program.parse(argv);
	const { output, data, table: name, snr, seed, simulated = !existsSync(data) } = program.opts<Options>(), table = findGate(name);
	const { samples, events } = simulated ? simulatedRecording(headOf(table).rate) : soundStream({ ...SCENE, data, snr: Number(snr), seed: Number(seed) });
	const run = await runGate(table, samples, { trace: true }), conservative = await runGate(table, samples, { conservative: true }), kept = new Set(conservative.events.map(({ at }) => at));
	const title = simulated ? "The gate in a simulated room" : `The gate on ${SHOWN} s of the test part: words at ${snr} dB, backgrounds change`;
	const dropped = run.events.map(({ at }) => at).filter((at) => !kept.has(at)), picture = { title, samples, run, events, dropped };
	const from = simulated ? 0 : liveliest([...events.map(({ start }) => start), ...run.events.map(({ at }) => at), ...[1, 2, 3, 4].flatMap(() => dropped)], headOf(table).rate);
	writeFileSync(output, drawGate(simulated ? picture : cut(picture, from, from + SHOWN)));
	console.log(`${output}: ${events.length} events, ${run.events.length} wakes, ${run.events.length - kept.size} of them dropped by coherence`);
}
