/** What the program's arguments (key=value) name: models and real data that may be absent. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { args } from "ruvllm-esp32/platform/runtime";

interface Skips {
	skip(): never | void;
}

export function argument(name: string): string | undefined {
	const prefix = `${name}=`;
	return args.find((text) => text.startsWith(prefix))?.slice(prefix.length);
}

/** Without it the test is skipped; in continuous integration, where nothing may be absent, it fails. */
export function requireArgument(test: Skips, name: string): string {
	const value = argument(name);
	if (value === undefined) {
		if (argument("ci") === "true")
			throw new Error(`this run was not told where "${name}" lies (${name}=PATH), and in continuous integration nothing is skipped`);
		test.skip();
	}
	return value!;
}

/** The bytes of a model, mapped. */
export function modelBytes(test: Skips, name: string): ArrayBuffer {
	return openAsset(requireArgument(test, name));
}

/** A file of the folder with real data, mapped. */
export function sharedBytes(test: Skips, path: string): Uint8Array {
	return new Uint8Array(openAsset(`${requireArgument(test, "shared")}/${path}`));
}
