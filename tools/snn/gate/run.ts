/** Runs a gate over samples inside XS, and gives what it told. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { SNNEvent } from "ruvllm-esp32/snn/event-detector";
import { runProgram } from "../../bench/program.ts";
import type { Host } from "../../cli/hosts.ts";

export interface GateOptions {
	/** Only wakes whose lines spike together. */
	conservative?: boolean;
	/** How closely, 1 to 240; the detector's own by default. */
	leastCut?: number;
	/** Whether each tick is told: for pictures of minutes, not of hours. */
	trace?: boolean;
	host?: Host;
}

export interface GateTableInfo {
	name: string;
	kind: "sound" | "sensor";
	channels: number;
	rate: number;
	hop: number;
	lines: number;
	encoders: number;
	description: string;
	/** Band or channel of each line. */
	sources: number[];
}

/** The output, what it had to reach, and which lines spiked, as bits. */
export type GateTick = [output: number, threshold: number, lines: number];

export interface GateRun {
	table: GateTableInfo;
	events: SNNEvent[];
	ticks: GateTick[];
	/** Of a channel. */
	samples: number;
	/** Wakes that a last look dropped. */
	dropped: number;
	/** Of state. */
	bytes: number;
	/** That all samples took. */
	microseconds: number;
}

interface Line {
	table?: GateTableInfo;
	event?: SNNEvent;
	tick?: GateTick;
	done?: Pick<GateRun, "samples" | "dropped" | "bytes" | "microseconds">;
	error?: { code: string; message: string };
}

/**
 * @param samples interleaved, whole frames
 * @throws RuvllmError as SnnTable and SNNEventDetector do
 */
export async function runGate(table: Uint8Array, samples: Int16Array, { conservative = false, leastCut, trace = false, host = "desktop" }: GateOptions = {}): Promise<GateRun> {
	const assets = new Map([["table", table], ["samples", new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)]]);
	const args = [...conservative ? ["conservative"] : [], ...leastCut === undefined ? [] : [`cut=${leastCut}`], ...trace ? ["trace"] : []];
	const lines = await runProgram<Line>("tools/snn/gate/program.ts", { host, assets, args });
	const error = lines.find((line) => line.error)?.error;
	if (error)
		throw new RuvllmError(error.code, error.message);
	return {
		table: lines.find((line) => line.table)!.table!, ...lines.at(-1)!.done!,
		events: lines.flatMap(({ event }) => event ?? []), ticks: lines.flatMap(({ tick }) => tick ? [tick] : []),
	};
}
