/**
 * C programs of this project, without XS, on a bare RV32IMC machine in QEMU: the ESP32-C3's instruction set.
 * Their files, arguments and exit codes go through semihosting.
 */

import { execFileSync } from "node:child_process";
import { Compiler, type Unit } from "./compiler.ts";

const QEMU = "qemu-system-riscv32";
const PACKAGES = "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf";
const TARGET = ["-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"];
const MEMORY = { __flash: "0x80000000", __flash_size: "4M", __ram: "0x80400000", __ram_size: "12M", __stack_size: "64K" };
const LINK = [...TARGET, "--oslib=semihost", "--crt0=semihost", "-Wl,--gc-sections", ...Object.entries(MEMORY).map(([name, value]) => `-Wl,--defsym=${name}=${value}`)];

/** -Os: kernels that hold many values in registers get worse by -O2, which moves loads away from their uses. */
export const RISCV_FLAGS: readonly string[] = [...TARGET, "-Os", "-ffunction-sections", "-fdata-sections"];

/** A command that installs what is missing, or undefined. */
export function missingForRiscv(): string | undefined {
	const packages: string[] = [];
	try {
		execFileSync("riscv64-unknown-elf-gcc", [...TARGET, "-E", "-"], { input: "#include <stdio.h>\n", stdio: ["pipe", "ignore", "ignore"] });
	}
	catch {
		packages.push(PACKAGES);
	}
	try {
		execFileSync(QEMU, ["--version"], { stdio: "ignore" });
	}
	catch {
		packages.push("qemu-system-misc");
	}
	return packages.length ? `sudo apt-get install ${packages.join(" ")}` : undefined;
}

export class RiscvCompiler {
	private readonly compiler = new Compiler("riscv64-unknown-elf-gcc", PACKAGES);

	compile(title: string, units: readonly Unit[]): Promise<string[]> {
		return this.compiler.compile(title, units.map((unit) => ({ ...unit, flags: [...RISCV_FLAGS, ...unit.flags] })));
	}

	link(objects: readonly string[], executable: string): Promise<void> {
		return this.compiler.link(objects, executable, LINK, ["-lm"]);
	}
}

/** The command that runs an executable; what it prints comes on standard error. Instructions are counted exactly. */
export function riscvCommand(executable: string, args: readonly string[] = []): [string, string[]] {
	const semihosting = ["enable=on", "target=native", ...args.map((arg) => `arg=${arg}`)].join(",");
	return [QEMU, [
		"-M", "virt", "-cpu", "rv32,a=off,f=off,d=off", "-m", "16M", "-display", "none", "-bios", "none", "-monitor", "none", "-serial", "none",
		"-icount", "shift=0,sleep=off", "-semihosting-config", semihosting, "-kernel", executable,
	]];
}
