/**
 * npm test: everything, in order of cost. Ends with a line "N passed, N failed, N skipped".
 *
 *   types       the TypeScript of the whole project
 *   layers      the import rules of docs/architecture.md
 *   native      the C kernels against slow references, with sanitizers, portable and with vectors, and on RV32IMC
 *   tools       the tools, under Node
 *   esp32s3     the machine code of the ESP32-S3's kernels, on an interpreter
 *   xs          the suites inside XS on the desktop host: as released, with portable kernels, with sanitizers
 *   riscv       the same suites on the ESP32-C3's instruction set, emulated
 *
 * Arguments select parts: npm test -- xs layers
 */

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildDesktopHost, type DesktopOptions } from "../build/desktop.ts";
import { packageRoot } from "../build/paths.ts";
import { ownSwarm } from "../build/swarm.ts";
import { Beside, type Show, showNow } from "./beside.ts";
import { bundleSuites, notOnRiscv, testFiles } from "./bundle.ts";
import { type Counts, none } from "./counts.ts";
import { hostArguments } from "./data.ts";
import { checkLayers } from "./layers.ts";
import { nativeSuites } from "./native.ts";
import { insideRiscv } from "./riscv.ts";
import { nodeSuites, toolSuites } from "./tools.ts";

/** undefined: this computer lacks what the part needs, and it said so. */
type Part = (show: Show) => Promise<Counts | undefined>;

const single = (ok: boolean): Counts => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, suites: 1 });

const PARTS: [string, string, Part][] = [
	["types", "types", types],
	["layers", "layers", layers],
	["native", "native", native],
	["tools", "tools", toolSuites],
	["esp32s3", "esp32s3", () => nodeSuites("esp32s3")],
	["xs", "XS, as released", (show) => insideXs(show, {})],
	["xs", "XS, portable kernels", (show) => insideXs(show, { portable: true })],
	["xs", "XS, sanitizers", (show) => insideXs(show, { sanitize: true })],
	["riscv", "XS, riscv", (show) => insideRiscv(show)],
];
/** Those that take one processor each. */
const BESIDE = new Set(["xs", "riscv"]), PROCESSORS = 2;

export async function main(argv: string[]): Promise<void> {
	const chosen = argv.slice(2);
	const total: Counts = { ...none }, beside = new Beside(PROCESSORS), parts = PARTS.filter(([name]) => chosen.length === 0 || chosen.includes(name));
	for (const [i, [name, title, part]] of parts.entries()) {
		if (BESIDE.has(name) && !beside.started) {
			await hosts(name === "xs");
			beside.start(parts.slice(i).map(([, other, run]) => [other, run]));
		}
		const start = Date.now();
		console.log(`\n== ${title}`);
		const counts = await (BESIDE.has(name) ? beside.result(title) : part(showNow)).catch((error: Error): Counts => {
			console.log(`FAILED ${title}: ${error.message}`);
			return { ...none, failed: 1 };
		});
		if (!counts) {
			total.skipped++;
			continue;
		}
		console.log(`== ${title}: ${counts.suites} suites, ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${((Date.now() - start) / 1000).toFixed(1)} s)`);
		const key = title.replace(/[^a-z0-9]+/gi, "-").toLowerCase();
		for (const field of ["passed", "failed", "skipped", "suites"] as const)
			total[field] += counts[field];
		if (!suitesAsRecorded(key, counts.suites)) {
			console.log(`FAILED ${title}: ${counts.suites} suites ran, tests/suites.json says ${recorded()[key]}; a suite vanished or is new: correct that file`);
			total.failed++;
		}
	}
	console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
	process.exitCode = total.failed ? 1 : 0;
}

const recorded = (): Record<string, number> => JSON.parse(readFileSync(join(packageRoot, "tests/suites.json"), "utf8")) as Record<string, number>;
const suitesAsRecorded = (key: string, suites: number): boolean => recorded()[key] === suites;

/** The hosts, one after the other: builds share files. What can't be built is said by the part that needs it. */
async function hosts(all: boolean): Promise<void> {
	for (const options of all ? [{}, { portable: true }, { sanitize: true }] : [{}])
		await buildDesktopHost(options).catch(() => {});
}

/** Runs a program, showing what it prints; rejects only when it can't be started. */
function run(command: string, args: string[], show: Show = showNow): Promise<{ code: number; output: string }> {
	return new Promise((resolve, reject) => {
		const child = execFile(command, args, { cwd: packageRoot, maxBuffer: 1 << 28, env: { ...process.env, ASAN_OPTIONS: "detect_leaks=0:abort_on_error=0", RUVLLM_RADIO_PORT: String(ownSwarm()) } }, (error, stdout) => {
			if (error && typeof error.code !== "number" && !error.signal)
				reject(error);
			else
				resolve({ code: error ? Number(error.code ?? 1) || 1 : 0, output: stdout });
		});
		child.stdout?.on("data", show);
		child.stderr?.on("data", show);
	});
}

async function types(): Promise<Counts> {
	const compiler = join(packageRoot, "node_modules/.bin/tsc");
	if (!existsSync(compiler))
		throw new Error("TypeScript is not installed; run npm install first");
	return single((await run(compiler, ["--noEmit"])).code === 0);
}

async function layers(): Promise<Counts> {
	const wrong = checkLayers();
	for (const sentence of wrong)
		console.log(sentence);
	return single(wrong.length === 0);
}

async function native(): Promise<Counts> {
	const counts: Counts = { ...none };
	for (const suite of await nativeSuites()) {
		console.log(`${suite.failed ? "FAILED " : suite.skipped ? "skipped " : "ok "}${suite.name}: ${suite.detail}`);
		counts.suites++;
		counts.passed += suite.passed;
		counts.failed += suite.failed;
		counts.skipped += suite.skipped;
	}
	return counts;
}

async function insideXs(show: Show, options: DesktopOptions): Promise<Counts> {
	const { executable } = await buildDesktopHost(options);
	// Boards' layers take no kernel that is other there; what sanitizers see of a world of boards, they see of its parts.
	const files = testFiles().filter((file) => options.portable ? !file.includes("/tests/federation/") : !options.sanitize || !/world/.test(notOnRiscv(file) ?? ""));
	const { code, output } = await run(executable, [await bundleSuites("desktop.ts", `suites${options.portable ? "-portable" : options.sanitize ? "-sanitize" : ""}.js`, files), ...await hostArguments()], show);
	const last = output.trimEnd().split("\n").at(-1) ?? "";
	if (!last.startsWith("{"))
		throw new Error(`the host ended with code ${code} before the suites were done`);
	const counts = JSON.parse(last) as Counts;
	return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
