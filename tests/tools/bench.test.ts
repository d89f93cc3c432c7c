import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { BenchResult } from "ruvllm-esp32/console/bench";
import { ModelConfig } from "ruvllm-esp32/engine/model-config";
import { packageRoot } from "../../tools/build/paths.ts";
import { benchCells, benchRow } from "../../tools/cli/bench-table.ts";
import type { Info } from "../../tools/cli/statistics.ts";
import { table } from "../../tools/cli/table.ts";

const SHAPE = ModelConfig.forVariant("esp32c3");
const INFO = {
	host: "riscv", variant: "portable", cores: 1, metadata: { name: "small, but a model" }, shape: SHAPE, parameters: 12345, contextLength: 256, budget: SHAPE.memoryBudget(),
} as unknown as Info;
const COUNTED: BenchResult = { test: "tg", tokens: 8, microseconds: [], ticks: 8_000_800, tickUnit: "instructions", outsideKernels: 0.125, collections: 0 };
const TIMED: BenchResult = { ...COUNTED, test: "pp", microseconds: [1000, 2000, 4000], tickUnit: "cycles" };

function bench(...args: string[]): string {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "bench", ...args], { encoding: "utf8", input: "" });
	expect(status, stderr).to.equal(0);
	return stdout.trimEnd();
}

describe("tools/cli: bench", () => {
	it("counts instructions where the host counts them, and then nothing deviates", () => {
		const row = benchRow(INFO, COUNTED);
		expect(row).to.include({ test: "tg8", tokens_per_second: null, instructions_per_token: 1_000_100, deviation: 0, outside_kernels: 0.125, tier: "emulated", quant: "INT8" });
		expect(benchCells([row], false)[0]).to.include({ "instructions/token": "1,000,100", deviation: "± 0", parameters: "12,345" }).and.not.have.property("tokens/s");
	});
	it("takes the median of times, and their deviation", () => {
		const row = benchRow(INFO, TIMED);
		expect(row).to.include({ test: "pp8", tokens_per_second: 4000, instructions_per_token: null, tier: "measured" });
		expect(row.deviation).to.be.closeTo(Math.sqrt(((8000 - 14000 / 3) ** 2 + (4000 - 14000 / 3) ** 2 + (2000 - 14000 / 3) ** 2) / 2), 1);
		const mixed = benchCells([row, benchRow(INFO, COUNTED)], true);
		expect(mixed.map((cells) => [cells["tokens/s"], cells["instructions/token"]])).to.deep.equal([["4000", ""], ["", "1000100"]]);
	});
	it("keeps fractions of slow hosts, and commas out of CSV", () => {
		const slow = benchRow(INFO, { ...TIMED, tokens: 1, microseconds: [3_000_000, 3_000_000] });
		expect(slow.tokens_per_second).to.equal(0.33);
		expect(benchCells([slow], false)[0]!["tokens/s"]).to.equal("0.33");
		expect(table(benchCells([slow], true), "csv").split("\n")[1]).to.match(/^"small, but a model",\d+,12345,INT8,riscv \(portable\),pp1,0\.33,0,/);
	});
	it("measures several models, both tests, in every format", () => {
		const args = ["-m", "stories", "-m", join(packageRoot, "models/stories.ruvm"), "-p", "8", "-n", "4", "--cores", "2"];
		const { results } = JSON.parse(bench(...args, "--format", "json")) as { results: Record<string, unknown>[] };
		expect(results.map(({ test }) => test)).to.deep.equal(["pp8", "tg4", "pp8", "tg4"]);
		for (const row of results) {
			expect(row).to.include({ host: "desktop", cores: 2, quant: "INT8", tier: "measured" });
			expect(row.tokens_per_second).to.be.above(0);
			expect(row.size_bytes).to.be.above(100000);
		}
		const text = bench("-p", "0", "-n", "4").split("\n");
		expect(text[0]!.split(/ {2,}/)).to.deep.equal(["model", "size (bytes)", "parameters", "quantisation", "host", "test", "tokens/s", "deviation", "outside kernels", "tier"]);
		expect(text.length).to.equal(3);
		expect(bench("-p", "4", "-n", "0", "--format", "markdown")).to.match(/^\| model .*\n\| -+ \|.*\n\| .*pp4.*measured +\|$/);
		expect(bench("-p", "4", "-n", "0", "--format", "csv").split("\n")[1]).to.match(/,pp4,\d+(\.\d+)?,\d+(\.\d+)?,[\d.]+,measured$/);
	});
});
