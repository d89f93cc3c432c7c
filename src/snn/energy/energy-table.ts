/** An energy report as a table for a terminal. */

import { CHIPS, type ChipName } from "ruvllm-esp32/core/chips";
import type { EnergyReport } from "ruvllm-esp32/snn/energy/energy-account";

const PREFIXES: readonly [number, string][] = [[1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"]];

/** Three digits and a unit: 12.3 mJ. Zero is "0 J"; below a nano, nanos. */
export function withUnit(value: number, unit: string): string {
	if (!value)
		return `0 ${unit}`;
	const [scale, prefix] = PREFIXES.find(([scale]) => Math.abs(value) >= scale * 0.9995) ?? PREFIXES.at(-1)!;
	const scaled = value / scale;
	return `${scaled >= 999.5 ? Math.round(scaled) : Number(scaled.toPrecision(3))} ${prefix}${unit}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Lines without a line feed at the end; numbers stand right. */
export function energyTable(report: EnergyReport): string {
	const title = CHIPS[report.chip as ChipName].title;
	const head = ["part", "state", "time", "known", "energy", "share", "tier"];
	const cells = [
		head,
		...report.rows.map(({ part, state, seconds, timeTier, joules, share, tier }) => [part, state, withUnit(seconds, "s"), timeTier, withUnit(joules, "J"), percent(share), tier]),
		["all", "", withUnit(report.seconds, "s"), "", withUnit(report.joules, "J"), percent(report.joules ? 1 : 0), report.tier],
	];
	const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
	const right = [2, 4, 5];
	const lines = cells.map((row) => row.map((cell, i) => right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join("  ").trimEnd());
	lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
	return [
		`${title} at ${report.clockHertz / 1e6} MHz, ${report.volts} V: ${withUnit(report.averagePower, "W")} on average, ${withUnit(report.perHour, "J")} an hour`, "",
		...lines, "",
		...report.notes,
	].join("\n");
}
