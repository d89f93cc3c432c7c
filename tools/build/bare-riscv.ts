/**
 * C programs of this project, without XS, on a bare RV32IMC machine in QEMU: the ESP32-C3's instruction set.
 * Their files, arguments and exit codes go through semihosting.
 */

import { Compiler, type Unit } from "./compiler.ts";
import { CROSS_COMPILER, CROSS_PACKAGES, CROSS_TARGET, MACHINE, QEMU } from "./qemu.ts";

const MEMORY = { __flash: "0x80000000", __flash_size: "4M", __ram: "0x80400000", __ram_size: "12M", __stack_size: "64K" };
const LINK = [...CROSS_TARGET, "--oslib=semihost", "--crt0=semihost", "-Wl,--gc-sections", ...Object.entries(MEMORY).map(([name, value]) => `-Wl,--defsym=${name}=${value}`)];

/** -Os: kernels that hold many values in registers get worse by -O2, which moves loads away from their uses. */
export const RISCV_FLAGS: readonly string[] = [...CROSS_TARGET, "-Os", "-ffunction-sections", "-fdata-sections"];

export class RiscvCompiler {
	private readonly compiler = new Compiler(CROSS_COMPILER, CROSS_PACKAGES);

	compile(title: string, units: readonly Unit[]): Promise<string[]> {
		return this.compiler.compile(title, units.map((unit) => ({ ...unit, flags: [...RISCV_FLAGS, ...unit.flags] })));
	}

	link(objects: readonly string[], executable: string): Promise<void> {
		return this.compiler.link(objects, executable, LINK, ["-lm"]);
	}
}

/**
 * The command that runs an executable; what it prints comes on standard error.
 * @param options.counted whether two runs count the same instructions, which takes more time
 */
export function riscvCommand(executable: string, args: readonly string[] = [], options = { counted: false }): [string, string[]] {
	const semihosting = ["enable=on", "target=native", ...args.map((arg) => `arg=${arg}`)].join(",");
	return [QEMU, [
		...MACHINE, "-serial", "none",
		...(options.counted ? ["-icount", "shift=0,sleep=off"] : []), "-semihosting-config", semihosting, "-kernel", executable,
	]];
}
