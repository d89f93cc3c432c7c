/** The gate's C compiled for this computer: whether bytes are a table, and what the low-power image must give, bit for bit. */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Compiler, hash } from "./compiler.ts";
import { BuildError } from "./errors.ts";
import { cacheRoot, packageRoot } from "./paths.ts";
import { isCurrent, writeStamp } from "./stamp.ts";

/** A wake. `frame`: frames from the start up to the end of its tick; the rest as in native/snn-gate.h. */
export interface GateEvent {
	tick: number;
	frame: number;
	lines: number;
	spikes: number;
	strength: number;
	confidence: number;
}

export interface GateTrace {
	events: GateEvent[];
	ticks: number;
	/** CRC-32 of every tick's output, threshold, hidden spikes and counts (hosts/ulp/trace.h). */
	digest: number;
}

let program: Promise<string> | undefined;

async function build(): Promise<string> {
	const folder = join(cacheRoot(), "ulp"), executable = join(folder, "desktop");
	mkdirSync(folder, { recursive: true });
	if (isCurrent(executable))
		return executable;
	const finished = writeStamp(executable), compiler = new Compiler();
	const native = join(packageRoot, "native"), ulp = join(packageRoot, "hosts/ulp");
	const sources = [join(ulp, "desktop.c"), ...["snn-filterbank", "snn-encode", "snn-network", "snn-gate", "snn-table", "crc32"].map((name) => join(native, `${name}.c`))];
	const objects = await compiler.compile("building the gate", sources.map((source) => ({ source, flags: ["-std=gnu99", "-O2", `-I${native}`, `-I${ulp}`], headers: [native, ulp] })));
	await compiler.link(objects, executable);
	finished();
	return executable;
}

/** Standard output of the program with these files as its arguments. */
async function ask(...files: Uint8Array[]): Promise<string> {
	const executable = await (program ??= build()), folder = mkdtempSync(join(tmpdir(), "gate-"));
	try {
		const paths = files.map((bytes, i) => {
			const path = join(folder, hash(String(i)));
			writeFileSync(path, bytes);
			return path;
		});
		return (await promisify(execFile)(executable, paths, { maxBuffer: 1 << 28 })).stdout;
	}
	catch (error) {
		const { code, stdout } = error as { code?: number; stdout?: string };
		if (code === 2)
			throw new BuildError(`these bytes are no table of a gate: fault ${Number(stdout) & 255} of native/snn-table.h${Number(stdout) >> 8 ? `, encoder ${Number(stdout) >> 8}` : ""}`);
		throw error;
	}
	finally {
		rmSync(folder, { recursive: true });
	}
}

/** @throws BuildError when the gate could not step with these bytes */
export async function checkGateTable(table: Uint8Array): Promise<void> {
	await ask(table);
}

/** @param samples interleaved, a sample of each of the table's channels */
export async function traceOnDesktop(table: Uint8Array, samples: Int16Array): Promise<GateTrace> {
	const lines = (await ask(table, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))).trimEnd().split("\n");
	const { ticks, digest } = JSON.parse(lines.pop()!) as { ticks: number; digest: number };
	return { ticks, digest, events: lines.map((line) => JSON.parse(line) as GateEvent) };
}
