/** ruvllm-esp32 gate: what a spiking gate hears in a recording. */

import type { Command } from "commander";
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { withUnit } from "ruvllm-esp32/snn/energy/energy-table";
import { BuildError } from "../../build/errors.ts";
import { listeningEnergy } from "../../snn/gate/energy.ts";
import { type RecordingLabels, readLabels } from "../../snn/gate/labels.ts";
import { drawGate } from "../../snn/gate/picture.ts";
import { readRecording } from "../../snn/gate/recording.ts";
import { type GateRun, runGate } from "../../snn/gate/run.ts";
import { simulatedRecording } from "../../snn/gate/simulated.ts";
import { findGate, GATES, headOf } from "../../snn/gate/tables.ts";
import { falsePerHour, judge, medianLatency, recall } from "../../train/snn/judge.ts";
import { integer, number } from "../options.ts";

interface Options {
	table: string;
	rate?: number;
	columns?: string[];
	conservative?: boolean;
	leastCut?: number;
	labels?: string;
	tail: number;
	svg?: string;
	json?: boolean;
}

/** A picture of more would show nothing, and takes a line for each tick. */
const PICTURE_SECONDS = 600;

export function addGate(program: Command): void {
	program.command("gate")
		.description("run a spiking gate over a recording, and print each wake")
		.argument("[file]", "WAV (any rate), CSV of sensor readings, or .i16 as tools/snn/streams writes it; without one, a simulated room with voices")
		.option("-t, --table <name|file>", `${GATES.join(", ")}, or a table (.rvsn)`, "sound")
		.option("--rate <hertz>", "samples a second of a CSV or .i16; the table's by default", number)
		.option("--columns <names>", "columns of the CSV, by name or number from 1, with commas", (text) => text.split(","))
		.option("--conservative", "only wakes whose lines spike together")
		.option("--least-cut <n>", "how closely, 1 to 240", integer)
		.option("--labels <file>", "events that are in it: [{\"start\": s, \"end\": s}, ...] or the .json of a stream; recall and false wakes are printed")
		.option("--tail <s>", "how long behind an event a wake still counts for it", number, 1)
		.option("--svg <file>", "draw signal, spikes, output and wakes")
		.option("--json", "print JSON")
		.action(async (file: string | undefined, options: Options) => {
			const bytes = findGate(options.table), head = headOf(bytes);
			if (!(options.tail >= 0))
				throw new BuildError(`a tail of ${options.tail} s is below 0`);
			if (options.leastCut !== undefined && !options.conservative)
				throw new BuildError("--least-cut is for --conservative");
			if (file === undefined && (head.kind !== "sound" || options.rate !== undefined || options.columns || options.labels))
				throw new BuildError("what is simulated is sound, and has its labels; give a recording");
			const simulated = file === undefined ? simulatedRecording(head.rate) : undefined;
			const samples = simulated?.samples ?? readRecording(file!, head, options), seconds = samples.length / head.channels / head.rate;
			if (options.svg !== undefined && seconds > PICTURE_SECONDS)
				throw new BuildError(`a picture shows ${PICTURE_SECONDS} s at most, and this is ${seconds.toFixed(0)}; cut the recording`);
			const labels = options.labels === undefined ? simulated : readLabels(options.labels, head.rate), title = file === undefined ? "a simulated room" : basename(file);
			const run = await runGate(bytes, samples, { ...options, trace: options.svg !== undefined });
			if (options.svg !== undefined)
				writeFileSync(options.svg, drawGate({ title: `${run.table.name || options.table}: ${title}`, samples, run, ...labels && { events: labels.events } }));
			const result = resultOf(run, labels, options.tail);
			console.log(options.json ? JSON.stringify({ recording: title, ...result }) : textOf(run, result));
		});
}

const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

function resultOf({ table, events, samples, dropped }: GateRun, labels: Pick<RecordingLabels, "events"> | undefined, tail: number) {
	const judged = labels && judge({ rate: table.rate, length: samples, events: labels.events }, events.map(({ at }) => at), tail), { averagePower, joules, ...known } = listeningEnergy(samples / table.rate);
	return {
		table: table.name, seconds: rounded(samples / table.rate), dropped,
		events: events.map(({ seconds, confidence, strength, channels, spikes }) => ({ seconds: rounded(seconds), confidence, strength, [table.kind === "sound" ? "bands" : "channels"]: bitsOf(channels), spikes })),
		energy: { joules: rounded(joules, 6), watts: rounded(averagePower, 6), ...known },
		...judged && { judged: { events: judged.events, recall: rounded(recall(judged), 4), falseWakes: judged.falseWakes, falseWakesPerHour: rounded(falsePerHour(judged), 2), medianLatency: judged.hits ? rounded(medianLatency(judged)) : null } },
	};
}

const bitsOf = (bits: number): number[] => Array.from({ length: 10 }, (_, i) => i).filter((i) => bits >>> i & 1);

function textOf(run: GateRun, { seconds, events, dropped, energy, judged }: ReturnType<typeof resultOf>): string {
	const sources = run.table.kind === "sound" ? "bands" : "channels";
	return [
		run.table.description, "",
		...events.map((event) => `${event.seconds.toFixed(3).padStart(10)} s  confidence ${String(event.confidence).padStart(3)}  ${sources} ${(event[sources] as number[]).join(" ")}`), ...events.length ? [""] : [],
		`${events.length} wake${events.length === 1 ? "" : "s"} in ${seconds.toFixed(1)} s${dropped ? `, ${dropped} dropped` : ""}; listening costs ${withUnit(energy.watts, "W")} at most (${energy.chip}, projected)`,
		...judged ? [`${judged.events} events, recall ${(100 * judged.recall).toFixed(1)} %, ${judged.falseWakesPerHour.toFixed(1)} false wakes an hour${judged.medianLatency === null ? "" : `, median ${judged.medianLatency.toFixed(2)} s after the start`}`] : [],
	].join("\n");
}
