/** ruvllm-esp32 bench: how fast models are on hosts, as a table. */

import type { Command } from "commander";
import type { BenchResult, BenchTest } from "ruvllm-esp32/console/bench";
import { addSuite } from "../../bench/suites.ts";
import { BuildError } from "../../build/errors.ts";
import { benchCells, benchRow, type BenchRow } from "../bench-table.ts";
import { checkHost, type Host, HOSTS, isEmulated } from "../hosts.ts";
import { DEFAULT_MODEL, findModel } from "../models.ts";
import { integer, list } from "../options.ts";
import { Session } from "../session.ts";
import type { Info } from "../statistics.ts";
import { table } from "../table.ts";

const FORMATS = ["text", "markdown", "csv", "json"];
/** Tokens of a test, unless told otherwise; less where the context is shorter. */
const TOKENS = 256;

interface Options {
	model?: string[];
	host?: string[];
	promptTokens?: number;
	tokens?: number;
	context?: number;
	cores?: number;
	attention?: string;
	format: string;
	json?: boolean;
}

export function addBench(program: Command): void {
	const bench = program.command("bench")
		.description("measure the speed: pp N reads a prompt of N tokens, tg N generates N tokens, greedy")
		.option("-m, --model <name|file>", `a model (may be repeated; default: "${DEFAULT_MODEL}")`, list)
		.option("--host <name>", `where it runs (may be repeated): ${HOSTS.join(", ")} (default: "${HOSTS[0]}")`, list)
		.option("-p, --prompt-tokens <n>", `tokens of the prompt, ${TOKENS} by default; 0 leaves the test out`, integer)
		.option("-n, --tokens <n>", `tokens to generate, ${TOKENS} by default; 0 leaves the test out`, integer)
		.option("--context <positions>", "positions of the context; the model's own number by default", integer)
		.option("--cores <n>", "cores that multiply: 1 or 2", integer)
		.option("--attention <pattern>", "sparse attention, as generate takes it")
		.option("--format <name>", FORMATS.join(", "), "text")
		.option("--json", "the same as --format json")
		.action(async (options: Options) => {
			const format = options.json ? "json" : options.format;
			if (!FORMATS.includes(format))
				throw new BuildError(`there is no format "${format}"; choose one of ${FORMATS.join(", ")}`);
			if (options.promptTokens === 0 && options.tokens === 0)
				throw new BuildError("both tests are left out; give -p or -n a number above 0");
			// Names are looked at before the first measurement, which takes its time.
			const models = (options.model ?? [DEFAULT_MODEL]).map(findModel), hosts = (options.host ?? [HOSTS[0]]).map(checkHost);
			const rows: BenchRow[] = [];
			for (const host of hosts)
				for (const model of models)
					rows.push(...await measure(host, model, options));
			console.log(format === "json" ? JSON.stringify({ results: rows }) : table(benchCells(rows, format === "csv"), format));
		});
	addSuite(bench, "ruvector", "measure memory on real data: search, retrieval, intents, anomalies", { docs: "docs/ruvector.md" });
	addSuite(bench, "federation", "measure boards together: modes, drafts, router, learning, search, failures; in a virtual world", { docs: "docs/federation.md", data: false, notes: true });
	addSuite(bench, "snn", "measure the spiking gate: recall, stages of a whole device, instructions, endurance", { docs: "docs/snn-streams.md", noise: true, notes: true });
}

async function measure(host: Host, model: string, options: Options): Promise<BenchRow[]> {
	const session = await Session.start(host, model, options);
	try {
		// Whatever was asked before would count as part of the start.
		const start = isEmulated(host) ? await session.request<BenchResult>({ do: "bench", test: "boot" }) : undefined;
		const info = await session.request<Info>({ do: "info" });
		const wanted: [BenchTest, number | undefined][] = [["pp", options.promptTokens], ["tg", options.tokens]];
		const rows = start ? [benchRow(info, start)] : [];
		for (const [test, given] of wanted) {
			const tokens = given ?? Math.min(TOKENS, info.contextLength);
			if (tokens !== 0)
				rows.push(benchRow(info, await session.request<BenchResult>({ do: "bench", test, tokens })));
		}
		return rows;
	}
	finally {
		session.close();
	}
}
