/** The anomaly detector on NAB and an electrocardiogram, and what a step costs on the ESP32-C3. */

import { join } from "node:path";
import { dataFile, runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { auc, centred } from "./auc.ts";
import { readNab } from "./nab-data.ts";
import { nabScore } from "./nab-score.ts";

interface Run {
	name: string;
	bytes: number;
	microseconds: number;
	values: number[];
}

/** For all of NAB's series: a window of sixteen samples; the probation is learned. For the electrocardiogram: a beat, every fourth sample. */
const NAB = ["16", "1", "score", "probation"], BEAT = ["24", "4", "surprise", "nothing"];
/** The middle of the deviation behind a beat, and a beat's length at 128 Hz. */
const LAG = 16, BEAT_SAMPLES = 128;
const FOLDER = "benches/ruvector/anomaly";

export async function bench({ data }: { data: string }): Promise<Figure[]> {
	return [...await nab(join(data, "nab")), ...await electrocardiogram(join(data, "ecg")), ...await steps()];
}

const bytesOf = (values: Int32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

async function nab(folder: string): Promise<Figure[]> {
	const corpus = readNab(folder);
	if (!corpus)
		return [];
	const runs = await runProgram<Run>(`${FOLDER}/series.ts`, { args: NAB, assets: new Map(corpus.series.map(({ samples }, i) => [`s${i}`, bytesOf(samples)])) });
	const scored = corpus.series.map(({ windows }, i) => ({ windows, scores: runs[i]!.values })), halves = [0, 1].map((half) => scored.filter((_, i) => i % 2 === half));
	const samples = scored.reduce((sum, { scores }) => sum + scores.length, 0), time = runs.reduce((sum, run) => sum + run.microseconds, 0);
	const standard = corpus.profiles["standard"]!;
	return [
		...Object.entries(corpus.profiles).map(([name, profile]): Figure => ({
			figure: `NAB ${name}`, value: rounded(nabScore(scored, profile).score, 2), tier: "measured", ...name === "standard" ? { limit: 58, atLeast: true } : {},
			note: `${scored.length} series, the best threshold of them all; no minimum or maximum given`,
		})),
		...[0, 1].map((half): Figure => ({
			figure: `NAB standard, half ${half + 1}, threshold of the other`, tier: "measured",
			value: rounded(nabScore(halves[half]!, standard, nabScore(halves[1 - half]!, standard).threshold).score, 2),
		})),
		{ figure: "time of a step, 1 channel", value: rounded(time / samples, 2), unit: "us", tier: "measured" },
	];
}

async function electrocardiogram(folder: string): Promise<Figure[]> {
	const raw = dataFile(folder, "MBA_ECG805.i16le"), about = dataFile(folder, "MBA_ECG805.json");
	if (!raw || !about)
		return [];
	const { anomaly_segments_start_end_exclusive: segments } = JSON.parse(about.toString("utf8")) as { anomaly_segments_start_end_exclusive: [number, number][] };
	const samples = Int32Array.from({ length: raw.length / 2 }, (_, i) => raw.readInt16LE(2 * i)), labels = new Uint8Array(samples.length);
	for (const [start, end] of segments)
		labels.fill(1, start, end);
	const [run] = await runProgram<Run>(`${FOLDER}/series.ts`, { args: BEAT, assets: new Map([["ecg", bytesOf(samples)]]) });
	return [
		{ figure: "ECG 805 AUC-ROC", value: rounded(auc(centred(run!.values, LAG, BEAT_SAMPLES), (i) => labels[i] === 1), 4), tier: "measured", limit: 0.93, atLeast: true, note: "surprise, mean of a beat around each sample" },
		{ figure: "state, window of a beat", value: run!.bytes, unit: "bytes", tier: "measured" },
	];
}

async function steps(): Promise<Figure[]> {
	const [cost] = await runProgram<{ mean: number; most: number; bytes: number }>(`${FOLDER}/steps.ts`, { host: "riscv" });
	return [
		{ figure: "step of 8 channels, mean", value: cost!.mean, unit: "instructions", tier: "emulated", limit: 20000 },
		{ figure: "step of 8 channels, most", value: cost!.most, unit: "instructions", tier: "emulated", limit: 20000 },
		{ figure: "state, 8 channels, 128 patterns", value: cost!.bytes, unit: "bytes", tier: "measured" },
	];
}
