/**
 * The ESP32-S3's kernels: instructions of their machine code, with the call, on the interpreter of tests/esp32s3.
 *
 *   node bin/tool.mjs benches/esp32s3/main.ts [--json]
 */

import { KERNELS } from "../../tests/esp32s3/kernels.ts";
import { table } from "../../tools/cli/table.ts";

const RUNS: [name: string, ...sizes: number[]][] = [
	["rv_matvec_sums_esp32s3", 64, 64], ["rv_matvec_sums_esp32s3", 172, 64], ["rv_matvec_sums_esp32s3", 64, 172], ["rv_matvec_sums_esp32s3", 512, 64],
	["rv_matvec_sums_int4_esp32s3", 64, 64], ["rv_matvec_sums_int4_esp32s3", 172, 64], ["rv_matvec_sums_int4_esp32s3", 64, 172],
	["rv_matvec_sums_int4_esp32s3", 512, 64], ["rv_scores8_esp32s3", 64], ["rv_scores8_esp32s3", 256], ["rv_mix_esp32s3", 8, 64], ["rv_mix_esp32s3", 8, 256],
	["rv_dot_block_esp32s3", 64, 100], ["rv_dot_block_esp32s3", 384, 100], ["rv_hamming_block_esp32s3", 16, 100], ["rv_hamming_block_esp32s3", 64, 100],
];

export async function main(argv: string[]): Promise<void> {
	let state = 1;
	const from = { extreme: false, byte: () => (state = Math.imul(state, 1664525) + 1013904223 | 0) >>> 24 };
	const rows = RUNS.map(([name, ...sizes]) => {
		const { work, instructions, wrong } = KERNELS[name]!.run(from, ...sizes);
		if (wrong >= 0)
			throw new Error(`${name} ${sizes.join(" x ")}: result ${wrong} is wrong`);
		return { kernel: name, size: sizes.join(" x "), of: KERNELS[name]!.sizes, work, instructions, work_per_instruction: Math.round(work / instructions * 100) / 100, tier: "emulated" };
	});
	if (argv.includes("--json"))
		console.log(JSON.stringify({ results: rows }));
	else
		console.log(table(rows.map((row) => ({
			kernel: row.kernel, size: row.size, of: row.of, "MACs or bits": row.work.toLocaleString("en"), instructions: row.instructions.toLocaleString("en"),
			"per instruction": row.work_per_instruction.toFixed(2), tier: row.tier,
		})), argv.includes("--markdown") ? "markdown" : "text"));
}
