/** The chip router: its bytes, what decisions cost, how long requests wait beside other policies, and whose texts are. */

import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { RiscvCompiler, riscvCommand } from "../../../tools/build/bare-riscv.ts";
import { Compiler } from "../../../tools/build/compiler.ts";
import { cacheRoot, packageRoot } from "../../../tools/build/paths.ts";
import { missingForRiscv } from "../../../tools/build/qemu.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { emulated, measured, projected, round } from "../../snn/figures.ts";
import { BASELINES, textSets } from "./texts.ts";

interface Timing {
	what: string;
	decisions: number;
	microseconds: number;
	bytes?: number;
	request?: number;
}

interface Outcome {
	where: string;
	policy: string;
	mean: number;
	percentile95: number;
	throughput: number;
}

const BYTES = 140, SOURCES = ["benches/federation/router/kernel.c", "native/fast-grnn.c", "native/chip-router.c"];

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const assets = new Map([["router", new Uint8Array(readFileSync(join(packageRoot, "models", "router.rvgr")))]]);
	return [...await costs(assets), ...await clusters(assets), ...await texts(assets, data)];
}

async function costs(assets: ReadonlyMap<string, Uint8Array>): Promise<Figure[]> {
	const here = await runProgram<Timing>("benches/federation/router/speed.ts", { assets, args: ["count=100000"] }), bytes = here.find((one) => one.bytes)!;
	const rate = ({ decisions, microseconds }: Timing): number => Math.round(decisions / microseconds * 1e6), timed = (list: Timing[]): Timing[] => list.filter(({ what }) => !["loop", "bytes"].includes(what));
	const kernel = await kernelAlone(false);
	const figures = [
		measured("weights and state", bytes.bytes!, "bytes", { limit: BYTES, note: "for 16 chips as for one" }), measured("a request and its scores", bytes.request!, "bytes", { note: "not kept between decisions" }),
		measured("weights' file, both routers", assets.get("router")!.length, "bytes"),
		measured("5 chips, the kernel alone on this computer", Math.round(1e9 / kernel), "decisions/s", { note: "one core, shortest of 2,000 rounds of 2,000" }),
		...timed(here).map((one) => measured(`${one.what} from TypeScript on this computer`, rate(one), "decisions/s", { note: "XS's loop and calls included; one run" })),
	];
	if (missingForRiscv())
		return figures;
	const there = await runProgram<Timing>("benches/federation/router/speed.ts", { assets, args: ["count=300"], host: "riscv" });
	return [
		...figures, emulated("5 chips, the kernel alone on rv32imc", Math.round(await kernelAlone(true)), "instructions"),
		...timed(there).map((one) => emulated(`${one.what} from TypeScript on rv32imc`, Math.round(1000 * one.microseconds / one.decisions), "instructions", { note: "XS's loop and calls included" })),
	];
}

/** Nanoseconds of a decision here, or instructions on rv32imc. */
async function kernelAlone(riscv: boolean): Promise<number> {
	const compiler = riscv ? new RiscvCompiler() : new Compiler(), inPackage = (part: string): string => join(packageRoot, part), folder = join(cacheRoot(), "benches"), executable = join(folder, `router-kernel${riscv ? ".elf" : ""}`);
	mkdirSync(folder, { recursive: true });
	const objects = await compiler.compile("building the kernel", SOURCES.map((source) => ({
		source: inPackage(source), flags: ["-std=gnu99", ...riscv ? [] : ["-O3", "-march=native"], `-I${inPackage("native")}`], headers: [inPackage("native")],
	})));
	await compiler.link(objects, executable, []);
	const [command, args] = riscv ? riscvCommand(executable, [], { counted: true }) : [executable, []];
	const { stdout, stderr } = await promisify(execFile)(command, args, { timeout: 120_000 });
	return Number((stdout || stderr).split(" ")[0]) / 10;
}

async function clusters(assets: ReadonlyMap<string, Uint8Array>): Promise<Figure[]> {
	const outcomes = await runProgram<Outcome>("benches/federation/router/clusters.ts", { assets });
	const note = "5 seeds of 2,000 requests in simulated time; speeds, seeds and loads are not those of training";
	return outcomes.flatMap(({ where, policy, mean, percentile95, throughput }) => [
		projected(`${where}, ${policy}: mean time to an answer`, Math.round(mean / 1000), "ms", { note }), projected(`${where}, ${policy}: 95th percentile`, Math.round(percentile95 / 1000), "ms"),
		projected(`${where}, ${policy}: throughput`, round(throughput, 2), "requests/s"),
	]);
}

async function texts(assets: ReadonlyMap<string, Uint8Array>, data: string): Promise<Figure[]> {
	const figures: Figure[] = [], { train, tests } = await textSets(data);
	for (const [name, test] of Object.entries(tests)) {
		const share = (guesses: readonly number[]): number => round(100 * guesses.filter((guess, i) => guess === test[i]!.expert).length / test.length, 2);
		const [guesses] = await runProgram<number[]>("benches/federation/router/content.ts", { assets: new Map([...assets, ["texts", new TextEncoder().encode(test.map(({ text }) => text.replace(/\n/g, " ")).join("\n"))]]) });
		figures.push(measured(`${name}: router`, share(guesses!), "%", { note: `${test.length} texts; half stories or so` }));
		for (const [baseline, make] of Object.entries(BASELINES)) {
			const guess = make(train);
			figures.push(measured(`${name}: ${baseline}`, share(test.map(({ text }) => guess(text))), "%"));
		}
	}
	return figures;
}
