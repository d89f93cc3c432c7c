/** Where the package and its build cache lie. */

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package, wherever the bundle of this code lies; bin/ tells it. */
export const packageRoot: string = process.env.RUVLLM_ESP32_ROOT ?? findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
	for (let at = folder; ; at = dirname(at)) {
		const file = join(at, "package.json");
		if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "ruvllm-esp32")
			return at;
		if (at === dirname(at))
			throw new Error(`${folder} is not inside the ruvllm-esp32 package`);
	}
}

/** Everything that is built goes here: $RUVLLM_ESP32_CACHE, or the package's build/, or the user's cache. */
export function cacheRoot(): string {
	if (process.env.RUVLLM_ESP32_CACHE)
		return process.env.RUVLLM_ESP32_CACHE;
	try {
		accessSync(packageRoot, constants.W_OK);
		return join(packageRoot, "build");
	}
	catch {
		return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ruvllm-esp32");
	}
}

/** A path in the cache. */
export const cache = (...parts: string[]): string => join(cacheRoot(), ...parts);
/** A path in the package. */
export const source = (...parts: string[]): string => join(packageRoot, ...parts);
