/** Source maps to the tables of lines that the host reads (hosts/common/line-map.h). */

import { isAbsolute, relative, resolve } from "node:path";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @param sources their paths as stacks shall show them */
export function lineTable(sources: readonly string[], mappings = ""): string {
	let source = 0, line = 0;
	const entries = mappings === "" ? [] : mappings.split(";").map((segments) => {
		let first: string | undefined;
		for (const segment of segments.split(",")) {
			const [, sourceDelta, lineDelta] = numbers(segment);
			if (sourceDelta === undefined || lineDelta === undefined)
				continue;
			source += sourceDelta;
			line += lineDelta;
			first ??= `${source} ${line + 1}`;
		}
		return first ?? "-";
	});
	return [...sources, "", ...entries, ""].join("\n");
}

/** For a script whose map lies in `folder`: paths as seen from the working directory. */
export function lineTableOfMap(json: string, folder: string): string {
	const map = JSON.parse(json) as { sources: string[]; mappings: string };
	return lineTable(map.sources.map((path) => shown(resolve(folder, path))), map.mappings);
}

function shown(path: string): string {
	const short = relative(process.cwd(), path);
	return short.startsWith("../../..") || isAbsolute(short) ? path : short;
}

/** The numbers of a segment: base 64 VLQ. */
function numbers(segment: string): number[] {
	const result: number[] = [];
	let value = 0, shift = 0;
	for (const character of segment) {
		const digit = DIGITS.indexOf(character);
		value |= (digit & 31) << shift;
		shift += 5;
		if (!(digit & 32)) {
			result.push(value & 1 ? -(value >>> 1) : value >>> 1);
			value = shift = 0;
		}
	}
	return result;
}
