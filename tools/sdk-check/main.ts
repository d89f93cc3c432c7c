/**
 * npm run sdk-check: whether the Moddable SDK builds what this package says it builds.
 *
 *   manifest   src/manifest.json lists all modules            (needs no SDK)
 *   app        the firmware on the simulator says what it says on the desktop
 *   tests      the suites pass on the simulator
 *   board ...  the firmware's modules compile and link for each board of hosts/esp32
 *   radio for  the same for the app that has the radio alone, on the smallest chip
 *   federation the same for the app of a federation's boards, on the smallest and the largest chip
 *   tests for  the same for the suites, on the board with the most memory
 *
 * Without MODDABLE it says what it skipped, and succeeds; with --required that is exit code 2.
 */

import { Command } from "commander";
import { checkApp } from "./app.ts";
import { boards, checkBoard, FEDERATION, FIRMWARE, RADIO } from "./boards.ts";
import { checkManifest } from "./manifest.ts";
import { exitCode, formatSkipped, formatStep, Step, StepFailed } from "./report.ts";
import { findSdk, Sdk, SdkMissing } from "./sdk.ts";
import { checkTests, TESTS, withSuites } from "./tests.ts";

const RADIO_BOARD = "esp32c3", TEST_BOARD = "esp32s3";

interface Options {
	json?: boolean;
	required?: boolean;
	only?: string[];
}

type Check = (sdk: () => Sdk) => string | Promise<string>;

function checks(): [string, Check][] {
	return [
		["manifest", checkManifest],
		["app", (sdk) => checkApp(sdk())],
		["tests", (sdk) => checkTests(sdk())],
		...boards().map((board): [string, Check] => [`board ${board}`, (sdk) => checkBoard(sdk(), board, FIRMWARE)]),
		[`radio for ${RADIO_BOARD}`, (sdk) => checkBoard(sdk(), RADIO_BOARD, RADIO)],
		...[RADIO_BOARD, TEST_BOARD].map((board): [string, Check] => [`federation for ${board}`, (sdk) => checkBoard(sdk(), board, FEDERATION)]),
		[`tests for ${TEST_BOARD}`, async (sdk) => checkBoard(await withSuites(sdk()), TEST_BOARD, TESTS)],
	];
}

async function perform(name: string, check: Check, sdk: () => Sdk): Promise<Step> {
	const start = performance.now();
	const step = (status: Step["status"], detail: string, output?: string): Step =>
		({ name, status, detail, seconds: Math.round(performance.now() - start) / 1000, ...(output !== undefined && { output }) });
	try {
		return step("passed", await check(sdk));
	}
	catch (error) {
		if (error instanceof SdkMissing)
			return step("skipped", error.message);
		return step("failed", (error as Error).message, error instanceof StepFailed ? error.output : (error as Error).stack);
	}
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const program = new Command("sdk-check")
		.description("build for the Moddable SDK's simulator and boards, and run the firmware and its tests on the simulator")
		.option("--required", "exit with 2 when something had to be skipped")
		.option("--json", "print one JSON object")
		.option("--only <names...>", "only the steps whose names begin so: manifest, app, tests, board, radio, federation")
		.parse(argv);
	const { json, required, only } = program.opts<Options>();
	const chosen = checks().filter(([name]) => !only || only.some((start) => name.startsWith(start)));
	if (chosen.length === 0)
		program.error(`there is no step ${only!.join(", ")}; there are ${checks().map(([name]) => name).join(", ")}`, { exitCode: 1 });
	const steps: Step[] = [];
	for (const [name, check] of chosen) {
		const step = await perform(name, check, () => findSdk());
		steps.push(step);
		if (!json && step.status !== "skipped")
			console.log(formatStep(step));
	}
	if (!json)
		for (const line of formatSkipped(steps))
			console.log(line);
	process.exitCode = exitCode(steps, required ?? false);
	if (json)
		console.log(JSON.stringify({ ok: process.exitCode === 0, steps }));
}
