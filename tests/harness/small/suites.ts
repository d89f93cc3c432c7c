/**
 * describe and it for machines with 400 KB of RAM, of which mocha and chai alone would take 500: the same
 * test files, the same lines of output and the same summary as run.ts, of a runner that keeps next to nothing.
 */

import { microseconds } from "ruvllm-esp32/platform/clock";
import { collect, memoryUse } from "ruvllm-esp32/platform/runtime";
import { print } from "ruvllm-esp32/platform/console";
import type { Summary } from "../run";

type Body = () => unknown;

interface Test {
	title: string;
	body: Body | undefined;
}

interface Suite {
	title: string;
	/** Tests and suites in the order in which they were declared. */
	entries: (Test | Suite)[];
	/** To be called when all have run. */
	after: Body[];
}

const root: Suite = { title: "", entries: [], after: [] };
let current = root;
/** What mocha returns allows a timeout to be set; here the emulator's caller has one for all. */
const handle = { timeout: () => handle };

function describe(title: string, body: Body): void {
	const suite: Suite = { title, entries: [], after: [] }, outer = current;
	outer.entries.push(suite);
	current = suite;
	body();
	current = outer;
}

function declare(title: string, body?: Body): typeof handle {
	current.entries.push({ title, body });
	return handle;
}

const own = globalThis as unknown as Record<string, unknown>;
own.describe = describe;
own.after = (body: Body) => { current.after.push(body); };
own.it = Object.assign(declare, { skip: (title: string) => declare(title) });

/** Runs what was declared since the start. */
export async function runDeclared(): Promise<Summary> {
	const summary: Summary = { suites: 0, passed: 0, failed: 0, skipped: 0 };
	await runSuite(root, "", "", summary);
	print(`${JSON.stringify(summary)}\n`);
	return summary;
}

async function runSuite(suite: Suite, indent: string, path: string, summary: Summary): Promise<void> {
	for (const entry of suite.entries.splice(0)) {
		if ("entries" in entry) {
			summary.suites++;
			print(`${indent}${entry.title}\n`);
			await runSuite(entry, indent + "  ", `${path}${entry.title} `, summary);
		}
		else if (!entry.body) {
			summary.skipped++;
			print(`${indent}skipped ${entry.title}\n`);
		}
		else
			await runTest(entry.title, entry.body, indent, path, summary);
	}
	for (const body of suite.after)
		await body();
}

async function runTest(title: string, body: Body, indent: string, path: string, summary: Summary): Promise<void> {
	const start = microseconds();
	try {
		await body();
		summary.passed++;
		const ms = Math.round((microseconds() - start) / 1000);
		print(`${indent}ok ${title}${ms > 500 ? ` (${ms} ms)` : ""}\n`);
	}
	catch (error) {
		summary.failed++;
		print(`${indent}FAILED ${path}${title}\n${(error as Error)?.stack ?? String(error)}\n${JSON.stringify(memoryUse())}\n`);
	}
	collect();
}
