/**
 * Whether an app's manifest and modules are right for a board, as far as that shows without ESP-IDF: the
 * manifest is resolved, and all TypeScript and JavaScript is checked, compiled and linked,
 * with the data, to the C files that ESP-IDF would compile next.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { source } from "../build/paths.ts";
import { run } from "./process.ts";
import { StepFailed } from "./report.ts";
import { checkPreload, mcconfig, outputFolder, relink } from "./simulator.ts";
import type { Sdk } from "./sdk.ts";

const LINK_SECONDS = 300;

/** Names of the folders of hosts/esp32 that are boards. */
export function boards(): string[] {
	const folder = source("hosts/esp32");
	return readdirSync(folder).filter((name) => existsSync(join(folder, name, "manifest.json"))).sort();
}

/** An app: its manifest, and the name that it gives itself there. */
export interface App {
	manifest: string;
	name: string;
}

export const FIRMWARE: App = { manifest: "manifest.json", name: "ruvllm-esp32" };
/** The radio alone, without the library. */
export const RADIO: App = { manifest: "native/espnow/example/manifest.json", name: "ruvllm-esp32-radio" };

/** A board of a federation. */
export const FEDERATION: App = { manifest: "examples/federation/manifest.json", name: "ruvllm-esp32-federation" };

/** @throws StepFailed */
export async function checkBoard(sdk: Sdk, board: string, { manifest, name }: App): Promise<string> {
	const generated = await mcconfig(sdk, manifest, ["-d", "-p", `esp32:./hosts/esp32/${board}`]);
	const folder = join(outputFolder(), "tmp/esp32", board, "debug", name);
	if (generated.code !== 0 || !existsSync(join(folder, "makefile")))
		throw new StepFailed(`mcconfig refuses ${manifest} for ${board}`, generated.output);
	const makefile = readFileSync(join(folder, "makefile"), "utf8");
	// The SDK escapes spaces in what "build" says: the compiler would get all folders of headers as one.
	if (/^C_INCLUDES = .*\\ /m.test(makefile))
		throw new StepFailed(`the folders of C_INCLUDES of ${manifest} for ${board} are separated by spaces; use tabs (\\t)`);
	relink(folder);
	const targets = ["mc.xs.c", "mc.resources.c"].map((file) => join(folder, file));
	const linked = await run("make", ["-f", join(folder, "makefile"), ...withoutIdf(sdk), ...targets],
		{ cwd: folder, environment: sdk.environment, seconds: LINK_SECONDS });
	if (linked.code !== 0)
		throw new StepFailed(`the modules of ${manifest} do not compile and link for ${board}`, linked.output);
	checkPreload(linked.output);
	const chip = /^ESP32_SUBCLASS = (\S+)$/m.exec(makefile)?.[1] ?? "?";
	return `chip ${chip}: ${manifest}'s modules and data compile and link; the C is left to ESP-IDF`;
}

/** The makefile asks ESP-IDF for its version and configuration, which only its C files need. */
function withoutIdf({ environment }: Sdk): string[] {
	return [...(environment.IDF_PATH ? [] : ["IDF_PATH=/"]), "IDF_VERSION=v6.0", "SDKCONFIG_H="];
}
