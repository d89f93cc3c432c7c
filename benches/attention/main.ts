/**
 * node bin/tool.mjs benches/attention/main.ts TEXT [text | markdown | csv | --json]
 *
 * Patterns of attention with the stories model, which was trained with all positions: bits per byte of TEXT in windows of 256
 * tokens (measured), and instructions of a token, of 200 from the beginning on (emulated, ESP32-C3's instruction set).
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { table } from "../../tools/cli/table.ts";

const PATTERNS = ["", "window:128,sinks:4", "window:64,sinks:4", "window:32,sinks:4", "window:32", "strided:16", "dilated:64,dilation:2", "bigbird:32,globals:2,random:4"];
const cli = <T>(...args: string[]): T => JSON.parse(execFileSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })) as T;

export async function main(argv: string[]): Promise<void> {
	const [text, format = "text"] = argv.slice(2);
	if (!text)
		throw new Error("give a text to measure on: node bin/tool.mjs benches/attention/main.ts TEXT");
	let plain = 0;
	const rows = PATTERNS.map((pattern) => {
		const option = pattern ? ["--attention", pattern] : [];
		const { bits_per_byte: bits } = cli<{ bits_per_byte: number }>("perplexity", "--text", text, "--window", "256", "--json", ...option);
		const { results } = cli<{ results: { test: string; instructions_per_token: number }[] }>("bench", "--host", "riscv", "-n", "200", "-p", "0", "--context", "208", "--json", ...option);
		plain ||= bits;
		return { pattern: pattern || "all positions", "bits/byte (measured)": bits.toFixed(4), "against all": `+${((bits / plain - 1) * 100).toFixed(1)} %`, "instructions/token (emulated)": String(results.find(({ test }) => test.startsWith("tg"))!.instructions_per_token) };
	});
	console.log(format === "--json" ? JSON.stringify(rows, null, "\t") : table(rows, format));
}
