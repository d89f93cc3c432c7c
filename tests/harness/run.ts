/**
 * Runs mocha suites inside XS, on any host: the desktop, the simulator, a board. Prints one line per
 * test and ends with a line of JSON, {"suites", "passed", "failed", "skipped"}.
 */

import "./globals";
import { bddInterface } from "mocha/lib/interfaces/bdd.js";
import { Runner } from "mocha/lib/runner.js";
import { Suite } from "mocha/lib/suite.js";
import { print } from "ruvllm-esp32/platform/console";

export interface Summary {
	suites: number;
	passed: number;
	failed: number;
	skipped: number;
}

interface Test {
	title: string;
	fullTitle(): string;
	duration?: number;
}

/** @param load imports the test files, which call describe */
export async function runSuites(load: () => Promise<void> | void): Promise<Summary> {
	const root = new Suite("", undefined, true);
	root.timeout(60000);
	bddInterface(root);
	root.emit("pre-require", globalThis, "", { options: {} });
	await load();
	const runner = new Runner(root, { delay: false, cleanReferencesAfterRun: false });
	const summary: Summary = { suites: 0, passed: 0, failed: 0, skipped: 0 };
	let depth = 0;
	runner.on("suite", (suite: Suite) => {
		if (suite.root)
			return;
		summary.suites++;
		print(`${"  ".repeat(depth++)}${suite.title}\n`);
	});
	runner.on("suite end", (suite: Suite) => {
		if (!suite.root)
			depth--;
	});
	runner.on("pass", (test: Test) => {
		summary.passed++;
		print(`${"  ".repeat(depth)}ok ${test.title}${test.duration && test.duration > 500 ? ` (${test.duration} ms)` : ""}\n`);
	});
	runner.on("pending", (test: Test) => {
		summary.skipped++;
		print(`${"  ".repeat(depth)}skipped ${test.title}\n`);
	});
	runner.on("fail", (test: Test, error: Error) => {
		summary.failed++;
		print(`${"  ".repeat(depth)}FAILED ${test.fullTitle()}\n${error?.stack ?? String(error)}\n${error?.message ?? ""}\n`);
	});
	await new Promise<void>((resolve) => { runner.run(() => resolve()); });
	print(`${JSON.stringify(summary)}\n`);
	return summary;
}
