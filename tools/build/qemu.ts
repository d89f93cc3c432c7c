/** How an image runs: QEMU's "virt" board with the ESP32-C3's instruction set. */

import { execFileSync } from "node:child_process";
import { ASSETS_ADDRESS } from "./assets.ts";
import { BuildError } from "./errors.ts";

export const QEMU = "qemu-system-riscv32";

/** Command line; the UART is standard input and output, the exit code is the program's. */
export function qemuArguments(image: string, assets: string, options: { countInstructions: boolean }): string[] {
	return [
		"-M", "virt", "-cpu", "rv32,a=off,f=off,d=off", "-m", "16M", "-display", "none", "-bios", "none", "-monitor", "none", "-serial", "stdio",
		// Counters count instructions and time is 1 ns each; waiting takes none, so counts of two runs agree exactly.
		...(options.countInstructions ? ["-icount", "shift=0,sleep=on"] : []),
		"-kernel", image, "-device", `loader,file=${assets},addr=0x${ASSETS_ADDRESS.toString(16)},force-raw=on`,
	];
}

/** @throws BuildError saying what to install */
export function requireQemu(): void {
	try {
		execFileSync(QEMU, ["--version"], { stdio: "ignore" });
	}
	catch {
		throw new BuildError(`there is no ${QEMU}: install it with \`sudo apt-get install qemu-system-misc\``);
	}
}
