/** Whether the library's manifest knows every module of src/; needs no SDK. */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { source } from "../build/paths.ts";
import { StepFailed } from "./report.ts";

const MANIFEST = "src/manifest.json";

interface Manifest {
	modules: Record<string, string | string[]>;
}

/** @throws StepFailed naming the folders whose modules a build with the SDK would not find */
export function checkManifest(): string {
	const { modules } = JSON.parse(readFileSync(source(MANIFEST), "utf8")) as Manifest;
	const base = dirname(source(MANIFEST));
	const folders = foldersWithModules(base).map((folder) => relative(base, folder)).filter((folder) => folder !== "");
	const missing = folders.flatMap((folder) => [
		...(lists(modules, `ruvllm-esp32/${folder}/*`, `./${folder}/*`) ? [] : [`"ruvllm-esp32/${folder}/*": "./${folder}/*"`]),
		...(!existsSync(join(base, folder, "index.ts")) || lists(modules, `ruvllm-esp32/${folder}`, `./${folder}/index`)
			? [] : [`"ruvllm-esp32/${folder}": "./${folder}/index" (before the line that ends in *)`]),
	]);
	if (missing.length)
		throw new StepFailed(`${MANIFEST} lacks ${missing.join(", ")}`);
	return `${MANIFEST} lists all ${folders.length} folders of src/`;
}

function lists(modules: Manifest["modules"], specifier: string, path: string): boolean {
	return [modules[specifier] ?? []].flat().includes(path);
}

/** Folders that hold TypeScript, declarations included. */
function foldersWithModules(folder: string): string[] {
	const entries = readdirSync(folder, { withFileTypes: true });
	const own = entries.some((entry) => entry.isFile() && entry.name.endsWith(".ts")) ? [folder] : [];
	return [...own, ...entries.filter((entry) => entry.isDirectory()).flatMap((entry) => foldersWithModules(join(folder, entry.name)))];
}
