/**
 * Builds the spiking gate as an image for a low-power RISC-V core: code, one trained table, state and stack in its 8 KB, or an error
 * that says how many bytes are too many. Objects are optimised at link time, where the table is a constant: what it does not use
 * (the other kind of encoder, recurrent weights) is left out.
 */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Compiler, hash, type Unit } from "./compiler.ts";
import { BuildError } from "./errors.ts";
import { cacheRoot, packageRoot } from "./paths.ts";
import { CROSS_COMPILER, CROSS_PACKAGES, CROSS_TARGET } from "./qemu.ts";
import { checkGateTable } from "./ulp-desktop.ts";
import { isCurrent, writeStamp } from "./stamp.ts";
import { type UlpParts, ulpTarget, type UlpTarget } from "./ulp-targets.ts";

export interface UlpSizes {
	/** Start, mailbox, instructions and their constants. */
	code: number;
	table: number;
	/** Variables: the gate's state, a block of samples. */
	state: number;
	/** What the linker keeps free at least; `free` bytes more are the stack's too. */
	stack: number;
	free: number;
	/** Of the core's memory. */
	all: number;
	/** Of the stack's end, what a start clears: the records of encoders that the table has not. */
	cleared: number;
}

export interface UlpImage {
	target: UlpTarget;
	elf: string;
	/** What is copied to the start of the core's memory: ulp_riscv_load_binary, loadGate. The rest is to be zeros. */
	binary: Buffer;
	sizes: UlpSizes;
	channels: number;
	hop: number;
}

export interface UlpOptions {
	/** Of the core's memory: 8176, CONFIG_ULP_COPROC_RESERVE_MEM's most on the ESP32-S2 and S3. */
	bytes?: number;
	/** The least stack; 576: the deepest use seen is 528 (tests/tools/ulp.test.ts). */
	stack?: number;
	/** Whether it keeps what native/snn-learn.c needs, for a main processor that gives feedback. */
	learning?: boolean;
}

export const ULP_BYTES = 8176, ULP_STACK = 576;

const FLAGS = [...CROSS_TARGET, "-std=gnu99", "-ffunction-sections", "-fdata-sections", "-fno-tree-loop-distribute-patterns"];
/** What fits first is taken: fewer instructions, or fewer bytes. */
const LEVELS = [["-O3"], ["-O2"], ["-Os"], ["-Os", "-msave-restore"]];
/** Code is to fit this: the first level whose does, is taken; else the last. */
const CODE_BYTES = 4096;
const LINK = [...FLAGS, "-flto", "-nostartfiles", "-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"];
const inPackage = (...parts: string[]): string => join(packageRoot, ...parts);

/** @throws BuildError when the bytes are no table, do not fit, or the compiler is missing; "esp32s3" needs ESP-IDF */
export async function buildUlp(table: Uint8Array, target: UlpTarget, { bytes = ULP_BYTES, stack = ULP_STACK, learning = false }: UlpOptions = {}): Promise<UlpImage> {
	await checkGateTable(table);
	const folder = join(cacheRoot(), "ulp");
	mkdirSync(folder, { recursive: true });
	const parts = ulpTarget(target, folder);
	const elf = join(folder, `${target}-${hash(Buffer.from(table), `${bytes} ${stack} ${learning}`, `${CODE_BYTES} ${LEVELS.join()}`, ...parts.flags)}.elf`), binary = elf.replace(/elf$/, "bin");
	if (!isCurrent(elf)) {
		const finished = writeStamp(elf), compiler = new Compiler(CROSS_COMPILER, CROSS_PACKAGES);
		const symbols = { __ulp_origin: parts.origin, __ulp_bytes: bytes, __ulp_stack: stack };
		const definitions = Object.entries(symbols).map(([name, value]) => `-Wl,--defsym=${name}=${value}`);
		for (const level of LEVELS) {
			const objects = await compiler.compile("building the gate's image", unitsOf(table, parts, level, learning, folder));
			try {
				await compiler.link(objects, elf, [...LINK, ...level, `-T${inPackage("hosts/ulp/ulp.ld")}`, ...parts.link, ...definitions], ["-lgcc"]);
				if (level === LEVELS.at(-1) || (await sizesOf(elf, parts.origin, bytes, stack)).code <= CODE_BYTES)
					break;
			}
			catch (error) {
				const over = /region `RAM' overflowed by (\d+) bytes/.exec((error as Error).message)?.[1];
				if (over === undefined)
					throw error;
				if (level === LEVELS.at(-1))
					throw new BuildError(`the gate does not fit in the ${bytes} bytes of the low-power core: ${over} too many; train it with fewer neurons or delays`);
			}
		}
		await promisify(execFile)(tool("objcopy"), ["-O", "binary", elf, binary]);
		finished();
	}
	const view = new DataView(table.buffer, table.byteOffset);
	return { target, elf, binary: readFileSync(binary), sizes: await sizesOf(elf, parts.origin, bytes, stack), channels: view.getUint8(17), hop: view.getUint16(30, true) };
}

function unitsOf(table: Uint8Array, { flags, headers, sources }: UlpParts, level: readonly string[], learning: boolean, folder: string): Unit[] {
	const native = inPackage("native"), ulp = inPackage("hosts/ulp");
	const unit = (source: string, ...more: string[]): Unit => ({
		source, flags: [...FLAGS, ...level, ...more, `-I${native}`, `-I${ulp}`, ...flags], headers: [native, ulp, ...headers],
	});
	return [
		unit(join(ulp, "start.S")), unit(join(ulp, "memory.c")), unit(join(ulp, "main.c"), "-flto", `-DULP_ENCODERS=${table[18]}`),
		...["filterbank", "encode", "network", "gate"].map((part) => unit(join(native, `snn-${part}.c`), "-flto", `-DRV_GATE_LEARNS=${learning ? 1 : 0}`)),
		...sources.map((source) => unit(source, "-flto")), unit(tableSource(table, folder), "-flto"),
	];
}

/** The table as an array in C: only so does the linker's optimiser see what is in it. */
function tableSource(table: Uint8Array, folder: string): string {
	const file = join(folder, `table-${hash(Buffer.from(table))}.c`);
	if (!existsSync(file)) {
		writeFileSync(`${file}.${process.pid}`, `__attribute__((aligned(4), section(".table"))) const unsigned char ulp_table[] = { ${[...table].join(",")} };\n`);
		renameSync(`${file}.${process.pid}`, file);
	}
	return file;
}

const tool = (name: string): string => CROSS_COMPILER.replace(/gcc$/, name);

async function sizesOf(elf: string, origin: number, all: number, stack: number): Promise<UlpSizes> {
	const { stdout } = await promisify(execFile)(tool("nm"), [elf]);
	const at = Object.fromEntries(stdout.trim().split("\n").map((line) => line.trim().split(/\s+/)).map(([address, , name]) => [name!, parseInt(address!, 16)]));
	const end = at.__bss_end! - origin, table = at.__table_end! - at.__table_start!, code = at.__table_start! - origin;
	return { code, table, state: end - code - table, stack, free: all - stack - end, all, cleared: at.__ulp_unused! };
}
