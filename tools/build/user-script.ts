/** Turns a person's TypeScript file, with what it imports, to one script for XS. */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { hash } from "./compiler.ts";
import { BuildError } from "./errors.ts";
import { cacheRoot } from "./paths.ts";

/** Bundles the file; modules of this package stay imports. Gives the script's path; its source map lies beside it. */
export async function bundleForXs(file: string): Promise<string> {
	if (!existsSync(file))
		throw new BuildError(`there is no file ${file}`);
	const { build } = await import("esbuild");
	const folder = join(cacheRoot(), "scripts", hash(resolve(file)));
	mkdirSync(folder, { recursive: true });
	const output = join(folder, `${basename(file).replace(/\.[cm]?[jt]sx?$/, "")}-${process.pid}.js`);
	const { outputFiles } = await build({
		entryPoints: [file], outfile: output, bundle: true, format: "esm", platform: "neutral", mainFields: ["module", "main"],
		conditions: ["import", "default"], target: "es2022", external: ["ruvllm-esp32/*"], sourcemap: "linked", sourcesContent: false,
		legalComments: "none", write: false, logLevel: "silent",
	}).catch((error: Error) => {
		throw new BuildError(error.message);
	});
	for (const { path, contents } of outputFiles)
		writeFileSync(path, contents);
	return output;
}
