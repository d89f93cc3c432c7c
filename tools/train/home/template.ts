/**
 * Sentences from patterns: "(turn|switch) off [all] <the> {area} <lights>". Round brackets choose, square ones may be left
 * out, angle ones name a pattern of PARTS, braces a value.
 */

import type { Chooser } from "./random.ts";

export type Values = Readonly<Record<string, string>>;

/** Patterns that others use by name. */
export type Parts = Readonly<Record<string, string>>;

export function expand(pattern: string, parts: Parts, values: Values, random: Chooser): string {
	let at = 0;
	const sequence = (ends: string): string => {
		let out = "";
		while (at < pattern.length && !ends.includes(pattern[at]!)) {
			const c = pattern[at++]!;
			if (c === "(")
				out += alternatives(")");
			else if (c === "[") {
				const inner = alternatives("]");
				out += random.chance(0.5) ? inner : "";
			}
			else if (c === "<" || c === "{") {
				const end = pattern.indexOf(c === "<" ? ">" : "}", at), name = pattern.slice(at, end);
				at = end + 1;
				const found = c === "<" ? parts[name] : values[name];
				if (found === undefined)
					throw new Error(`"${pattern}" uses ${name}, which is not there`);
				out += c === "<" ? expand(found, parts, values, random) : found;
			}
			else
				out += c;
		}
		return out;
	};
	const alternatives = (end: string): string => {
		const all: string[] = [];
		do
			all.push(sequence("|" + end));
		while (pattern[at++] === "|");
		return random.pick(all);
	};
	return sequence("").replace(/\s+/g, " ").trim();
}
