/** Finds the Moddable SDK and what it needs, and says in a sentence what is missing. */

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { source } from "../build/paths.ts";

export interface Sdk {
	/** $MODDABLE. */
	root: string;
	/** Where mcconfig, mcsim and the like lie. */
	bin: string;
	/** The SDK's version, "8.2.3"; "?" when it does not say. */
	version: string;
	/** For processes of the SDK: finds its tools, and this package's TypeScript (the SDK needs 6 or later). */
	environment: NodeJS.ProcessEnv;
}

/** What keeps the check from running here; a reason to skip it, not a failure. */
export class SdkMissing extends Error {
	override readonly name = "SdkMissing";
}

/** @throws SdkMissing */
export function findSdk(environment: NodeJS.ProcessEnv = process.env): Sdk {
	const root = environment.MODDABLE;
	if (!root)
		throw new SdkMissing("the variable MODDABLE names no Moddable SDK (https://github.com/Moddable-OpenSource/moddable)");
	if (process.platform !== "linux")
		throw new SdkMissing(`the check runs the simulator without a screen, which works on Linux only, not on ${process.platform}`);
	const bin = join(root, "build/bin/lin/release");
	for (const tool of ["mcconfig", "mcsim", "xsc", "xsl"])
		if (!existsSync(join(bin, tool)))
			throw new SdkMissing(`${join(bin, tool)} is not built: run make in $MODDABLE/build/makefiles/lin`);
	const path = [bin, source("node_modules/.bin"), environment.PATH].join(delimiter);
	if (!which("tsc", path))
		throw new SdkMissing("there is no tsc: run npm install here");
	return { root, bin, version: versionOf(root), environment: { ...environment, PATH: path } };
}

/** @throws SdkMissing when programs of the simulator can't be run here */
export function requireSimulator(sdk: Sdk): void {
	if (!which("xvfb-run", sdk.environment.PATH!))
		throw new SdkMissing("there is no xvfb-run: install the package xvfb");
	if (!existsSync(join(sdk.root, "tools/xsbug-log/node_modules/saxophone")))
		throw new SdkMissing("xsbug-log is not installed: run npm install in $MODDABLE/tools/xsbug-log");
}

function versionOf(root: string): string {
	try {
		return readFileSync(join(root, "tools/VERSION"), "utf8").trim();
	}
	catch {
		return "?";
	}
}

function which(name: string, path: string): boolean {
	return path.split(delimiter).some((folder) => {
		try {
			accessSync(join(folder, name), constants.X_OK);
			return true;
		}
		catch {
			return false;
		}
	});
}
