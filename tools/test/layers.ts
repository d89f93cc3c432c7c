/** The rules of docs/architecture.md that a machine can check: who imports whom, what C may contain, and what the library's manifest lists. */

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { packageRoot } from "../build/paths.ts";
import { manifestFaults } from "../sdk-check/manifest.ts";

/** Rooms of src/, and the rooms each may import beside itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
	core: [],
	platform: ["core"],
	engine: ["core", "platform"],
	ruvector: ["core", "platform"],
	snn: ["core", "platform"],
	plugins: ["core", "platform"],
	console: ["core", "platform", "engine"],
	"espnow-federation": ["engine", "ruvector", "core", "platform"],
};

function* files(folder: string, endings: RegExp): Generator<string> {
	for (const entry of readdirSync(folder, { withFileTypes: true }))
		if (entry.isDirectory())
			yield* files(join(folder, entry.name), endings);
		else if (endings.test(entry.name))
			yield join(folder, entry.name);
}

const IMPORT = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

/** Sentences that say what is wrong; none when all is well. */
export function checkLayers(): string[] {
	const wrong: string[] = [];
	const source = join(packageRoot, "src");
	for (const file of files(source, /\.ts$/)) {
		const name = relative(source, file);
		const room = name.includes("/") ? name.split("/")[0]! : undefined;
		for (const [, specifier] of readFileSync(file, "utf8").matchAll(IMPORT))
			wrong.push(...checkImport(name, room, specifier!));
	}
	for (const file of files(join(packageRoot, "native"), /\.[ch]$/)) {
		const name = relative(packageRoot, file), code = withoutComments(readFileSync(file, "utf8"));
		const glue = name.startsWith("native/xs/");
		if (!glue && /#include\s*[<"]xs/.test(code))
			wrong.push(`${name} includes a header of XS; kernels know nothing of it`);
		if (!glue && /\b(float|double)\b/.test(code))
			wrong.push(`${name} has a floating-point type; kernels are integers only`);
		if (!glue && /\b(malloc|calloc|realloc|free)\s*\(/.test(code))
			wrong.push(`${name} allocates; the caller of a kernel supplies its memory`);
	}
	return [...wrong, ...manifestFaults()];
}

function checkImport(file: string, room: string | undefined, specifier: string): string[] {
	if (specifier.startsWith("node:") || /^(fs|path|os|child_process|worker_threads|process)$/.test(specifier))
		return [`src/${file} imports ${specifier}; src/ never imports Node`];
	const target = specifier.match(/^ruvllm-esp32\/([^/]+)/)?.[1];
	if (target === undefined)
		return [`src/${file} imports ${specifier}; in src/ modules are named ruvllm-esp32/...`];
	if (room === undefined || target === room)
		return [];
	const allowed = MAY_IMPORT[room];
	if (!allowed)
		return [`src/${room} is no room of docs/architecture.md`];
	return allowed.includes(target) ? [] : [`src/${file} imports ${target}; ${room} may import ${allowed.join(", ") || "nothing"}`];
}

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, (text) => text.startsWith('"xs') ? text : '""');
