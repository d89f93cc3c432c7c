/** Runs the tests that need no XS: mocha under Node, on files that esbuild bundles. */

import { build } from "esbuild";
import Mocha from "mocha";
import { join } from "node:path";
import { buildDesktopHost } from "../build/desktop.ts";
import { cacheRoot, packageRoot } from "../build/paths.ts";
import { testFiles } from "./bundle.ts";
import type { Counts } from "./counts.ts";

export async function toolSuites(): Promise<Counts> {
	// Built here, so that what a test of the command line prints is that command's alone.
	await buildDesktopHost();
	await buildDesktopHost({ sanitize: true });
	return nodeSuites("tools");
}

/** The tests of a folder of tests/, under Node. */
export async function nodeSuites(folder: string): Promise<Counts> {
	const outdir = join(cacheRoot(), "tests", folder);
	const files = testFiles([folder]);
	await build({
		entryPoints: files, outdir, bundle: true, platform: "node", format: "esm", target: "node20", sourcemap: "inline", logLevel: "error",
		outExtension: { ".js": ".mjs" }, tsconfig: join(packageRoot, "tsconfig.json"), define: { PACKAGE_ROOT: JSON.stringify(packageRoot) },
		plugins: [{ name: "npm", setup: (b) => b.onResolve({ filter: /^(esbuild|commander|chai|mocha)$/ }, ({ path }) => ({ path: import.meta.resolve(path), external: true })) }],
	});
	const mocha = new Mocha({ timeout: 120000, reporter: "spec" });
	for (const file of files)
		mocha.addFile(join(outdir, `${file.slice(join(packageRoot, "tests", folder).length + 1, -3)}.mjs`));
	await mocha.loadFilesAsync();
	let suites = 0, skipped = 0, passed = 0;
	const failed = await new Promise<number>((resolve) => {
		mocha.run(resolve)
			.on("suite", (suite: { root: boolean }) => { suites += suite.root ? 0 : 1; })
			.on("pending", () => skipped++)
			.on("pass", () => passed++);
	});
	return { passed, failed, skipped, suites };
}
