/** The folder of real data that streams are made of; it is not part of the project. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../build/paths.ts";
import { StreamError } from "./stream.ts";

/** Where it lies unless told otherwise: beside the package. */
export const DEFAULT_DATA: string = process.env.RUVLLM_ESP32_DATA ?? join(packageRoot, "..", "shared", "data");

/** The names in a folder of the data that match, sorted. */
export function dataNames(folder: string, pattern: RegExp): string[] {
	if (!existsSync(folder))
		throw new StreamError(`there is no folder ${folder}; say with --data where the data of docs/snn-streams.md lies`);
	const names = readdirSync(folder).filter((name) => pattern.test(name)).sort();
	if (!names.length)
		throw new StreamError(`the folder ${folder} has no file that is called like ${pattern.source}`);
	return names;
}

export function dataFile(...parts: string[]): Buffer {
	const path = join(...parts);
	if (!existsSync(path))
		throw new StreamError(`there is no file ${path}; say with --data where the data of docs/snn-streams.md lies`);
	return readFileSync(path);
}
