/** The ways in which each program of tests/native is compiled and run. */

import { basename, join } from "node:path";
import { RiscvCompiler, riscvCommand } from "../build/bare-riscv.ts";
import { cFiles, Compiler, type Unit } from "../build/compiler.ts";
import { packageRoot } from "../build/paths.ts";

export interface Variant {
	name: string;
	flags: readonly string[];
	/** Sources beside the program. */
	kernels: readonly string[];
	/** Those of tests/native that this is for. */
	programs: readonly string[];
	compiler: { compile(title: string, units: readonly Unit[]): Promise<string[]> };
	link(objects: readonly string[], executable: string): Promise<void>;
	command(executable: string): [string, string[]];
}

const WARNINGS = ["-std=gnu99", "-Wall", "-Wextra"];
const MEMORY = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const RACES = ["-fsanitize=thread"];
/* An emulated machine without floating point runs a part of the rounds; its int32_t is long, which printf is strict about. */
const RISCV = ["-DPART=17", "-Wno-format"];

export const inPackage = (...parts: string[]): string => join(packageRoot, ...parts);
const isWorker = (program: string): boolean => basename(program) === "worker.c";
/* Radios, and their programs: the driver of boards needs ESP-IDF, or what stands in for it; the desktop's is a part of that host. */
const isDriver = (source: string): boolean => /^espnow/.test(basename(source));
const isAir = (source: string): boolean => /^radio-air/.test(basename(source));
const programs = cFiles(inPackage("tests/native")), all = programs.filter((program) => !isDriver(program) && !isAir(program));
const sources = (...folders: string[]): string[] => folders.flatMap((folder) => cFiles(inPackage(folder))).filter((source) => !isDriver(source));
const DESKTOP_WORKER = "hosts/desktop/worker.c";
const DRIVER = ["native/espnow.c", "native/espnow-wifi.c", "tests/native/esp-idf/esp-idf.c"];
const BOARD_WORKER = ["hosts/esp32/worker.c", "tests/native/freertos/freertos.c"];

interface Options {
	target?: readonly string[];
	sanitizers?: readonly string[];
	programs?: readonly string[];
	/** Sources of a host. */
	worker?: readonly string[];
	/** Kernels beside them; all by default. */
	beside?: readonly string[];
}

function onThisComputer(name: string, { target = [], sanitizers = MEMORY, programs = all, worker = [DESKTOP_WORKER], beside }: Options): Variant {
	const compiler = new Compiler();
	return {
		name, compiler, programs, flags: [...WARNINGS, "-O1", "-g", ...sanitizers, ...target],
		kernels: [...beside?.map((file) => inPackage(file)) ?? sources("native", "native/x86"), ...worker.map((file) => inPackage(file))],
		link: (objects, executable) => compiler.link(objects, executable, sanitizers), command: (executable) => [executable, []],
	};
}

export function desktopVariants(): Variant[] {
	const native = ["-march=native"], worker = all.filter(isWorker);
	const driver = { target: ["-DESP_PLATFORM", `-I${inPackage("tests/native/esp-idf")}`], programs: programs.filter(isDriver), worker: DRIVER, beside: ["native/radio-queue.c"] };
	const air = { target: [`-I${inPackage("hosts/desktop")}`], programs: programs.filter(isAir), worker: ["hosts/desktop/radio-air.c"], beside: ["native/radio-queue.c"] };
	return [
		onThisComputer("portable", {}),
		onThisComputer("this processor's vectors", { target: native }),
		onThisComputer("data races", { target: native, sanitizers: RACES, programs: worker }),
		onThisComputer("data races, the task of boards", {
			target: [...native, "-DESP_PLATFORM", `-I${inPackage("tests/native/freertos")}`], sanitizers: RACES, programs: worker, worker: BOARD_WORKER,
		}),
		onThisComputer("the desktop's radio", air),
		onThisComputer("data races, the desktop's radio", { ...air, sanitizers: RACES }),
		onThisComputer("memory, on a stand-in for ESP-IDF", driver),
		onThisComputer("data races, on a stand-in for ESP-IDF", { ...driver, sanitizers: RACES }),
	];
}

/** One core, so the second core's program has nothing to do there. */
export const riscvPrograms = all.filter((program) => !isWorker(program));

export function riscvVariant(): Variant {
	const compiler = new RiscvCompiler();
	return {
		name: "rv32imc", compiler, programs: riscvPrograms, flags: [...WARNINGS, ...RISCV], kernels: sources("native"),
		link: (objects, executable) => compiler.link(objects, executable), command: (executable) => riscvCommand(executable, ["1"]),
	};
}
