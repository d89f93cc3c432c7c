/** Labels of a recording: what tools/snn/streams writes beside a stream, or a list of seconds. */

import { existsSync, readFileSync } from "node:fs";
import { BuildError } from "../../build/errors.ts";
import type { StreamSegment } from "../streams/stream.ts";

export interface RecordingLabels {
	rate: number;
	/** In samples of a channel. */
	events: { start: number; end: number }[];
	segments: StreamSegment[];
}

const LABELS = "labels are [{\"start\": seconds, \"end\": seconds}, ...], or the .json of a stream";

/** @param rate of the gate: places become samples of it @throws BuildError */
export function readLabels(path: string, rate: number): RecordingLabels {
	if (!existsSync(path))
		throw new BuildError(`there is no file ${path}`);
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(path, "utf8"));
	}
	catch {
		throw new BuildError(`${path} is no JSON`);
	}
	const list = Array.isArray(value) ? value as unknown[] : (value as { events?: unknown[] } | null)?.events;
	const scale = Array.isArray(value) ? rate : rate / Number((value as { rate?: unknown } | null)?.rate);
	if (!Array.isArray(list) || !(scale > 0))
		throw new BuildError(`${path}: ${LABELS}`);
	let last = -1;
	const events = list.map((one, i) => {
		const { start, end } = (one ?? {}) as { start?: unknown; end?: unknown };
		if (typeof start !== "number" || typeof end !== "number" || !(start >= 0 && end > start))
			throw new BuildError(`${path}, event ${i + 1}: ${LABELS}`);
		if (start < last)
			throw new BuildError(`${path}, event ${i + 1}: events are in order, and don't overlap`);
		last = end;
		return { start: Math.round(start * scale), end: Math.round(end * scale) };
	});
	const segments = (Array.isArray(value) ? [] : (value as { segments?: StreamSegment[] }).segments ?? []).map((segment) => ({ ...segment, start: segment.start * scale, end: segment.end * scale }));
	return { rate, events, segments };
}
