/** Whether the library's manifest knows every module of src/, and preloads what can be preloaded; needs no SDK. */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { source } from "../build/paths.ts";
import { StepFailed } from "./report.ts";

const MANIFEST = "src/manifest.json", LIBRARY = "ruvllm-esp32/";

interface Manifest {
	modules: Record<string, string | string[]>;
	preload: string[];
}

/** @throws StepFailed naming what a build with the SDK would not find, or would load at the start though others were linked ready-made */
export function checkManifest(): string {
	const faults = manifestFaults();
	if (faults.length)
		throw new StepFailed(faults.join("; "));
	return `${MANIFEST} lists all ${folders().length} folders of src/, and what its ${read().preload.length} preloaded modules import`;
}

/** Sentences that say what is wrong; none when all is well. */
export function manifestFaults(): string[] {
	const { modules, preload } = read(), preloaded = new Set(preload);
	const missing = folders().flatMap((folder) => [
		...(lists(modules, `${LIBRARY}${folder}/*`, `./${folder}/*`) ? [] : [`"${LIBRARY}${folder}/*": "./${folder}/*"`]),
		...(!existsSync(source(join("src", folder, "index.ts"))) || lists(modules, `${LIBRARY}${folder}`, `./${folder}/index`)
			? [] : [`"${LIBRARY}${folder}": "./${folder}/index" (before the line that ends in *)`]),
	]);
	return [
		...missing.map((line) => `${MANIFEST} lacks ${line}`),
		...preload.filter((name, i) => preload.indexOf(name) !== i).map((name) => `${MANIFEST} preloads ${name} twice`),
		...preload.flatMap((name) => preloadFaults(name, preloaded)),
	];
}

/* The SDK says nothing of names that are no modules; and a module that a preloaded one imports is linked twice, as data and as code. */
function preloadFaults(name: string, preloaded: ReadonlySet<string>): string[] {
	const file = fileOf(name);
	if (!file)
		return [`${MANIFEST} preloads ${name}, which is no module of src/`];
	const code = readFileSync(file, "utf8");
	return [
		...importsOf(code).filter((other) => !preloaded.has(other)).map((other) => `${MANIFEST} preloads ${name}, but not ${other}, which it imports`),
		...Array.from(code.matchAll(/^(?:export )?(?:let|var) (\w+)/gm), ([, variable]) => `${MANIFEST} preloads ${name}, whose variable ${variable} XS makes constant`),
	];
}

/** Of a module of src/, or the declarations of a port. */
function fileOf(name: string): string | undefined {
	const path = name.startsWith(LIBRARY) ? join("src", name.slice(LIBRARY.length)) : undefined;
	return path && [`${path}.ts`, `${path}/index.ts`, `${path}.d.ts`].map((file) => source(file)).find((file) => existsSync(file));
}

/** What a module imports when it runs: not what it needs for types alone. */
function importsOf(code: string): string[] {
	return Array.from(code.matchAll(/^(?:import|export)\s+(?!type\b)([^;"]*?)\s*from\s*"([^"]+)"/gm))
		.filter(([, names]) => !/^\{(?:\s*type [^,}]+,?)*\s*\}$/.test(names!)).map(([, , specifier]) => specifier!);
}

const read = (): Manifest => JSON.parse(readFileSync(source(MANIFEST), "utf8")) as Manifest;

function lists(modules: Manifest["modules"], specifier: string, path: string): boolean {
	return [modules[specifier] ?? []].flat().includes(path);
}

/** Folders of src/ that hold TypeScript, declarations included. */
function folders(): string[] {
	const base = dirname(source(MANIFEST));
	const walk = (folder: string): string[] => {
		const entries = readdirSync(folder, { withFileTypes: true });
		const own = folder !== base && entries.some((entry) => entry.isFile() && entry.name.endsWith(".ts")) ? [relative(base, folder)] : [];
		return [...own, ...entries.filter((entry) => entry.isDirectory()).flatMap((entry) => walk(join(folder, entry.name)))];
	};
	return walk(base);
}
