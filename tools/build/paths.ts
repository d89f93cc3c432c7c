/** Where things lie. */

import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Put in by bin/bundle.mjs: bundles lie outside the package. */
declare const PACKAGE_ROOT: string;

/** The package's folder. */
export const packageRoot = PACKAGE_ROOT;

let root: string | undefined;

/** Where built things go: $RUVLLM_ESP32_CACHE, or build/ of the package, or the user's cache when that can't be written. */
export function cacheRoot(): string {
	if (root === undefined) {
		root = process.env.RUVLLM_ESP32_CACHE ?? join(packageRoot, "build");
		try {
			mkdirSync(root, { recursive: true });
			writeFileSync(join(root, ".writable"), "");
		}
		catch {
			root = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ruvllm-esp32");
			mkdirSync(root, { recursive: true });
		}
	}
	return root;
}
