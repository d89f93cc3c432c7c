/** What the suites are told by arguments of the form key=value: where models and real data lie. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { args, host } from "ruvllm-esp32/platform/runtime";

export function argument(name: string): string | undefined {
	const found = args.find((text) => text.startsWith(`${name}=`));
	return found?.slice(name.length + 1);
}

/**
 * A test that needs arguments: without them it is shown as skipped, or fails in CI. Decided when it is
 * declared, since mocha's way out of a running test is an exception that XS on boards does not let it make.
 */
export function itWith(names: readonly string[], title: string, body: (...values: string[]) => void): void {
	const values = names.map(argument);
	const absent = names.filter((_, i) => values[i] === undefined);
	if (absent.length === 0)
		it(title, () => body(...values as string[])).timeout(600000);
	else if (argument("ci") === "true")
		it(title, () => { throw new Error(`${absent.join(" and ")} is absent, and CI skips nothing`); });
	else
		it.skip(title);
}

/** How often a random test goes round: emulated processors are some hundred times slower. */
export const rounds = (desktop: number): number => host === "riscv" ? Math.ceil(desktop / 100) : desktop;

/** A mapped file. */
export const bytesOf = (path: string): Uint8Array => new Uint8Array(openAsset(path));
