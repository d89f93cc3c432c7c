/** Compiles and runs the C tests of the kernels (tests/native), with sanitizers, portable and with vectors. */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { Compiler, hash, type Unit } from "../build/compiler.ts";
import { cacheRoot, packageRoot } from "../build/paths.ts";

export interface NativeSuite {
	name: string;
	passed: number;
	failed: number;
	/** The program's last line, or all that it printed when it failed. */
	detail: string;
}

const FLAGS = ["-std=gnu99", "-O1", "-g", "-Wall", "-Wextra", "-fno-sanitize-recover=all"];
const MEMORY = "-fsanitize=address,undefined";
const inPackage = (...parts: string[]): string => join(packageRoot, ...parts);

interface Variant {
	flags: readonly string[];
	/** Those that it is worth for; all by default. */
	programs?: RegExp;
	/** Of the second core; the desktop's by default. */
	worker?: readonly string[];
}

const VARIANTS: Record<string, Variant> = {
	portable: { flags: [MEMORY] },
	"this processor's vectors": { flags: [MEMORY, "-march=native"] },
	"data races": { flags: ["-fsanitize=thread", "-march=native"], programs: /^worker\.c$/ },
	"data races, the task of boards": {
		flags: ["-fsanitize=thread", "-march=native", "-DESP_PLATFORM", `-I${inPackage("tests/native/freertos")}`], programs: /^worker\.c$/,
		worker: ["hosts/esp32/worker.c", "tests/native/freertos/freertos.c"],
	},
};

const cFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".c")).sort().map((name) => join(folder, name));

/** Each program of tests/native in each variant is one suite with one test. */
export async function nativeSuites(): Promise<NativeSuite[]> {
	const compiler = new Compiler();
	const runs: { name: string; objects: string[]; flags: readonly string[] }[] = [];
	for (const [variant, { flags, programs: chosen, worker = ["hosts/desktop/worker.c"] }] of Object.entries(VARIANTS)) {
		const unit = (source: string): Unit => ({
			source, flags: [...FLAGS, ...flags, `-I${inPackage("native")}`],
			headers: ["native", ...source.startsWith(inPackage("tests")) ? ["tests/native", "tests/native/freertos", "tests/native/freertos/freertos"] : []].map((folder) => inPackage(folder)),
		});
		const programs = cFiles(inPackage("tests/native")).filter((program) => chosen?.test(basename(program)) ?? true);
		const kernels = [...cFiles(inPackage("native")), ...cFiles(inPackage("native/x86")), ...worker.map((file) => inPackage(file))];
		const objects = await compiler.compile("building the C tests", [...programs, ...kernels].map(unit));
		const shared = objects.slice(programs.length);
		for (const [i, program] of programs.entries())
			runs.push({ name: `${basename(program, ".c")} (${variant})`, objects: [objects[i]!, ...shared], flags });
	}
	const suites: NativeSuite[] = [];
	const waiting = runs.map((run, i) => ({ ...run, i }));
	await Promise.all(Array.from({ length: availableParallelism() }, async () => {
		for (let next = waiting.shift(); next; next = waiting.shift())
			suites[next.i] = await runSuite(next.name, await link(compiler, next.objects, next.flags));
	}));
	return suites;
}

async function link(compiler: Compiler, objects: readonly string[], flags: readonly string[]): Promise<string> {
	const folder = join(cacheRoot(), "tests", "native");
	mkdirSync(folder, { recursive: true });
	const executable = join(folder, `${basename(objects[0]!).replace(/-[0-9a-f]+\.o$/, "")}-${hash(...objects)}`);
	if (!existsSync(executable))
		await compiler.link(objects, executable, [...FLAGS, ...flags].filter((flag) => flag.startsWith("-f")));
	return executable;
}

function runSuite(name: string, executable: string): Promise<NativeSuite> {
	return new Promise((resolve) => {
		execFile(executable, { maxBuffer: 1 << 26, timeout: 300_000 }, (error, stdout, stderr) => {
			const last = stdout.trimEnd().split("\n").at(-1) ?? "";
			const ok = !error && / [1-9]\d* checks, 0 failed$/.test(last);
			resolve({ name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, detail: ok ? last : [stdout, stderr, error?.message].join("\n").trim() });
		});
	});
}
