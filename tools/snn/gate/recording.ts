/** Recordings for a gate: WAV files, tables of sensor readings (CSV) and raw samples become what the gate's table hears. */

import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { BuildError } from "../../build/errors.ts";
import { readWav, resample } from "../streams/wav.ts";
import type { TableHead } from "./tables.ts";

export interface RecordingOptions {
	/** Samples a second of CSV and raw files; the gate's by default. */
	rate?: number;
	/** Columns of a CSV, by their name in its head or their number from 1; all by default. */
	columns?: readonly string[];
}

const int16 = (x: number): number => Math.max(-32768, Math.min(32767, Math.round(x)));

/**
 * Interleaved samples at the gate's rate.
 * @throws BuildError, StreamError when the file is none of these, or has other channels
 */
export function readRecording(path: string, head: TableHead, { rate, columns }: RecordingOptions = {}): Int16Array {
	if (!existsSync(path))
		throw new BuildError(`there is no file ${path}`);
	const file = readFileSync(path), type = extname(path).toLowerCase();
	if (type === ".wav" && (rate !== undefined || columns))
		throw new BuildError("a WAV file says its rate itself; --rate and --columns are for CSV");
	if (type !== ".csv" && columns)
		throw new BuildError("--columns is for CSV");
	const samples = type === ".wav" ? ofWav(file, path, head) : type === ".csv" ? ofCsv(file, path, head, rate ?? head.rate, columns) : type === ".i16" ? ofRaw(file, path, head, rate ?? head.rate)
		: undefined;
	if (!samples)
		throw new BuildError(`${path} is no .wav, .csv or .i16`);
	if (samples.length === 0)
		throw new BuildError(`${path} holds no sample`);
	return samples;
}

function ofWav(file: Buffer, path: string, { channels, rate }: TableHead): Int16Array {
	if (channels !== 1)
		throw new BuildError(`this gate hears ${channels} channels: give a CSV, a column for each`);
	return Int16Array.from(resample(readWav(file, path), rate), int16);
}

function ofRaw(file: Buffer, path: string, head: TableHead, rate: number): Int16Array {
	const { channels } = head;
	if (file.length % (2 * channels))
		throw new BuildError(`${path} is not whole: its ${file.length} bytes are no multiple of ${2 * channels} (16 bits, ${channels} channel${channels > 1 ? "s" : ""})`);
	const samples = new Int16Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
	return rate === head.rate ? samples : interleave(Array.from({ length: channels }, (_, c) => Float32Array.from({ length: samples.length / channels }, (_, i) => samples[i * channels + c]!)), rate, head);
}

function ofCsv(file: Buffer, path: string, head: TableHead, rate: number, columns: readonly string[] | undefined): Int16Array {
	const rows = file.toString("utf8").split(/\r?\n/).filter((line) => line.trim()).map((line) => line.split(/[,;\t]/).map((cell) => cell.trim()));
	const names = rows[0]?.some((cell) => !Number.isFinite(Number(cell))) ? rows.shift()! : [];
	const width = rows[0]?.length ?? 0;
	const chosen = columns?.map((column) => {
		const at = names.includes(column) ? names.indexOf(column) : Number(column) - 1;
		if (!(Number.isInteger(at) && at >= 0 && at < width))
			throw new BuildError(`${path} has no column "${column}"; it has ${names.length ? names.join(", ") : `1 to ${width}`}`);
		return at;
	}) ?? Array.from({ length: width }, (_, i) => i);
	if (chosen.length !== head.channels)
		throw new BuildError(`this gate hears ${head.channels} channel${head.channels > 1 ? "s" : ""}, and ${path} has ${chosen.length} columns; choose with --columns`);
	return interleave(chosen.map((column) => Float32Array.from(rows, (row, i) => {
		const value = Number(row[column]);
		if (row[column] === undefined || row[column] === "" || !Number.isFinite(value))
			throw new BuildError(`${path}, row ${i + 1 + (names.length ? 1 : 0)}: "${row[column] ?? ""}" is no number`);
		return value;
	})), rate, head);
}

function interleave(signals: Float32Array[], rate: number, head: TableHead): Int16Array {
	if (!(rate >= 1 && rate <= 192000))
		throw new BuildError(`a rate of ${rate} is not between 1 and 192,000 samples a second`);
	const resampled = signals.map((signal) => resample({ rate, signal }, head.rate)), out = new Int16Array(resampled[0]!.length * signals.length);
	resampled.forEach((signal, c) => signal.forEach((x, i) => { out[i * signals.length + c] = int16(x); }));
	return out;
}
