/** The modules that are linked into a host: found, turned to JavaScript, compiled to byte code. */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { hash } from "./compiler.ts";
import { BuildError } from "./errors.ts";
import { lineTable } from "./line-map.ts";
import { cacheRoot, packageRoot } from "./paths.ts";

export interface Module {
	specifier: string;
	/** Absolute path of the .ts or .js file. */
	source: string;
}

/** All files of a folder, recursively, sorted. */
export function filesUnder(folder: string): string[] {
	if (!existsSync(folder))
		return [];
	return readdirSync(folder, { withFileTypes: true })
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]);
}

/** @param host a folder of hosts/ that compiles XS itself */
export function findModules(host: string): Module[] {
	const src = join(packageRoot, "src");
	const typescript = filesUnder(src).filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
	const natives = ["hosts/common", `hosts/${host}`, "native/xs"].map((folder) => join(packageRoot, folder))
		.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".js")).sort().map((name) => join(folder, name)));
	return [
		...typescript.map((source) => ({
			specifier: "ruvllm-esp32/" + relative(src, source).split(sep).join("/").replace(/(\/index)?\.ts$/, ""), source,
		})),
		...natives.map((source) => ({ specifier: `ruvllm-esp32/platform/${basename(source, ".js")}`, source })),
	];
}

/** A C name for a module. */
export const identifier = (specifier: string): string => specifier.replace(/^ruvllm-esp32\//, "").replace(/[^A-Za-z0-9]/g, "_");

/** Byte code as C files, one per module, made by `compiler` (an executable) where the source is new. */
export async function byteCode(modules: readonly Module[], compiler: string): Promise<string[]> {
	const folder = join(cacheRoot(), "modules");
	mkdirSync(folder, { recursive: true });
	const tool = hash(readFileSync(compiler));
	const outputs = modules.map(({ specifier, source }) => join(folder, `${identifier(specifier)}-${hash(tool, source, specifier, readFileSync(source))}.c`));
	const waiting = modules.map((module, i) => ({ ...module, output: outputs[i]! })).filter(({ output }) => !existsSync(output));
	if (waiting.length === 0)
		return outputs;
	const scripts = await toScripts(waiting);
	for (const [i, { specifier, source, output }] of waiting.entries()) {
		const path = shortPath(source);
		const { script, lines } = scripts[i]!;
		const file = output.replace(/\.c$/, `.${process.pid}.js`);
		writeFileSync(file, script);
		writeFileSync(`${file}.lines`, lines);
		try {
			const { stdout } = await promisify(execFile)(compiler, [specifier, file, identifier(specifier)], { maxBuffer: 1 << 28 });
			writeFileSync(`${file}.c`, stdout);
			renameSync(`${file}.c`, output);
		}
		catch (error) {
			throw new BuildError(`${path} can't be compiled:\n${(error as { stderr?: string }).stderr ?? error}`);
		}
		finally {
			rmSync(file, { force: true });
			rmSync(`${file}.lines`, { force: true });
		}
	}
	return outputs;
}

/** JavaScript of each module, and the table of its lines. */
export async function toScripts(modules: readonly Module[]): Promise<(Module & { script: string; lines: string })[]> {
	const translated = await toJavaScript(modules.map(({ source }) => source));
	return modules.map((module) => ({
		...module, ...translated.get(module.source) ?? { script: readFileSync(module.source, "utf8"), lines: lineTable([shortPath(module.source)]) },
	}));
}

const shortPath = (source: string): string => relative(packageRoot, source).split(sep).join("/");

/** Turns TypeScript to JavaScript, file by file, with tables of lines that name paths relative to the package. */
async function toJavaScript(sources: readonly string[]): Promise<Map<string, { script: string; lines: string }>> {
	const typescript = sources.filter((source) => source.endsWith(".ts"));
	const { transform } = await import("esbuild");
	const results = await Promise.all(typescript.map(async (source) => {
		const name = shortPath(source);
		const { code, map } = await transform(readFileSync(source, "utf8"), {
			loader: "ts", format: "esm", target: "es2022", sourcemap: "external", sourcefile: name, sourcesContent: false, logLevel: "silent",
		}).catch((error: Error) => {
			throw new BuildError(`${name}: ${error.message}`);
		});
		return [source, { script: code, lines: lineTable([name], (JSON.parse(map) as { mappings: string }).mappings) }] as const;
	}));
	return new Map(results);
}
