/** Builds an app for the SDK's simulator and runs it without a screen. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cache, source } from "../build/paths.ts";
import { Ended, run } from "./process.ts";
import { StepFailed } from "./report.ts";
import type { Sdk } from "./sdk.ts";

const BUILD_SECONDS = 600;

/** Where mcconfig puts everything that it makes; it must exist. */
export function outputFolder(): string {
	const folder = cache("sdk");
	mkdirSync(folder, { recursive: true });
	return folder;
}

/**
 * Runs mcconfig on a manifest of this package.
 * @param options for example ["-d", "-m", "-p", "sim"]
 */
export function mcconfig(sdk: Sdk, manifest: string, options: readonly string[]): Promise<Ended> {
	return run(join(sdk.bin, "mcconfig"), [...options, "-t", "build", "-o", outputFolder(), source(manifest)],
		{ cwd: source(), environment: sdk.environment, seconds: BUILD_SECONDS });
}

/**
 * A debug build of an app for the simulator.
 * @returns the library that the simulator loads
 * @throws StepFailed
 */
export async function buildForSimulator(sdk: Sdk, manifest: string, name: string): Promise<string> {
	relink(join(outputFolder(), "tmp/lin/mc/debug", name));
	const build = await mcconfig(sdk, manifest, ["-d", "-m", "-p", "sim"]);
	if (build.code !== 0)
		throw new StepFailed(`${manifest} does not build for the simulator`, build.output);
	checkPreload(build.output);
	return join(outputFolder(), "bin/lin/mc/debug", name, "mc.so");
}

/** Makes the linker run again: it warns only then. `folder` is where make works. */
export function relink(folder: string): void {
	rmSync(join(folder, "mc.xs.c"), { force: true });
}

/**
 * What the linker says of a preloaded module's `let` at top level: it lies in flash, so that the first
 * assignment to it throws. The linker only warns.
 * @throws StepFailed
 */
export function checkPreload(output: string): void {
	const warnings = output.split("\n").filter((line) => /^### warning: .*: no const/.test(line));
	if (warnings.length)
		throw new StepFailed("a preloaded module has variables at top level, which can't be set at run time", warnings.join("\n"));
}

export interface RunOptions {
	seconds: number;
	/** A regular expression: a line of output that matches is enough, and ends the run. */
	until?: string;
}

/**
 * Runs the app under Xvfb, its console in `output`, until it exits (runtime's `exit`) or `until` matches.
 * Port, preferences and screen are its own, so that runs beside each other do not meet.
 */
export async function runInSimulator(sdk: Sdk, library: string, { seconds, until }: RunOptions): Promise<Ended> {
	const home = mkdtempSync(join(tmpdir(), "ruvllm-sdk-"));
	try {
		const port = String(await freePort());
		const environment = {
			...sdk.environment, XSBUG_HOST: "localhost", XSBUG_PORT: port, XSBUG_LOG_PORT: port,
			XDG_CONFIG_HOME: home, XSBUG_PROJECT: home, XSBUG_LOGMACHINE: source("tools/sdk-check/log-machine.cjs"),
			...(until && { RUVLLM_LOG_UNTIL: until }),
		};
		const mcsim = [join(sdk.bin, "mcsim"), source("hosts/simulator/panel"), library];
		return await run("xvfb-run", ["-a", process.execPath, join(sdk.root, "tools/xsbug-log/xsbug-log.js"), ...mcsim], { cwd: home, environment, seconds });
	}
	finally {
		rmSync(home, { recursive: true, force: true });
	}
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}
