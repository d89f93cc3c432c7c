/** Instructions of the energy threshold for a sample, counted on the emulated processor. */

import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { RiscvCompiler, riscvCommand } from "../../../tools/build/bare-riscv.ts";
import { cacheRoot, packageRoot } from "../../../tools/build/paths.ts";
import { requireRiscv } from "../../../tools/build/qemu.ts";

/** @throws BuildError saying what to install */
export async function thresholdCost(): Promise<number> {
	requireRiscv();
	const folder = join(cacheRoot(), "benches"), executable = join(folder, "energy-riscv.elf"), compiler = new RiscvCompiler();
	mkdirSync(folder, { recursive: true });
	const native = join(packageRoot, "native"), sources = [join(packageRoot, "benches/snn/recall/energy.c")];
	await compiler.link(await compiler.compile("building the energy threshold", sources.map((source) => ({ source, flags: ["-std=gnu99", `-I${native}`], headers: [native] }))), executable);
	const [command, args] = riscvCommand(executable, [], { counted: true });
	return Number((await promisify(execFile)(command, args, { timeout: 60_000 })).stderr);
}
