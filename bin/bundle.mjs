// Node 20 runs no TypeScript: bundles a tool with esbuild when it, or what it may import, has changed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where built things go: $RUVLLM_ESP32_CACHE, or build/ of the package, or the user's cache. */
export function cacheRoot() {
	if (process.env.RUVLLM_ESP32_CACHE)
		return process.env.RUVLLM_ESP32_CACHE;
	const own = join(root, "build");
	try {
		mkdirSync(own, { recursive: true });
		writeFileSync(join(own, ".writable"), "");
		return own;
	}
	catch {
		return join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "/tmp", ".cache"), "ruvllm-esp32");
	}
}

function* sources(folder) {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory())
			yield* sources(path);
		else if (entry.name.endsWith(".ts"))
			yield path;
	}
}

/** Imports a tool's TypeScript, bundled; fast when nothing changed, for then esbuild is not even loaded. */
export async function importTool(entry) {
	const hash = createHash("sha256").update(root);
	for (const folder of ["tools", "src", "tests/support"])
		if (existsSync(join(root, folder)))
			for (const path of sources(join(root, folder))) {
				const { mtimeMs, size } = statSync(path);
				hash.update(`${path} ${mtimeMs} ${size}\n`);
			}
	const stamp = hash.digest("hex");
	const out = join(cacheRoot(), "tools", entry.replace(/[/\\]/g, "-").replace(/\.ts$/, ".mjs"));
	if (!existsSync(out) || !existsSync(out + ".stamp") || readFileSync(out + ".stamp", "utf8") !== stamp) {
		const { build } = await import("esbuild");
		await build({
			entryPoints: [join(root, entry)], outfile: out, bundle: true, platform: "node", format: "esm", target: "node20",
			sourcemap: "inline", logLevel: "error", tsconfig: join(root, "tsconfig.json"), packages: "bundle",
			external: ["esbuild", "commander", "mocha", "typescript"],
			define: { PACKAGE_ROOT: JSON.stringify(root) },
			// The bundle may lie outside the package, where its dependencies are not found by name.
			plugins: [{ name: "absolute", setup: (b) => b.onResolve({ filter: /^(esbuild|commander|mocha)$/ }, (a) => ({ path: import.meta.resolve(a.path), external: true })) }],
		});
		writeFileSync(out + ".stamp", stamp);
	}
	return import(out);
}
