/** Recordings of falls and of daily activities: CSV files of five seconds at 100 Hz. */

import { join } from "node:path";
import { dataFile, dataNames } from "../data.ts";
import { StreamError } from "../stream.ts";
import type { Part } from "../noise/kinds.ts";
import { type Motion, MOTION_RATE, type Posture, postureOf, unrest } from "./motion.ts";

export interface MotionRecording {
	/** As in fall_02 or adl_04. */
	name: string;
	motion: Motion;
	/** A fall: from where the weight vanishes, to 0.3 s behind the impact. */
	fall?: { start: number; end: number };
	/** How it begins and ends, if quiet: the first and the last 1.5 s. */
	begin?: Posture;
	finish?: Posture;
}

const OF: Record<Part, readonly string[]> = {
	train: ["fall_01", "fall_03", "fall_04", "adl_01", "adl_03", "adl_05", "adl_07"],
	test: ["fall_02", "fall_05", "adl_02", "adl_04", "adl_06", "adl_08"],
};
const FALLS: readonly string[] = [...OF.train, ...OF.test].filter((name) => name.startsWith("fall")).sort();

/** Quiet: the length of the acceleration has a deviation below 20 mg. */
const QUIET = 20, EDGE = 1.5 * MOTION_RATE;
/** A fall begins where the length first differs by 250 mg from 1 g. */
const WEIGHTLESS = 250, BEHIND_IMPACT = 0.3 * MOTION_RATE;

/**
 * The recordings of a part.
 *
 * @param leaveOut the only fall of test, which train does not have; train has all others
 */
export function readMotions(data: string, part: Part, leaveOut?: string): MotionRecording[] {
	if (leaveOut !== undefined && !FALLS.includes(leaveOut))
		throw new StreamError(`there is no fall "${leaveOut}"; choose one of ${FALLS.join(", ")}`);
	const falls = leaveOut === undefined ? OF[part].filter((name) => FALLS.includes(name)) : FALLS.filter((name) => (name === leaveOut) === (part === "test"));
	return [...falls, ...OF[part].filter((name) => !FALLS.includes(name))].map((name) => read(join(data, "fall_imu"), name));
}

function read(folder: string, name: string): MotionRecording {
	const file = dataNames(folder, new RegExp(`^${name}_.*\\.csv$`))[0]!;
	// From row 502 on the index is missing; rows with an empty cell do not count.
	const rows = dataFile(folder, file).toString("utf8").split(/\r?\n/).slice(1).map((line) => line.split(",")).filter((cells) => cells.length >= 5 && cells.every((cell) => cell.trim() !== "")).map((cells) => cells.map(Number));
	if (rows.length < 4 * EDGE / 2 || rows.some((row) => row.slice(1, 5).some((value) => !Number.isFinite(value))))
		throw new StreamError(`${file} has too few rows of numbers`);
	const axis = (column: number): Float32Array => Float32Array.from(rows, (row) => row[column]!), motion: Motion = [axis(2), axis(3), axis(4)], length = rows.length;
	const recording: MotionRecording = { name, motion };
	if (name.startsWith("fall")) {
		const lengths = rows.map((row) => row[1]!);
		recording.fall = {
			start: lengths.findIndex((x) => Math.abs(x - 1000) > WEIGHTLESS),
			end: Math.min(length, lengths.indexOf(Math.max(...lengths)) + BEHIND_IMPACT),
		};
	}
	if (unrest(motion, 0, EDGE) < QUIET)
		recording.begin = postureOf(motion, 0, EDGE);
	if (unrest(motion, length - EDGE, length) < QUIET)
		recording.finish = postureOf(motion, length - EDGE, length);
	return recording;
}
