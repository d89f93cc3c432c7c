/** What the suites are told by arguments of the form key=value: where models and real data lie. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { args } from "ruvllm-esp32/platform/runtime";

export function argument(name: string): string | undefined {
	const found = args.find((text) => text.startsWith(`${name}=`));
	return found?.slice(name.length + 1);
}

/** The argument's value; without it the test is skipped, or fails in CI. */
export function requireArgument(context: Mocha.Context, name: string): string {
	const value = argument(name);
	if (value === undefined) {
		if (argument("ci") === "true")
			throw new Error(`"${name}" is absent, and CI skips nothing`);
		context.skip();
	}
	return value!;
}

/** A mapped file of the real data. */
export const sharedBytes = (context: Mocha.Context, path: string): Uint8Array =>
	new Uint8Array(openAsset(`${requireArgument(context, "shared")}/${path}`));
