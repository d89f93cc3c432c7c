// Node 20 runs no TypeScript: bundles a tool with esbuild when it, or what it may import, has changed.
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.env.RUVLLM_ESP32_ROOT = root;
process.setSourceMapsEnabled?.(true);

/** Where built things go; the same as in tools/build/paths.ts. */
function cacheRoot() {
	if (process.env.RUVLLM_ESP32_CACHE)
		return process.env.RUVLLM_ESP32_CACHE;
	try {
		accessSync(root, constants.W_OK);
		return join(root, "build");
	}
	catch {
		return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ruvllm-esp32");
	}
}

/** Names, sizes and times of all files the bundle may hold. */
function inventory(folder, lines = []) {
	if (!existsSync(join(root, folder)))
		return lines;
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory())
			inventory(path, lines);
		else if (/\.([mc]?[jt]s|json)$/.test(entry.name)) {
			const { mtimeMs, size } = statSync(join(root, path));
			lines.push(`${path} ${size} ${mtimeMs}`);
		}
	}
	return lines;
}

/** The file of a module of src/ by its name without the package's. */
function moduleOfPackage(name) {
	const file = join(root, "src", `${name}.ts`);
	return existsSync(file) ? file : join(root, "src", name, "index.ts");
}

/** Imports a tool's TypeScript, bundled; fast when nothing changed, for then esbuild is not even loaded. */
export async function importTool(entry) {
	const shipped = join(root, "dist", basename(dirname(entry)) + ".mjs");
	if (!existsSync(join(root, entry)) && existsSync(shipped))
		return import(pathToFileURL(shipped).href);
	const out = join(cacheRoot(), "tools", entry.replace(/[/\\]/g, "-").replace(/\.ts$/, ".mjs"));
	const stamp = [root, process.version, ...["tools", "src", "tests", "benches", "examples", "bin"].flatMap((folder) => inventory(folder)), statSync(join(root, "package.json")).mtimeMs].join("\n");
	if (!existsSync(out) || !existsSync(out + ".stamp") || readFileSync(out + ".stamp", "utf8") !== stamp) {
		const { build } = await import("esbuild");
		mkdirSync(dirname(out), { recursive: true });
		const fresh = `${out}.${process.pid}`;
		await build({
			entryPoints: [join(root, entry)], outfile: fresh, bundle: true, platform: "node", format: "esm", target: "node20",
			absWorkingDir: root, tsconfig: join(root, "tsconfig.json"), sourcemap: "inline", logLevel: "error",
			// The bundle may lie outside the package, where its dependencies are not found by name; and for a
			// package inside node_modules esbuild does not read the paths of tsconfig.json.
			plugins: [{
				name: "absolute",
				setup: ({ onResolve }) => onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) => {
					if (kind === "entry-point")
						return undefined;
					if (path.startsWith("ruvllm-esp32/"))
						return { path: moduleOfPackage(path.slice("ruvllm-esp32/".length)) };
					return { path: isBuiltin(path) ? path : import.meta.resolve(path), external: true };
				}),
			}],
		});
		renameSync(fresh, out);
		writeFileSync(out + ".stamp", stamp);
	}
	return import(pathToFileURL(out).href);
}
