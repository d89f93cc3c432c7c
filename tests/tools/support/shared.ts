import { type GateName, hasGate } from "../../../tools/snn/gate/tables.ts";
import { sharedData } from "../../../tools/test/data.ts";

/** The folder of real data; without it the test is skipped, or fails in CI. */
export function requireShared(context: Mocha.Context): string {
	const folder = sharedData();
	if (folder === undefined) {
		if (process.env.CI === "true")
			throw new Error("the shared data is absent, and CI skips nothing");
		context.skip();
	}
	return folder!;
}

/** A gate that is shipped; without it the test is skipped, or fails in CI. */
export function requireGate(context: Mocha.Context, name: GateName): void {
	if (hasGate(name))
		return;
	if (process.env.CI === "true")
		throw new Error(`models/gate-${name}.rvsn is absent, and CI skips nothing`);
	context.skip();
}
