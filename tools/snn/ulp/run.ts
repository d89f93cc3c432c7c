/**
 * Runs an image on QEMU's board with two harts: one sleeps as the main processor, the other is the low-power core, shut into its
 * memory (hosts/ulp/virt).
 */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Compiler } from "../../build/compiler.ts";
import { BuildError } from "../../build/errors.ts";
import { cacheRoot, packageRoot } from "../../build/paths.ts";
import { CROSS_COMPILER, CROSS_PACKAGES, CROSS_TARGET, QEMU, requireRiscv } from "../../build/qemu.ts";
import { isCurrent, writeStamp } from "../../build/stamp.ts";
import type { UlpImage } from "../../build/ulp.ts";
import type { GateEvent, GateTrace } from "../../build/ulp-desktop.ts";
import { VIRT_ORIGIN } from "../../build/ulp-targets.ts";

export interface RunOptions {
	/** Whether every tick is recorded, for the digest: 0 without. */
	trace?: boolean;
	/**
	 * Whether instructions are counted, exactly: the low-power core then waits while the main processor is awake, as QEMU's
	 * counter is that of both. Else both run at once, and counts are 0.
	 */
	counted?: boolean;
}

export interface UlpRun extends GateTrace {
	frames: number;
	/** Wakes of the main processor, and those in which it found nothing new. */
	woken: number;
	inVain: number;
	/** Instructions of the gate, of its start, of copying samples for it, and of the main processor while it was awake. */
	instructions: number;
	starting: number;
	reading: number;
	awake: number;
	/** Instructions of the gate: most between two reads of samples (32 of sound, or a frame), most from tick to tick. */
	most: number;
	mostTick: number;
	/** Bytes of stack that the low-power core ever used. */
	stack: number;
}

/* hosts/ulp/virt/board.h */
const INPUT = 0x82000000, INPUT_BYTES = 32 << 20, HEADER = 32, TRACED = 1, TURNS = 2, TRACE_BYTES = 64 << 20, RECORD = 28;
const BOARD = ["-M", "virt", "-smp", "2", "-cpu", "rv32,a=off,f=off,d=off", "-m", "128M", "-display", "none", "-bios", "none", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native"];

/**
 * @param samples interleaved; what does not fill 32 frames of sound at the end is not heard
 * @throws BuildError when the gate touches what is not its own, and when there are too many samples
 */
export async function runUlp(image: UlpImage, samples: Int16Array, { trace = true, counted = true }: RunOptions = {}): Promise<UlpRun> {
	requireRiscv();
	if (image.target !== "virt")
		throw new BuildError(`the emulated board runs images for "virt", not "${image.target}"`);
	const frames = Math.floor(samples.length / image.channels);
	if (HEADER + samples.byteLength > INPUT_BYTES || (trace && frames / image.hop * RECORD > TRACE_BYTES))
		throw new BuildError(`${frames} frames are too many for the emulated board`);
	const board = await buildBoard(), folder = mkdtempSync(join(tmpdir(), "ulp-"));
	try {
		const program = join(folder, "ulp.bin"), input = join(folder, "input.bin");
		writeFileSync(program, image.binary);
		writeFileSync(input, Buffer.concat([header(image, frames, (trace ? TRACED : 0) | (counted ? TURNS : 0)), new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)]));
		const load = (file: string, address: number): string[] => ["-device", `loader,file=${file},addr=0x${address.toString(16)},force-raw=on`];
		return result(await qemu([...BOARD, "-kernel", board, ...load(program, VIRT_ORIGIN), ...load(input, INPUT), ...(counted ? ["-icount", "shift=0,sleep=off"] : [])]), counted);
	}
	finally {
		rmSync(folder, { recursive: true });
	}
}

function header({ sizes }: UlpImage, frames: number, flags: number): Buffer {
	const power = 1 << Math.ceil(Math.log2(Math.max(sizes.all, 8192))), top = sizes.all & ~15;
	const words = Buffer.alloc(HEADER);
	[frames, flags, power, sizes.code + sizes.table + sizes.state + sizes.cleared, top].forEach((word, i) => words.writeUInt32LE(word, 4 * i));
	return words;
}

const qemu = (args: string[]): Promise<string> => new Promise((resolve, reject) => {
	execFile(QEMU, args, { maxBuffer: 1 << 28, timeout: 600_000 }, (error, _stdout, stderr) => {
		const trap = /\{"trap":(\d+),"pc":(\d+),"address":(\d+)\}/.exec(stderr);
		if (trap)
			reject(new BuildError(`the low-power core stopped: cause ${trap[1]} at 0x${Number(trap[2]).toString(16)}, address 0x${Number(trap[3]).toString(16)}`));
		else if (error)
			reject(new BuildError(`the emulated board failed: ${stderr.trim() || error.message}`));
		else
			resolve(stderr);
	});
});

function result(text: string, counted: boolean): UlpRun {
	const lines = text.trimEnd().split("\n"), { digest = 0, events: told, ...totals } = JSON.parse(lines.pop()!) as Omit<UlpRun, "events"> & { events: number };
	const events = lines.map((line) => JSON.parse(line) as GateEvent);
	if (counted && told !== events.length)
		throw new BuildError(`the gate woke ${told} times, and ${events.length} were heard of`);
	return { ...totals, ...(!counted && { instructions: 0, starting: 0, reading: 0, awake: 0, most: 0, mostTick: 0 }), digest, events };
}

/** The main processor's program, and both harts' start. */
async function buildBoard(): Promise<string> {
	const folder = join(cacheRoot(), "ulp"), elf = join(folder, "board.elf"), source = (...parts: string[]): string => join(packageRoot, ...parts);
	mkdirSync(folder, { recursive: true });
	if (isCurrent(elf))
		return elf;
	const finished = writeStamp(elf), compiler = new Compiler(CROSS_COMPILER, CROSS_PACKAGES);
	const folders = [source("native"), source("hosts/ulp"), source("hosts/ulp/virt")];
	const files = [source("hosts/ulp/virt/start.S"), source("hosts/ulp/virt/main-cpu.c"), source("hosts/ulp/memory.c"), source("native/crc32.c")];
	const flags = [...CROSS_TARGET, "-std=gnu99", "-Os", "-fno-tree-loop-distribute-patterns", ...folders.map((path) => `-I${path}`)];
	const objects = await compiler.compile("building the emulated chip", files.map((file) => ({ source: file, flags, headers: folders })));
	await compiler.link(objects, elf, [...CROSS_TARGET, "-nostartfiles", "-Wl,--no-warn-rwx-segments", `-T${source("hosts/ulp/virt/board.ld")}`], ["-lgcc"]);
	finished();
	return elf;
}
