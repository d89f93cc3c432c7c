/** smarthome_context: texts of the table whose labels say that a light is to be turned on or off. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function noisyLights(data: string): { text: string; action: "on" | "off" }[] {
	const file = join(data, "smarthome_context", "dataset_alexa.csv"), out = new Map<string, "on" | "off">();
	if (!existsSync(file))
		return [];
	const [head, ...rows] = readFileSync(file, "utf8").split(/\r?\n/).filter(Boolean).map(cells);
	const at = (name: string): number => head!.indexOf(name);
	for (const row of rows) {
		const action = /turn (on|off)/.exec(row[at("action")] ?? "")?.[1];
		if (action !== undefined && /lights?'/.test(row[at("category")] ?? ""))
			out.set(row[at("Voice")]!, action as "on" | "off");
	}
	return [...out].map(([text, action]) => ({ text, action }));
}

/** Of one line of CSV; "" inside quotes is a quote. */
function cells(line: string): string[] {
	return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replace(/""/g, '"') ?? plain ?? "");
}
