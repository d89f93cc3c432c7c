/** Tables for a terminal, for markdown and for spreadsheets. */

import { BuildError } from "../build/errors.ts";

export function table(rows: Record<string, string>[], format: string): string {
	const names = Object.keys(rows[0] ?? {});
	const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))];
	if (format === "csv")
		return lines.map((cells) => cells.map((cell) => /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell).join(",")).join("\n");
	if (format !== "text" && format !== "markdown")
		throw new BuildError(`there is no format "${format}"; choose text, markdown or csv`);
	const widths = names.map((_, i) => Math.max(...lines.map((cells) => cells[i]!.length)));
	const edge = format === "markdown" ? "| " : "", between = format === "markdown" ? " | " : "  ";
	const text = lines.map((cells) => edge + cells.map((cell, i) => cell.padEnd(widths[i]!)).join(between) + edge.split("").reverse().join(""));
	text.splice(1, 0, edge + widths.map((width) => "-".repeat(width)).join(between) + edge.split("").reverse().join(""));
	return text.map((line) => line.trimEnd()).join("\n");
}
