/** Finds a model: a path, or the name of one that is shipped. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";

export const DEFAULT_MODEL = "stories";

const folder = (): string => join(packageRoot, "models");

export function shippedModels(): string[] {
	return existsSync(folder()) ? readdirSync(folder()).filter((name) => name.endsWith(".ruvm")).map((name) => name.slice(0, -5)) : [];
}

/** @throws BuildError naming what there is */
export function findModel(name: string): string {
	const shipped = join(folder(), `${name}.ruvm`);
	const path = existsSync(name) && statSync(name).isFile() ? resolve(name) : shipped;
	if (!existsSync(path))
		throw new BuildError(`there is no model "${name}": give a file, or one of ${shippedModels().join(", ") || "(none is shipped)"}`);
	if (statSync(path).size === 0)
		throw new BuildError(`the model ${path} is empty; convert or copy it again`);
	return path;
}
