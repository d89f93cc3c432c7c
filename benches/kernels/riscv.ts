/** Instructions of each kernel on RV32IMC, counted in QEMU, and their sum over one token of the model of kernels.c. */

import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { RiscvCompiler, riscvCommand } from "../../tools/build/bare-riscv.ts";
import { missingForRiscv } from "../../tools/build/qemu.ts";
import { cFiles } from "../../tools/build/compiler.ts";
import { BuildError } from "../../tools/build/errors.ts";
import { cacheRoot, packageRoot } from "../../tools/build/paths.ts";

/** @throws BuildError saying what to install */
export async function riscvRows(): Promise<Record<string, string>[]> {
	const install = missingForRiscv();
	if (install)
		throw new BuildError(`the RISC-V compiler, its C library or QEMU is missing: install them with \`${install}\``);
	const [command, args] = riscvCommand(await build(), [], { counted: true });
	const { stderr } = await promisify(execFile)(command, args, { timeout: 120_000 });
	let perToken = 0;
	const rows = stderr.trimEnd().split("\n").map((line) => {
		const [kernel = "", macs, instructions, calls] = line.split("\t");
		perToken += Number(instructions) * Number(calls);
		return row(kernel, Number(macs), Number(instructions), calls === "0" ? "" : calls!);
	});
	return [...rows, row("one token, stories260K, positions 0 to 127", 0, perToken, "")];
}

const row = (kernel: string, macs: number, instructions: number, calls: string): Record<string, string> => ({
	kernel, MACs: macs ? String(macs) : "", instructions: String(instructions), "instructions/MAC": macs ? (instructions / macs).toFixed(3) : "",
	"calls/token": calls, tier: "emulated",
});

async function build(): Promise<string> {
	const inPackage = (...parts: string[]): string => join(packageRoot, ...parts);
	const folder = join(cacheRoot(), "benches");
	mkdirSync(folder, { recursive: true });
	const compiler = new RiscvCompiler();
	const sources = [...["kernels.c", "riscv.c"].map((file) => inPackage("benches/kernels", file)), ...cFiles(inPackage("native"))];
	const objects = await compiler.compile("building the kernels", sources.map((source) => ({
		source, flags: ["-std=gnu99", `-I${inPackage("native")}`], headers: ["native", "benches/kernels"].map((part) => inPackage(part)),
	})));
	const executable = join(folder, "kernels-riscv.elf");
	await compiler.link(objects, executable);
	return executable;
}
