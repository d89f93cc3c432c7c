/**
 * Compiles and runs the C tests of the kernels (tests/native): with sanitizers, portable and with vectors; and on
 * a bare RV32IMC machine, the ESP32-C3's instruction set, where its compiler and QEMU are installed.
 */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { missingForRiscv, RiscvCompiler, riscvCommand } from "../build/bare-riscv.ts";
import { cFiles, Compiler, hash, type Unit } from "../build/compiler.ts";
import { cacheRoot, packageRoot } from "../build/paths.ts";

export interface NativeSuite {
	name: string;
	passed: number;
	failed: number;
	skipped: number;
	/** The program's last line, or all that it printed when it failed, or why it was skipped. */
	detail: string;
}

/** One way to compile and run every program. */
interface Variant {
	name: string;
	flags: readonly string[];
	kernels: readonly string[];
	compiler: { compile(title: string, units: readonly Unit[]): Promise<string[]> };
	link(objects: readonly string[], executable: string): Promise<void>;
	command(executable: string): [string, string[]];
}

const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const WARNINGS = ["-std=gnu99", "-Wall", "-Wextra"];
/* An emulated machine without floating point runs a part of the rounds; its int32_t is long, which printf is strict about. */
const RISCV = ["-DPART=17", "-Wno-format"];

const inPackage = (...parts: string[]): string => join(packageRoot, ...parts);
const programs = cFiles(inPackage("tests/native"));

function onThisComputer(name: string, target: readonly string[]): Variant {
	const compiler = new Compiler();
	return {
		name, compiler, flags: [...WARNINGS, "-O1", "-g", ...SANITIZERS, ...target], kernels: ["native", "native/x86"],
		link: (objects, executable) => compiler.link(objects, executable, SANITIZERS), command: (executable) => [executable, []],
	};
}

function onRiscv(): Variant {
	const compiler = new RiscvCompiler();
	return {
		name: "rv32imc", compiler, flags: [...WARNINGS, ...RISCV], kernels: ["native"],
		link: (objects, executable) => compiler.link(objects, executable), command: (executable) => riscvCommand(executable, ["1"]),
	};
}

/** Each program of tests/native in each variant is one suite with one test. */
export async function nativeSuites(): Promise<NativeSuite[]> {
	const install = missingForRiscv();
	const variants = [onThisComputer("portable", []), onThisComputer("this processor's vectors", ["-march=native"]), ...(install ? [] : [onRiscv()])];
	const runs: { variant: Variant; objects: string[] }[] = [];
	for (const variant of variants) {
		const unit = (source: string): Unit => ({
			source, flags: [...variant.flags, `-I${inPackage("native")}`],
			headers: ["native", ...source.startsWith(inPackage("tests")) ? ["tests/native"] : []].map((folder) => inPackage(folder)),
		});
		const kernels = variant.kernels.flatMap((folder) => cFiles(inPackage(folder)));
		const objects = await variant.compiler.compile("building the C tests", [...programs, ...kernels].map(unit));
		for (const i of programs.keys())
			runs.push({ variant, objects: [objects[i]!, ...objects.slice(programs.length)] });
	}
	const suites: NativeSuite[] = [];
	const waiting = runs.map((run, i) => ({ ...run, i }));
	await Promise.all(Array.from({ length: availableParallelism() }, async () => {
		for (let next = waiting.shift(); next; next = waiting.shift())
			suites[next.i] = await runSuite(next.variant, programs[next.i % programs.length]!, next.objects);
	}));
	return install ? [...suites, ...programs.map((program) => notRun(program, install))] : suites;
}

/** What can't run here is skipped, but not where everything must run. */
function notRun(program: string, install: string): NativeSuite {
	const must = process.env.CI === "true";
	return { name: suiteName(program, "rv32imc"), passed: 0, failed: must ? 1 : 0, skipped: must ? 0 : 1, detail: `needs \`${install}\`` };
}

const suiteName = (program: string, variant: string): string => `${basename(program, ".c")} (${variant})`;

async function runSuite(variant: Variant, program: string, objects: readonly string[]): Promise<NativeSuite> {
	const folder = join(cacheRoot(), "tests", "native");
	mkdirSync(folder, { recursive: true });
	const executable = join(folder, `${basename(program, ".c")}-${hash(...objects)}`);
	if (!existsSync(executable))
		await variant.link(objects, executable);
	const [command, args] = variant.command(executable);
	return new Promise((resolve) => {
		execFile(command, args, { maxBuffer: 1 << 26, timeout: 300_000 }, (error, stdout, stderr) => {
			const last = (stdout || stderr).trimEnd().split("\n").at(-1) ?? "";
			const ok = !error && / [1-9]\d* checks, 0 failed$/.test(last);
			resolve({
				name: suiteName(program, variant.name), passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0,
				detail: ok ? last : [stdout, stderr, error?.message].join("\n").trim(),
			});
		});
	});
}
