/** The C programs of training: the trainer, and the gate's own code over a recording. Both are built when first used. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Compiler, cFiles, hash, type Unit } from "../../build/compiler.ts";
import { BuildError } from "../../build/errors.ts";
import { cache, source } from "../../build/paths.ts";
import type { Labels } from "./judge.ts";
import { type GateTable, type Weights, writeTable } from "./table-file.ts";

/** The trainer's floats need no care: the weights are rounded, and what counts is how the gate does with them. */
const FAST = ["-std=gnu11", "-O3", "-march=native", "-ffast-math", "-fno-math-errno"], EXACT = ["-std=gnu11", "-O2"];

async function build(name: string, sources: readonly string[], flags: readonly string[], headers: readonly string[]): Promise<string> {
	const folder = cache("train", "snn"), units: Unit[] = sources.map((file) => ({ source: file, flags, headers }));
	mkdirSync(folder, { recursive: true });
	const compiler = new Compiler(), objects = await compiler.compile(`building ${name}`, units);
	const program = join(folder, `${name}-${hash(...objects)}`);
	if (!existsSync(program))
		await compiler.link(objects, program, [], ["-lm", "-lpthread"]);
	return program;
}

export const buildTrainer = (): Promise<string> =>
	build("train", ["train.c", "network.c", "sequences.c"].map((name) => source("tools/train/snn", name)), FAST, [source("tools/train/snn")]);

export const buildEncoder = (): Promise<string> =>
	build("encode", [source("tools/train/snn/encode.c"), ...cFiles(source("native"), /^snn-.*\.c$/), source("native/crc32.c")], [...EXACT, `-I${source("native")}`], [source("native")]);

/** A folder for the time that something takes. */
export async function inFolder<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
	mkdirSync(cache("train", "snn"), { recursive: true });
	const folder = mkdtempSync(cache("train", "snn", "run-"));
	try {
		return await use(folder);
	}
	finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int16Array | Int32Array | Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Runs encode.c; a table that the gate refuses is a BuildError. */
async function encode(table: GateTable | Buffer, input: Int16Array | Uint8Array, mode: "counts" | "gate" | "network"): Promise<Buffer> {
	const program = await buildEncoder();
	return inFolder((folder) => {
		const [file, recording, out] = ["table.rvsn", "input", "out"].map((name) => join(folder, name)) as [string, string, string];
		writeFileSync(file, Buffer.isBuffer(table) ? table : writeTable(table));
		writeFileSync(recording, bytesOf(input));
		const { status, stderr } = spawnSync(program, [file, recording, mode, out], { encoding: "utf8" });
		if (status !== 0)
			throw new BuildError(`the gate refuses the table: ${stderr.trim()}`);
		return readFileSync(out);
	});
}

/** Spikes on each line, tick by tick. */
export async function encodeCounts(table: GateTable | Buffer, samples: Int16Array): Promise<Uint8Array> {
	return new Uint8Array(await encode(table, samples, "counts"));
}

const int32 = (bytes: Buffer): Int32Array => new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

/** The network's output, tick by tick, for spikes that are known. */
export async function runNetwork(table: GateTable | Buffer, counts: Uint8Array): Promise<Int32Array> {
	return int32(await encode(table, counts, "network"));
}

/** What the whole gate does. */
export interface Run {
	/** As if no wake had cleared it. */
	u: Int32Array;
	threshold: Int32Array;
	/** Ticks. */
	wakes: number[];
	/** Which neurons spiked: bits. */
	spikes: Uint32Array;
}

export async function runGate(table: GateTable | Buffer, samples: Int16Array): Promise<Run> {
	const records = int32(await encode(table, samples, "gate")), ticks = records.length >> 2;
	const run: Run = { u: new Int32Array(ticks), threshold: new Int32Array(ticks), wakes: [], spikes: new Uint32Array(ticks) };
	for (let t = 0; t < ticks; t++) {
		run.u[t] = records[4 * t]!;
		run.threshold[t] = records[4 * t + 1]!;
		if (records[4 * t + 2])
			run.wakes.push(t);
		run.spikes[t] = records[4 * t + 3]!;
	}
	return run;
}

/** What the trainer reads: counts of spikes with the events in them. */
export interface Sequence {
	counts: Uint8Array;
	labels: Labels;
}

/** sequences.h has the layout. Events that begin too late for a tick are left out. */
export function sequenceFile(sequences: readonly Sequence[], lines: number, hop: number): Buffer {
	const parts = [Buffer.from("SNNQ"), bytesOf(Int32Array.of(sequences.length, lines))];
	for (const { counts, labels } of sequences) {
		const ticks = counts.length / lines;
		const events = labels.events.map(({ start, end }) => [Math.floor(start / hop), Math.min(ticks, Math.max(Math.floor(end / hop), Math.floor(start / hop) + 1))] as const).filter(([start]) => start < ticks);
		parts.push(bytesOf(Int32Array.of(ticks, events.length, ...events.flat())), bytesOf(counts));
	}
	return Buffer.concat(parts);
}

/** @param options of train.c, key by key */
export async function trainWeights(sequences: Buffer, options: Readonly<Record<string, number | readonly number[]>>, say: (line: string) => void = () => {}): Promise<Weights> {
	const program = await buildTrainer();
	return inFolder(async (folder) => {
		const input = join(folder, "sequences"), output = join(folder, "weights.json");
		writeFileSync(input, sequences);
		const child = spawn(program, [input, output, ...Object.entries(options).map(([key, value]) => `${key}=${String(value)}`)], { stdio: ["ignore", "ignore", "pipe"] });
		let last = "";
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			for (const line of text.split("\n").filter(Boolean))
				say(last = line);
		});
		const status = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
		if (status !== 0)
			throw new BuildError(`${basename(program)} failed: ${last}`);
		return JSON.parse(readFileSync(output, "utf8")) as Weights;
	});
}
