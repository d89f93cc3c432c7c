/**
 * Whether the firmware's manifest and modules are right for each board, as far as that shows without
 * ESP-IDF: the manifest is resolved, and all TypeScript and JavaScript is checked, compiled and linked,
 * with the data, to the C files that ESP-IDF would compile next.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { source } from "../build/paths.ts";
import { run } from "./process.ts";
import { StepFailed } from "./report.ts";
import { mcconfig, outputFolder } from "./simulator.ts";
import type { Sdk } from "./sdk.ts";

const NAME = "ruvllm-esp32";
const LINK_SECONDS = 300;

/** Names of the folders of hosts/esp32 that are boards. */
export function boards(): string[] {
	const folder = source("hosts/esp32");
	return readdirSync(folder).filter((name) => existsSync(join(folder, name, "manifest.json"))).sort();
}

export async function checkBoard(sdk: Sdk, board: string): Promise<string> {
	const generated = await mcconfig(sdk, "manifest.json", ["-d", "-p", `esp32:./hosts/esp32/${board}`]);
	const folder = join(outputFolder(), "tmp/esp32", board, "debug", NAME);
	if (generated.code !== 0 || !existsSync(join(folder, "makefile")))
		throw new StepFailed(`mcconfig refuses the manifest for ${board}`, generated.output);
	const targets = ["mc.xs.c", "mc.resources.c"].map((name) => join(folder, name));
	const linked = await run("make", ["-f", join(folder, "makefile"), ...withoutIdf(sdk), ...targets],
		{ cwd: folder, environment: sdk.environment, seconds: LINK_SECONDS });
	if (linked.code !== 0)
		throw new StepFailed(`the modules do not compile and link for ${board}`, linked.output);
	const chip = /^ESP32_SUBCLASS = (\S+)$/m.exec(readFileSync(join(folder, "makefile"), "utf8"))?.[1] ?? "?";
	const modules = linked.output.match(/^### (\d+) instances/m);
	return `chip ${chip}: modules and data are linked${modules ? ` (${modules[1]} preloaded instances)` : ""}; the C is left to ESP-IDF`;
}

/** The makefile asks ESP-IDF for its version and configuration, which only its C files need. */
function withoutIdf({ environment }: Sdk): string[] {
	return [...(environment.IDF_PATH ? [] : ["IDF_PATH=/"]), "IDF_VERSION=v6.0", "SDKCONFIG_H="];
}
