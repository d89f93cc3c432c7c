/** Runs the suites of tests/ on the simulator: the files that run on the desktop host, but for worlds of many boards. */

import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { bundleSuites, notOnRiscv, testFiles } from "../test/bundle.ts";
import { StepFailed } from "./report.ts";
import { buildForSimulator, runInSimulator } from "./simulator.ts";
import { requireSimulator, Sdk } from "./sdk.ts";

const RUN_SECONDS = 900;

/** The test app. */
export const TESTS = { manifest: "tests/manifest.json", name: "ruvllm-esp32-tests" } as const;

interface Summary {
	suites: number;
	passed: number;
	failed: number;
	skipped: number;
}

export async function checkTests(sdk: Sdk): Promise<string> {
	requireSimulator(sdk);
	const library = await buildForSimulator(await withSuites(sdk), TESTS.manifest, TESTS.name);
	const { code, output, timedOut } = await runInSimulator(sdk, library, { seconds: RUN_SECONDS });
	const summary = readSummary(output);
	if (!summary)
		throw new StepFailed(`the test app does not finish${timedOut ? ` within ${RUN_SECONDS} s` : ` (exit code ${code})`}`, output);
	const text = `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped in ${summary.suites} suites`;
	if (code !== 0 || summary.failed || summary.passed === 0)
		throw new StepFailed(text, output);
	return text;
}

/** Bundles the suites, and tells the manifest where the bundle lies. */
export async function withSuites(sdk: Sdk): Promise<Sdk> {
	// A debug build takes minutes for a world, which boards have no memory for.
	const bundle = await bundleSuites("../moddable/main.ts", "moddable.js", testFiles().filter((file) => !notOnRiscv(file)));
	// The SDK takes all of a bundle's lines for those of one source: no map is better than a wrong one.
	writeFileSync(bundle, readFileSync(bundle, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));
	return { ...sdk, environment: { ...sdk.environment, RUVLLM_TESTS: dirname(bundle) } };
}

/** The harness ends with a line of JSON. */
function readSummary(output: string): Summary | undefined {
	const line = output.split("\n").reverse().find((text) => /^\{"suites":\d+,/.test(text));
	return line === undefined ? undefined : JSON.parse(line) as Summary;
}
