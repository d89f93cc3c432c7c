/** The places where the firmware can run, and the command that starts it there. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { packAssets } from "../build/assets.ts";
import { buildDesktopHost } from "../build/desktop.ts";
import { BuildError } from "../build/errors.ts";
import { cacheRoot, packageRoot } from "../build/paths.ts";
import { QEMU, qemuArguments, requireRiscv } from "../build/qemu.ts";
import { buildRiscvImage } from "../build/riscv.ts";
import { bundleForXs, removeBundle } from "../build/user-script.ts";

export const HOSTS = ["desktop", "riscv"] as const;
export type Host = (typeof HOSTS)[number];

export interface Launch {
	command: string;
	args: string[];
	/** Removes what was made for this run. */
	cleanup(): void;
}

/** Whether time on this host is instructions (1 ns each), counted by an emulator. */
export const isEmulated = (host: string): boolean => host === "riscv";

/** @throws BuildError listing the hosts */
export function checkHost(host: string): Host {
	if (!(HOSTS as readonly string[]).includes(host))
		throw new BuildError(`there is no host "${host}"; choose one of ${HOSTS.join(", ")}`);
	return host as Host;
}

/** Firmwares, by the module that they begin with. */
export type Firmware = "main" | "home-main";

/** Builds the host when needed. The firmware will serve requests for this model (a file's path). */
export async function launchFirmware(host: Host, model: string, args: readonly string[] = [], firmware: Firmware = "main"): Promise<Launch> {
	if (host === "desktop") {
		const { executable } = await buildDesktopHost();
		return { command: executable, args: [`ruvllm-esp32/${firmware}`, model, "--serve", ...args], cleanup() {} };
	}
	const name = basename(model);
	return launchImage(await (firmware === "main" ? riscvImage() : bundledImage(firmware)), new Map([[name, readFileSync(model)]]), [name, "--serve", ...args]);
}

async function bundledImage(firmware: Firmware): Promise<string> {
	const script = await bundleForXs(join(packageRoot, "src", `${firmware}.ts`));
	try {
		return await riscvImage(script);
	}
	finally {
		removeBundle(script);
	}
}

/** Starts an image of hosts/riscv, with assets by name and arguments. */
export function launchImage(image: string, assets: ReadonlyMap<string, Uint8Array>, args: readonly string[], countInstructions = true): Launch {
	const folder = join(cacheRoot(), "riscv", "assets");
	const file = join(folder, `${process.pid}-${launched++}.bin`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(file, packAssets(assets, args));
	return { command: QEMU, args: qemuArguments(image, file, { countInstructions }), cleanup: () => rmSync(file, { force: true }) };
}

let launched = 0;

/** The firmware, or a bundled program, for the emulator. */
export async function riscvImage(script?: string): Promise<string> {
	requireRiscv();
	return buildRiscvImage(script);
}
