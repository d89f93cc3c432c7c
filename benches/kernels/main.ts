/**
 * node bin/tool.mjs benches/kernels/main.ts [riscv] [text | markdown | csv | --json]
 *
 * Time of each kernel on this computer, in every variant that it can run; and, where valgrind is installed, x86-64
 * instructions of the portable kernels. With `riscv`: instructions of each kernel on the ESP32-C3's instruction set.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cFiles, Compiler } from "../../tools/build/compiler.ts";
import { cacheRoot, packageRoot } from "../../tools/build/paths.ts";
import { table } from "../../tools/cli/table.ts";
import { riscvRows } from "./riscv.ts";

const VARIANTS = { portable: [], vectors: ["-march=native"], "no-avx512": ["-march=native", "-mno-avx512f"] };

export async function main(argv: string[]): Promise<void> {
	const words = argv.slice(2);
	const rows = words[0] === "riscv" ? (words.shift(), await riscvRows()) : await desktopRows();
	console.log(words[0] === "--json" ? JSON.stringify(rows, null, "\t") : table(rows, words[0] ?? "text"));
}

async function desktopRows(): Promise<Record<string, string>[]> {
	const rows: Record<string, string>[] = [];
	const seen = new Set<string>();
	for (const [name, target] of Object.entries(VARIANTS)) {
		if (name === "no-avx512" && process.arch !== "x64")
			continue;
		const executable = await build(name, target);
		const [variant = "", ...lines] = execFileSync(executable, { encoding: "utf8" }).trimEnd().split("\n");
		if (seen.has(variant))
			continue;
		seen.add(variant);
		const counts = name === "portable" ? instructions(executable, lines.length) : [];
		for (const [i, line] of lines.entries()) {
			const [kernel = "", macs = "0", ns = "0"] = line.split("\t");
			rows.push({
				kernel, variant, MACs: macs === "0" ? "" : macs, "ns/call": ns, "MACs/ns": macs === "0" ? "" : (Number(macs) / Number(ns)).toFixed(2),
				"x86-64 instructions (emulated)": counts[i]?.toString() ?? "", tier: "measured",
			});
		}
	}
	return rows;
}

async function build(name: string, target: readonly string[]): Promise<string> {
	const compiler = new Compiler();
	const folder = join(cacheRoot(), "benches");
	mkdirSync(folder, { recursive: true });
	const sources = ["native", "native/x86"].flatMap((part) => cFiles(join(packageRoot, part)));
	const own = ["kernels.c", "desktop.c"].map((file) => join(packageRoot, "benches/kernels", file));
	const objects = await compiler.compile("building the kernels", [...own, ...sources].map((source) => ({
		source, flags: ["-std=gnu99", "-O3", ...target, `-I${join(packageRoot, "native")}`], headers: ["native", "benches/kernels"].map((part) => join(packageRoot, part)),
	})));
	const executable = join(folder, `kernels-${name}`);
	await compiler.link(objects, executable);
	return executable;
}

/** Instructions of one call of each kernel; empty without valgrind. */
function instructions(executable: string, kernels: number): number[] {
	const REPEAT = 20;
	const collected = (kernel: number, repeat: number): number => {
		const { stderr } = spawnSync("valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", executable, String(kernel), String(repeat)], { encoding: "utf8" });
		return Number(/Collected : (\d+)/.exec(stderr ?? "")?.[1] ?? NaN);
	};
	const start = collected(0, 0);
	return Number.isNaN(start) ? [] : Array.from({ length: kernels }, (_, i) => Math.round((collected(i, REPEAT) - start) / REPEAT));
}
