/**
 * node bin/tool.mjs tools/snn/streams/main.ts sound --part test --snr 10 --seed 3 --out FOLDER: builds a labelled
 * stream, and writes NAME.i16 (little-endian, interleaved) and NAME.json (rate, channels, events, segments ...).
 */

import { Command, Option } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { integer, number } from "../../cli/options.ts";
import { DEFAULT_DATA } from "./data.ts";
import { ecgStream } from "./ecg.ts";
import { fallStream } from "./falls.ts";
import type { Part } from "./noise/kinds.ts";
import { soundStream } from "./sound.ts";
import { activity, type Stream, StreamError } from "./stream.ts";
import { writeWav } from "./wav.ts";

interface Shared {
	part: Part;
	snr: number | "varied";
	seed: number;
	seconds?: number;
	data: string;
	out: string;
	name?: string;
	wav?: boolean;
}

/** Infinity: no noise. */
const level = (text: string): number => text === "Infinity" ? Infinity : number(text);
/** Varied: each segment has its own. */
const levelOrVaried = (text: string): number | "varied" => text === "varied" ? text : level(text);
const commas = (text: string): string[] => text.split(",").filter(Boolean);

function shared(program: Command, name: string, description: string, snr: (text: string) => number | "varied" = level): Command {
	return program.command(name).description(description)
		.addOption(new Option("--part <name>", "whose recordings").choices(["train", "test"]).default("train"))
		.option("--snr <dB>", "how far the events are above the noise", snr, 20)
		.option("--seed <n>", "the same seed builds the same stream", integer, 1)
		.option("--seconds <s>", "how long", number)
		.option("--data <folder>", "where the real data lies", DEFAULT_DATA)
		.option("--out <folder>", "where the stream goes", ".")
		.option("--name <name>", "what its files are called")
		.option("--wav", "a WAV file too");
}

function write(stream: Stream, kind: string, { part, out, name, wav }: Shared): void {
	const { samples, ...rest } = stream, base = join(out, name ?? `${kind}-${part}-snr${stream.snr}-seed${stream.seed}`);
	mkdirSync(out, { recursive: true });
	writeFileSync(`${base}.i16`, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
	writeFileSync(`${base}.json`, `${JSON.stringify({ part, ...rest }, null, "\t")}\n`);
	if (wav)
		writeFileSync(`${base}.wav`, writeWav(samples, stream.rate, stream.channels));
	const frames = samples.length / stream.channels;
	console.log(`${base}: seed ${stream.seed}, ${(frames / stream.rate).toFixed(1)} s, ${stream.events.length} events, activity ${(100 * activity(stream)).toFixed(2)} %, SNR ${stream.snr}${stream.snr === "varied" ? "" : " dB"}`);
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const program = new Command("streams").description("labelled streams of real data, with noise");
	shared(program, "sound", "spoken digits in noise, 8 kHz", levelOrVaried)
		.option("--swap", "the speakers of train and test change places")
		.option("--speakers <names>", "the speakers of the part, with commas", commas)
		.option("--kinds <names>", "kinds of noise, or train, test, files, with commas; or varied", commas)
		.option("--noise <folder>", "WAV files that are kinds of noise too")
		.option("--activity <share>", "the words' share of the time", number)
		.option("--segment-seconds <s>", "how long a kind of noise stays", number)
		.option("--without-words", "the noise alone")
		.action((options: Shared) => write(soundStream(options), "sound", options));
	shared(program, "falls", "falls among daily activities, three axes in mg, 100 Hz")
		.option("--activity <share>", "the falls' share of the time", number)
		.option("--daily <share>", "the daily activities' share of the time", number)
		.option("--leave-out <fall>", "as in fall_02: test has only that fall, train all others")
		.action((options: Shared) => write(fallStream({ ...options, snr: Number(options.snr) }), "falls", options));
	shared(program, "ecg", "an electrocardiogram with irregular beats, 128 Hz")
		.action((options: Shared) => write(ecgStream({ ...options, snr: Number(options.snr) }), "ecg", options));
	try {
		await program.parseAsync(argv);
	}
	catch (error) {
		if (!(error instanceof StreamError) && (error as NodeJS.ErrnoException).code === undefined)
			throw error;
		console.error((error as Error).message);
		process.exitCode = 1;
	}
}
