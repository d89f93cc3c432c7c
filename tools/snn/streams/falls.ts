/** Streams of motion: falls among daily activities and rest; x, y, z in mg at 100 Hz. What docs/snn-streams.md says. */

import { DEFAULT_DATA } from "./data.ts";
import { type Motion, MOTION_RATE, put, silence } from "./motion/motion.ts";
import { type MotionRecording, readMotions } from "./motion/recordings.ts";
import { activityScene, background, fallScene, lasting, type Scene } from "./motion/scenes.ts";
import { movingMean } from "./motion/vary.ts";
import { checkActivity, checkOptions, type StreamOptions, toInt16 } from "./options.ts";
import { Random } from "./random.ts";
import { draw, place } from "./schedule.ts";
import { decibels, normalise, wander } from "./signal.ts";
import { type Stream, StreamError, type StreamEvent } from "./stream.ts";

/** The SNR relates the RMS of the falls, less their mean of 2 s, to that of white noise and drift; Infinity adds none. */
export interface FallOptions extends StreamOptions {
	/** The falls' share of the time, from their beginning to 0.3 s behind the impact; 0.01 by default. */
	activity?: number;
	/** The share of daily activities; 0.15 by default. */
	daily?: number;
	/** A fall, as in "fall_02": test has only that, train all others. */
	leaveOut?: string;
	/** Recordings of the part, as in "adl_01"; all by default. To compare settings without touching test. */
	recordings?: readonly string[];
	/** Of what differs from the mean of one second in daily activities; 0.85 to 1.15 by default. More makes a gentle activity violent, to train with. */
	vigour?: readonly [number, number];
	/** The same of falls. */
	force?: readonly [number, number];
	/** Degrees that a recording is tilted by at most; 8 by default. More leaves those who fell half upright, too. */
	tilt?: number;
	/** Share of its turning that a fall may lack, 0 to 1: who ends half upright. None by default. */
	upright?: number;
}

/** Nothing happens in the first 10 s, and 6 s at least are rest between two scenes. */
const FIRST = 10 * MOTION_RATE, GAP = 6 * MOTION_RATE;
/** Of the noise's power: what wanders within seconds; the rest is white. */
const DRIFT_SHARE = 0.3;

export function fallStream(options: FallOptions): Stream {
	const { part, snr, seed, data = DEFAULT_DATA } = options, total = Math.round(checkOptions(options, { least: 120, most: 86400, usual: 7200 }) * MOTION_RATE);
	if (!(options.upright === undefined || options.upright >= 0 && options.upright <= 1))
		throw new StreamError(`upright is ${options.upright}; it takes a share from 0 to 1`);
	const share = checkActivity(options.activity ?? 0.01), daily = checkActivity(options.daily ?? 0.15), random = new Random(seed), timing = random.fork("timing");
	const recordings = chosen(readMotions(data, part, options.leaveOut), options.recordings), postures = recordings.flatMap(({ begin, finish }) => [begin, finish].filter((posture) => posture !== undefined));
	const scenes = timing.shuffle([
		...draw(recordings.filter(({ fall }) => fall), (one) => fallScene(one, timing, options.force, options.tilt, options.upright), ({ fall }) => fall!.end - fall!.start, share * total, timing),
		...draw(recordings.filter(({ fall }) => !fall), (one) => activityScene(one, timing, options.vigour, options.tilt), lasting, daily * total, timing),
	]);
	const starts = place(scenes.map(lasting), total, FIRST, GAP, timing), motion = silence(total);
	const stream: Stream = { rate: MOTION_RATE, channels: 3, unit: "mg", samples: new Int16Array(3 * total), events: [], segments: [], snr, seed };

	let end = 0, posture = scenes[0]!.begin;
	const fill = (until: number, next?: Scene): void => {
		put(motion, background(posture, next?.begin ?? posture, until - end, postures, timing), end, end > 0);
		stream.segments.push({ start: end, end: until, kind: "rest", level: 0 });
	};
	scenes.forEach((scene, i) => {
		const start = starts[i]!;
		fill(start, scene);
		put(motion, scene.motion, start, true);
		end = start + lasting(scene);
		stream.segments.push({ start, end, kind: scene.name, level: 0 });
		if (scene.fall)
			stream.events.push({ start: start + scene.fall.start, end: start + scene.fall.end, label: scene.name });
		posture = scene.finish;
	});
	fill(total);
	const level = loudness(motion, stream.events) / decibels(snr);
	motion.forEach((signal, axis) => {
		const noise = noiseOf(total, random.fork(`noise ${axis}`));
		for (let i = 0; i < total; i++)
			stream.samples[3 * i + axis] = toInt16(signal[i]! + level * noise[i]!);
	});
	stream.segments.forEach((segment) => { segment.level = level; });
	return stream;
}

function chosen(recordings: MotionRecording[], names?: readonly string[]): MotionRecording[] {
	const wrong = names?.find((name) => !recordings.some((one) => one.name === name)), some = names ? recordings.filter(({ name }) => names.includes(name)) : recordings;
	if (wrong !== undefined)
		throw new StreamError(`there is no recording "${wrong}" in this part; choose some of ${recordings.map(({ name }) => name).join(", ")}`);
	if (!some.some(({ fall }) => fall) || some.every(({ fall }) => fall))
		throw new StreamError("a stream needs a fall and a daily activity");
	return some;
}

/** RMS over the events and axes of what differs from the mean of 2 s around, mg. */
export function loudness(motion: Motion, events: readonly StreamEvent[]): number {
	let sum = 0, count = 0;
	for (const signal of motion) {
		const mean = movingMean(signal, 2 * MOTION_RATE);
		for (const { start, end } of events)
			for (let i = start; i < end; i++, count++)
				sum += (signal[i]! - mean[i]!) ** 2;
	}
	return Math.sqrt(sum / count);
}

/** White noise, and some that wanders within 3 s; RMS 1. */
function noiseOf(length: number, random: Random): Float32Array {
	const drift = wander(3 * MOTION_RATE, random), slow = normalise(Float32Array.from({ length }, (_, i) => drift(i)));
	return normalise(slow.map((x) => x * Math.sqrt(DRIFT_SHARE) + random.gauss() * Math.sqrt(1 - DRIFT_SHARE)));
}
