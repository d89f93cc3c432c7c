/** Streams of an electrocardiogram, 128 Hz, one channel in microvolts, whose irregular beats are the events. */

import { join } from "node:path";
import { DEFAULT_DATA, dataFile } from "./data.ts";
import { checkOptions, type StreamOptions, toInt16 } from "./options.ts";
import { Random } from "./random.ts";
import { add, centre, decibels, normalise, pink, rms, scale, wander, white } from "./signal.ts";
import { type Stream, StreamError, type StreamEvent } from "./stream.ts";

const RATE = 128, PART_SECONDS = 900;
const NAME = "MBA_ECG805";
/** Of the noise's power: the baseline's wandering; half of the rest is white, half falls by 3 dB per octave. */
const BASELINE_SHARE = 0.4;

/** Train is the first 15 minutes, test the last. The SNR relates the RMS of the record, less its mean, to that of the noise. */
export function ecgStream(options: StreamOptions): Stream {
	const { part, snr, seed, data = DEFAULT_DATA } = options, total = Math.round(checkOptions(options, { least: 10, most: PART_SECONDS, usual: PART_SECONDS }) * RATE);
	const file = dataFile(data, "ecg", `${NAME}.i16le`), length = file.length >> 1, from = part === "train" ? 0 : length - PART_SECONDS * RATE;
	if (from < 0 || length < total)
		throw new StreamError(`${NAME}.i16le is shorter than ${PART_SECONDS} s`);
	const record = Float32Array.from({ length: total }, (_, i) => file.readInt16LE(2 * (from + i))), noise = noiseOf(total, new Random(seed));
	const level = rms(centre(record.slice())) / decibels(snr);
	return {
		rate: RATE, channels: 1, unit: "uV", samples: Int16Array.from(record, (x, i) => toInt16(x + level * noise[i]!)),
		events: readEvents(data).filter(({ start, end }) => start >= from && end <= from + total).map(({ start, end, label }) => ({ start: start - from, end: end - from, label })),
		segments: [{ start: 0, end: total, kind: "muscle and baseline", level }], snr, seed,
	};
}

/** The irregular beats of the whole record; those that overlap or touch are one. */
function readEvents(data: string): StreamEvent[] {
	const { anomaly_segments_start_end_exclusive: segments } = JSON.parse(dataFile(data, "ecg", `${NAME}.json`).toString("utf8")) as { anomaly_segments_start_end_exclusive?: [number, number][] };
	if (!segments)
		throw new StreamError(`${NAME}.json has no anomaly_segments_start_end_exclusive`);
	const events: StreamEvent[] = [];
	for (const [start, end] of segments.sort((a, b) => a[0] - b[0])) {
		const last = events.at(-1);
		if (last && start <= last.end)
			last.end = Math.max(last.end, end);
		else
			events.push({ start, end, label: "beat" });
	}
	return events;
}

/** As of muscles, white and 1/f, and a baseline that wanders with the breath, within 2 s and within 10; RMS 1. */
function noiseOf(length: number, random: Random): Float32Array {
	const muscle = normalise(add(white(length, random), pink(length, random, 0.5, RATE)));
	const breath = wander(2 * RATE, random), slow = wander(10 * RATE, random), baseline = normalise(Float32Array.from({ length }, (_, i) => breath(i) + slow(i)));
	return normalise(add(scale(muscle, Math.sqrt(1 - BASELINE_SHARE)), baseline, Math.sqrt(BASELINE_SHARE)));
}
