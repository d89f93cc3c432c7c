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
