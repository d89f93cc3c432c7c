/** The suites inside XS on hosts/riscv. It has 400 KB of RAM, so each file of tests is an image of its own. */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { buildDesktopHost } from "../build/desktop.ts";
import { cacheRoot, packageRoot } from "../build/paths.ts";
import { missingForRiscv } from "../build/qemu.ts";
import { bundleForXs, removeBundle } from "../build/user-script.ts";
import { launchImage, riscvImage } from "../cli/hosts.ts";
import type { Show } from "./beside.ts";
import { bundleSuites, notOnRiscv, testFiles } from "./bundle.ts";
import { type Counts, none } from "./counts.ts";
import { hostArguments } from "./data.ts";

/** Files of the real data that the suites read there. */
const DATA = ["tinystories/dev_v2_131KB.txt", "llm/greedy_ids_60.json"];
const MINUTES = 5;

/** @param files all by default */
export async function insideRiscv(show: Show, files: readonly string[] = testFiles()): Promise<Counts | undefined> {
	const missing = missingForRiscv();
	if (missing) {
		if (process.env.CI === "true")
			throw new Error(`the emulated board is missing: ${missing}`);
		show(`skipped; to run it: ${missing}\n`);
		return undefined;
	}
	const total: Counts = { ...none };
	const { assets, args } = await flash();
	for (const file of files) {
		const name = basename(file, ".test.ts"), reason = notOnRiscv(file);
		if (reason) {
			show(`${name}: not on riscv, ${reason}\n`);
			continue;
		}
		const script = await bundleSuites("small/main.ts", `riscv-${name}.js`, [file]);
		const { code, output } = await runImage(await riscvImage(script), assets, args);
		show(output.replace(/^\{.*\}\s*$/m, ""));
		const last = output.trimEnd().split("\n").at(-1) ?? "";
		if (!last.startsWith("{"))
			throw new Error(`${name}: the machine ended with code ${code} before its suites were done`);
		const counts = JSON.parse(last) as Counts;
		for (const field of ["passed", "failed", "skipped", "suites"] as const)
			total[field] += counts[field];
		if (code !== 0 && counts.failed === 0)
			total.failed++;
	}
	return total;
}

/** Assets by name, and the suites' arguments with names for paths. */
async function flash(): Promise<{ assets: Map<string, Uint8Array>; args: string[] }> {
	const assets = await smallModels();
	const args = (await hostArguments()).map((text) => {
		const [key, value] = text.split("=", 2) as [string, string];
		if (key === "shared") {
			for (const file of DATA)
				if (existsSync(join(value, file)))
					assets.set(`shared/${file}`, readFileSync(join(value, file)));
			return "shared=shared";
		}
		if (/\.(ruvm|rvem)$/.test(value)) {
			assets.set(basename(value), readFileSync(value));
			return `${key}=${basename(value)}`;
		}
		return text;
	});
	return { assets, args };
}

/** Made on the desktop: there they are more than the memory holds. */
async function smallModels(): Promise<Map<string, Uint8Array>> {
	const folder = join(cacheRoot(), "tests", "small-models"), script = await bundleForXs(join(packageRoot, "tests/harness/make-models.ts"));
	mkdirSync(folder, { recursive: true });
	try {
		const { executable } = await buildDesktopHost();
		await promisify(execFile)(executable, [script, folder]);
	}
	finally {
		removeBundle(script);
	}
	return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function runImage(image: string, assets: ReadonlyMap<string, Uint8Array>, args: readonly string[]): Promise<{ code: number; output: string }> {
	const launch = launchImage(image, assets, args, false);
	return new Promise((resolve) => {
		execFile(launch.command, launch.args, { maxBuffer: 1 << 26, timeout: MINUTES * 60_000 }, (error, stdout, stderr) => {
			launch.cleanup();
			resolve({ code: error ? Number(error.code ?? 1) || 1 : 0, output: stdout + stderr });
		});
	});
}
