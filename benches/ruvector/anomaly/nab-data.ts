/** NAB's series and windows, from the folder of real data. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { probation, type Profile } from "./nab-score.ts";

export interface Series {
	name: string;
	/** Values as whole numbers: times a power of ten, which the probation's values choose. */
	samples: Int32Array;
	/** First and last row of each anomaly. */
	windows: [number, number][];
}

export function readNab(folder: string): { series: Series[]; profiles: Record<string, Profile> } | undefined {
	if (!existsSync(join(folder, "labels", "combined_windows.json")))
		return undefined;
	const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(folder, ...path), "utf8")) as T;
	const labels = json<Record<string, [string, string][]>>("labels", "combined_windows.json"), series: Series[] = [];
	for (const group of readdirSync(join(folder, "data")).sort())
		for (const file of readdirSync(join(folder, "data", group)).sort()) {
			const rows = readFileSync(join(folder, "data", group, file), "utf8").trim().split(/\r?\n/).slice(1).map((line) => line.split(","));
			const values = rows.map((row) => Number(row[1])), times = rows.map((row) => row[0]!.slice(0, 19));
			const most = Math.max(1, ...values.slice(0, probation(values.length)).map(Math.abs));
			let scale = 10000;
			while (most * scale > 2 ** 26 && scale > 1)
				scale /= 10;
			series.push({
				name: `${group}/${file}`,
				samples: Int32Array.from(values, (value) => Math.max(-(2 ** 31) + 1, Math.min(2 ** 31 - 1, Math.round(value * scale)))),
				windows: (labels[`${group}/${file}`] ?? []).map(([first, last]) => [times.findIndex((time) => time >= first.slice(0, 19)), times.findLastIndex((time) => time <= last.slice(0, 19))]),
			});
		}
	const raw = json<Record<string, { CostMatrix: Profile }>>("config", "profiles.json");
	return { series, profiles: Object.fromEntries(Object.entries(raw).map(([name, { CostMatrix }]) => [name, CostMatrix])) };
}
