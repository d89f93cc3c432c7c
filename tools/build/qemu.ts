/** The emulated machine: QEMU's "virt" board with the ESP32-C3's instruction set, and what Debian calls its tools. */

import { execFileSync } from "node:child_process";
import { ASSETS_ADDRESS } from "./assets.ts";
import { BuildError } from "./errors.ts";

export const QEMU = "qemu-system-riscv32";
export const CROSS_COMPILER = "riscv64-unknown-elf-gcc";
export const CROSS_PACKAGES = "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf";
/** rv32imc, with a C library and without an operating system. */
export const CROSS_TARGET = ["-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"];

/** The C3 has neither atomic instructions nor floating point. */
export const MACHINE = ["-M", "virt", "-cpu", "rv32,a=off,f=off,d=off", "-m", "16M", "-display", "none", "-bios", "none", "-monitor", "none"];

/** A command that installs what is missing, or undefined. */
export function missingForRiscv(): string | undefined {
	const packages: string[] = [];
	try {
		execFileSync(CROSS_COMPILER, [...CROSS_TARGET, "-E", "-"], { input: "#include <stdio.h>\n", stdio: ["pipe", "ignore", "ignore"] });
	}
	catch {
		packages.push(CROSS_PACKAGES);
	}
	try {
		execFileSync(QEMU, ["--version"], { stdio: "ignore" });
	}
	catch {
		packages.push("qemu-system-misc");
	}
	return packages.length ? `sudo apt-get install ${packages.join(" ")}` : undefined;
}

/** @throws BuildError saying what to install */
export function requireRiscv(): void {
	const install = missingForRiscv();
	if (install)
		throw new BuildError(`the emulated board needs a compiler and QEMU; install them with \`${install}\``);
}

/** Arguments for an image of hosts/riscv; the UART is standard input and output, the exit code is the program's. */
export function qemuArguments(image: string, assets: string, options: { countInstructions: boolean }): string[] {
	return [
		...MACHINE, "-serial", "stdio",
		// Counters count instructions and time is 1 ns each; waiting takes none, so counts of two runs agree exactly.
		...(options.countInstructions ? ["-icount", "shift=0,sleep=on"] : []),
		"-kernel", image, "-device", `loader,file=${assets},addr=0x${ASSETS_ADDRESS.toString(16)},force-raw=on`,
	];
}
