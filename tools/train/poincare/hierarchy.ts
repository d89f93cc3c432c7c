/** Pairs of a hierarchy, read and closed: whoever is below a child is below its parents too. */

import { readFileSync } from "node:fs";
import { BuildError } from "../../build/errors.ts";

export interface Hierarchy {
	/** One name a point, in the order in which they first appear. */
	names: string[];
	/** Child and ancestor, each pair once, none with itself. */
	pairs: [number, number][];
}

/** Most points: the trainer keeps a table of points times points. */
const LIMIT = 20000;

/** Lines of "child<TAB>parent"; empty lines and lines that begin with # are skipped. @throws BuildError */
export function readHierarchy(file: string): Hierarchy {
	return closeHierarchy(readFileSync(file, "utf8").split(/\r?\n/).flatMap((line, i): [string, string][] => {
		if (line === "" || line.startsWith("#"))
			return [];
		const [child, parent, ...more] = line.split("\t");
		if (!child || !parent || more.length > 0)
			throw new BuildError(`${file}:${i + 1} is no child<TAB>parent: ${line.slice(0, 60)}`);
		return [[child, parent]];
	}));
}

/** The transitive closure of direct or closed pairs. @throws BuildError for a cycle, no pair, or too many points */
export function closeHierarchy(direct: readonly (readonly [string, string])[]): Hierarchy {
	const ids = new Map<string, number>(), parents: Set<number>[] = [];
	const idOf = (name: string): number => {
		const id = ids.get(name) ?? ids.size;
		if (id === ids.size) {
			ids.set(name, id);
			parents.push(new Set());
		}
		return id;
	};
	for (const [child, parent] of direct)
		if (child !== parent)
			parents[idOf(child)]!.add(idOf(parent));
	const names = [...ids.keys()];
	if (names.length === 0 || names.length > LIMIT)
		throw new BuildError(names.length === 0 ? "there is no pair of two different names" : `${names.length} names: the trainer takes ${LIMIT}`);
	const pairs: [number, number][] = [];
	for (let child = 0; child < names.length; child++) {
		const above = new Set<number>(), open = [...parents[child]!];
		for (let next = open.pop(); next !== undefined; next = open.pop()) {
			if (next === child)
				throw new BuildError(`${names[child]!} is its own ancestor: take one pair of that circle away`);
			if (!above.has(next)) {
				above.add(next);
				open.push(...parents[next]!);
			}
		}
		for (const ancestor of above)
			pairs.push([child, ancestor]);
	}
	return { names, pairs };
}
