/** A row of a benchmark: from what the firmware measured to what people and programs read. */

import type { BenchResult } from "ruvllm-esp32/console/bench";
import type { Tier } from "./memory-map.ts";
import type { Info } from "./statistics.ts";

export interface BenchRow {
	model: string;
	size_bytes: number;
	parameters: number;
	quant: string;
	host: string;
	kernels: string;
	cores: number;
	/** pp256: a prompt of 256 tokens is read; tg256: 256 tokens are generated; boot: from reset to the first token. */
	test: string;
	/** The median; null where instructions are counted. */
	tokens_per_second: number | null;
	/** Null where time is measured. */
	instructions_per_token: number | null;
	/** Standard deviation of the figure above; 0 for instructions, which repeat exactly. */
	deviation: number;
	/** Share of the work that is not inside a kernel; null for boot. */
	outside_kernels: number | null;
	tier: Tier;
}

const QUANT = ["INT8", "INT4", "binary", "ternary"];

export function benchRow(info: Info, result: BenchResult): BenchRow {
	const counted = result.tickUnit === "instructions";
	const speeds = result.microseconds.map((us) => result.tokens / us * 1e6).sort((a, b) => a - b);
	return {
		model: info.metadata.name, size_bytes: info.budget.flash, parameters: info.parameters, quant: QUANT[info.shape.quantType]!, host: info.host,
		kernels: info.variant, cores: info.cores, test: result.test === "boot" ? "boot" : `${result.test}${result.tokens}`,
		tokens_per_second: counted ? null : rounded(speeds[speeds.length >> 1]!),
		instructions_per_token: counted ? Math.round(result.ticks / result.tokens) : null,
		deviation: counted ? 0 : rounded(deviation(speeds)),
		outside_kernels: result.test === "boot" ? null : Math.round(result.outsideKernels * 1000) / 1000, tier: counted ? "emulated" : "measured",
	};
}

/** Three digits and more: a slow board makes fractions of a token a second. */
const rounded = (value: number): number => value < 100 ? Math.round(value * 100) / 100 : Math.round(value);

function deviation(values: readonly number[]): number {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1));
}

/** Cells by column; the columns of instructions and of time stand only where a row has such a figure. */
export function benchCells(rows: readonly BenchRow[], plain: boolean): Record<string, string>[] {
	const timed = rows.some((row) => row.tokens_per_second !== null), counted = rows.some((row) => row.instructions_per_token !== null);
	const number = (value: number | null): string => value === null ? "" : plain ? String(value) : String(value).replace(/\B(?=(\d{3})+(?!\d))(?<!\..*)/g, ",");
	return rows.map((row) => ({
		model: row.model, "size (bytes)": number(row.size_bytes), parameters: number(row.parameters), quantisation: row.quant,
		host: `${row.host} (${row.kernels}${row.cores > 1 ? `, ${row.cores} cores` : ""})`, test: row.test,
		...(timed && { "tokens/s": number(row.tokens_per_second) }), ...(counted && { "instructions/token": number(row.instructions_per_token) }),
		deviation: plain ? String(row.deviation) : `± ${number(row.deviation)}`,
		"outside kernels": row.outside_kernels === null ? "" : plain ? String(row.outside_kernels) : `${(row.outside_kernels * 100).toFixed(1)} %`, tier: row.tier,
	}));
}
