/**
 * Compiles and runs the C tests of the kernels (tests/native): with sanitizers, portable and with vectors; and on
 * a bare RV32IMC machine, the ESP32-C3's instruction set, where its compiler and QEMU are installed.
 */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { missingForRiscv } from "../build/qemu.ts";
import { hash, type Unit } from "../build/compiler.ts";
import { cacheRoot } from "../build/paths.ts";
import { desktopVariants, inPackage, riscvPrograms, riscvVariant, type Variant } from "./native-variants.ts";

export interface NativeSuite {
	name: string;
	passed: number;
	failed: number;
	skipped: number;
	/** The program's last line, or all that it printed when it failed, or why it was skipped. */
	detail: string;
}

interface Run {
	variant: Variant;
	program: string;
	objects: string[];
}

/** Each program in each variant is one suite with one test. */
export async function nativeSuites(): Promise<NativeSuite[]> {
	const install = missingForRiscv();
	const runs: Run[] = [];
	for (const variant of [...desktopVariants(), ...(install ? [] : [riscvVariant()])])
		runs.push(...await compile(variant));
	const suites: NativeSuite[] = [];
	const waiting = runs.map((run, i) => ({ ...run, i }));
	await Promise.all(Array.from({ length: availableParallelism() }, async () => {
		for (let next = waiting.shift(); next; next = waiting.shift())
			suites[next.i] = await runSuite(next);
	}));
	return install ? [...suites, ...riscvPrograms.map((program) => notRun(program, install))] : suites;
}

async function compile(variant: Variant): Promise<Run[]> {
	const { programs, kernels } = variant;
	const unit = (source: string): Unit => ({
		source, flags: [...variant.flags, `-I${inPackage("native")}`],
		headers: ["native", "hosts/desktop", ...source.startsWith(inPackage("tests")) ? ["tests/native", "tests/native/freertos", "tests/native/freertos/freertos", "tests/native/esp-idf", "tests/native/esp-idf/freertos"] : []].map((folder) => inPackage(folder)),
	});
	const objects = await variant.compiler.compile("building the C tests", [...programs, ...kernels].map(unit));
	return programs.map((program, i) => ({ variant, program, objects: [objects[i]!, ...objects.slice(programs.length)] }));
}

/** What can't run here is skipped, but not where everything must run. */
function notRun(program: string, install: string): NativeSuite {
	const must = process.env.CI === "true";
	return { name: suiteName(program, "rv32imc"), passed: 0, failed: must ? 1 : 0, skipped: must ? 0 : 1, detail: `needs \`${install}\`` };
}

const suiteName = (program: string, variant: string): string => `${basename(program, ".c")} (${variant})`;

async function runSuite({ variant, program, objects }: Run): Promise<NativeSuite> {
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
