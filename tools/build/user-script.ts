/** Turns a person's TypeScript file, with what it imports, to one script for XS. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { hash } from "./compiler.ts";
import { BuildError } from "./errors.ts";
import { lineTableOfMap } from "./line-map.ts";
import { cacheRoot } from "./paths.ts";

/** Bundles the file; modules of this package stay imports. Gives the script's path; its table of lines lies beside it. */
export async function bundleForXs(file: string): Promise<string> {
	if (!existsSync(file))
		throw new BuildError(`there is no file ${file}`);
	const { build } = await import("esbuild");
	const folder = join(cacheRoot(), "scripts", hash(resolve(file)));
	mkdirSync(folder, { recursive: true });
	const output = join(folder, `${basename(file).replace(/\.[cm]?[jt]sx?$/, "")}-${process.pid}.js`);
	const { outputFiles } = await build({
		entryPoints: [file], outfile: output, bundle: true, format: "esm", platform: "neutral", mainFields: ["module", "main"],
		conditions: ["import", "default"], target: "es2022", external: ["ruvllm-esp32/*"], sourcemap: "external", sourcesContent: false,
		legalComments: "none", write: false, logLevel: "silent",
	}).catch((error: Error) => {
		throw new BuildError(error.message);
	});
	for (const { path, contents, text } of outputFiles)
		if (path.endsWith(".map"))
			writeFileSync(`${output}.lines`, lineTableOfMap(text, folder));
		else
			writeFileSync(output, contents);
	return output;
}

/** Removes what bundleForXs made. */
export function removeBundle(script: string): void {
	rmSync(script, { force: true });
	rmSync(`${script}.lines`, { force: true });
}
