/** Bundles mocha's core and all test files to one script for XS. */

import { build, type Plugin } from "esbuild";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot, packageRoot } from "../build/paths.ts";

/** Folders of tests/ whose files run inside XS. */
const XS_FOLDERS = ["core", "engine", "ruvector", "snn", "federation", "plugins", "hosts"];

export function testFiles(folders: readonly string[] = XS_FOLDERS): string[] {
	const files: string[] = [];
	const walk = (folder: string): void => {
		for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1))
			if (entry.isDirectory())
				walk(join(folder, entry.name));
			else if (entry.name.endsWith(".test.ts"))
				files.push(join(folder, entry.name));
	};
	for (const name of folders)
		if (existsSync(join(packageRoot, "tests", name)))
			walk(join(packageRoot, "tests", name));
	return files;
}

/** Why a file of tests is left out where worlds of many boards don't fit: its first line says "(not on riscv: ...)". */
export const notOnRiscv = (file: string): string | undefined => /\(not on riscv: ([^)]+)\)/.exec(readFileSync(file, "utf8").split("\n", 1)[0]!)?.[1];

/** Modules of Node and npm that mocha's core imports, by what stands in for them. */
const SHIMS: Record<string, string> = {
	"node:events": "events.ts", "node:util": "util.ts", "node:path": "path.ts",
	debug: "nothing.cjs", ms: "nothing.cjs", picocolors: "nothing.cjs", "is-unicode-supported": "nothing.cjs",
};

/** @returns the script's path. `entry` is a file of tests/harness, `files` the tests. */
export async function bundleSuites(entry = "desktop.ts", output = "suites.js", files = testFiles()): Promise<string> {
	const shims: Plugin = {
		name: "shims",
		setup(b) {
			b.onResolve({ filter: /^[^./]/ }, ({ path }) => path in SHIMS ? { path: join(packageRoot, "tests/harness/shims", SHIMS[path]!) } : undefined);
			if (entry.startsWith("small/"))
				for (const [name, file] of [["^chai$", "expect"], ["support/small-model$", "small-model"]])
					b.onResolve({ filter: new RegExp(name!) }, () => ({ path: join(packageRoot, `tests/harness/small/${file}.ts`) }));
			b.onResolve({ filter: /^mocha\/lib\// }, ({ path }) => ({ path: join(packageRoot, "node_modules", path) }));
			b.onResolve({ filter: /^test-suites$/ }, () => ({ path: "test-suites", namespace: "suites" }));
			b.onLoad({ filter: /.*/, namespace: "suites" }, () => ({ contents: files.map((file) => `import ${JSON.stringify(file)};`).join("\n"), resolveDir: packageRoot }));
		},
	};
	const outfile = join(cacheRoot(), "tests", output);
	await build({
		entryPoints: [join(packageRoot, "tests/harness", entry)], outfile, bundle: true, format: "esm", platform: "neutral",
		mainFields: ["module", "main"], target: "es2022", external: ["ruvllm-esp32/*"], sourcemap: "linked", sourcesContent: false,
		logLevel: "error", plugins: [shims], tsconfigRaw: {}, define: { "process.env.NODE_ENV": '"test"' },
	});
	return outfile;
}
