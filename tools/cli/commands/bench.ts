/** ruvllm-esp32 bench: tokens per second, with deviation and the share outside kernels. */

import type { Command } from "commander";
import type { BenchResult } from "ruvllm-esp32/console/bench";
import { findModel } from "../models.ts";
import { CommonOptions, integer, withCommon } from "../options.ts";
import { Session } from "../session.ts";
import type { Info } from "../statistics.ts";
import { table } from "../table.ts";

export interface BenchRow {
	model: string;
	size_bytes: number;
	parameters: number;
	quant: string;
	host: string;
	kernels: string;
	test: string;
	tokens_per_second: number;
	deviation: number;
	outside_kernels: number;
	tier: "measured" | "emulated" | "projected";
}

const QUANT = ["INT8", "INT4", "binary", "ternary"];

export function addBench(program: Command): void {
	withCommon(program.command("bench"))
		.description("measure the speed: tokens from the begin token on, greedy, one thread")
		.option("-n, --tokens <n>", "tokens of a run", integer, 256)
		.option("--format <name>", "text, markdown or csv", "text")
		.action(async (options: CommonOptions & { tokens: number; format: string }) => {
			const session = await Session.start(options.host, findModel(options.model));
			try {
				const info = await session.request<Info>({ do: "info" });
				const rows = [rowOf(info, await session.request<BenchResult>({ do: "bench", tokens: options.tokens }))];
				console.log(options.json ? JSON.stringify({ results: rows }) : table(rows.map(shown), options.format));
			}
			finally {
				session.close();
			}
		});
}

function rowOf(info: Info, result: BenchResult): BenchRow {
	const speeds = result.microseconds.map((us) => result.tokens / us * 1e6).sort((a, b) => a - b);
	const mean = speeds.reduce((a, b) => a + b, 0) / speeds.length;
	return {
		model: info.metadata.name, size_bytes: info.budget.flash, parameters: info.parameters, quant: QUANT[info.shape.quantType]!, host: info.host,
		kernels: info.variant, test: `tg${result.tokens}`,
		tokens_per_second: Math.round(speeds[speeds.length >> 1]!),
		deviation: Math.round(Math.sqrt(speeds.reduce((a, v) => a + (v - mean) ** 2, 0) / speeds.length)),
		outside_kernels: Math.round(result.outsideKernels * 1000) / 1000, tier: "measured",
	};
}

const shown = (row: BenchRow): Record<string, string> => ({
	model: row.model, size: `${(row.size_bytes / 1024).toFixed(0)} KB`, parameters: `${Math.round(row.parameters / 1000)} K`, quant: row.quant,
	host: `${row.host} (${row.kernels})`, test: row.test, "tok/s": `${row.tokens_per_second} ± ${row.deviation}`,
	"outside kernels": `${(row.outside_kernels * 100).toFixed(1)} %`, tier: row.tier,
});
