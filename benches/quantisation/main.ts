/**
 * node bin/tool.mjs benches/quantisation/main.ts TEXT [text | markdown | csv | --json]
 *
 * The stories model in each type of weights: bytes, quality on TEXT (UTF-8, <|endoftext|> between its parts), time. Bits per
 * byte and tokens per second are measured on this computer, instructions emulated (ESP32-C3's instruction set).
 */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { findModel } from "../../tools/cli/models.ts";
import { table } from "../../tools/cli/table.ts";

const MODELS = ["stories", "stories-int4", "stories-ternary", "stories-binary"];
const cli = <T>(...args: string[]): T => JSON.parse(execFileSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })) as T;

interface Quality { nats_per_token: number; bits_per_byte: number }
interface Inspection { bits_per_weight: number; shape: { quantType: string } }
interface Bench { test: string; tokens_per_second?: number; instructions_per_token?: number }

export async function main(argv: string[]): Promise<void> {
	const [text, format = "text"] = argv.slice(2);
	if (!text)
		throw new Error("give a text to measure on: node bin/tool.mjs benches/quantisation/main.ts TEXT");
	let first = 0;
	const rows = MODELS.map((model) => {
		const { bits_per_weight: bits, shape } = cli<Inspection>("inspect", model, "--json");
		const quality = cli<Quality>("perplexity", "--model", model, "--text", text, "--window", "256", "--json");
		first ||= quality.bits_per_byte;
		const desktop = cli<{ results: Bench[] }>("bench", "-m", model, "-n", "128", "-p", "0", "--json").results, emulated = cli<{ results: Bench[] }>("bench", "--host", "riscv", "-m", model, "-n", "64", "-p", "0", "--context", "240", "--json").results;
		const of = (list: Bench[]): Bench => list.find(({ test }) => test.startsWith("tg"))!;
		return {
			model, weights: shape.quantType, bytes: String(statSync(findModel(model)).size), "bits/weight": String(bits), "nats/token": quality.nats_per_token.toFixed(4), "bits/byte": quality.bits_per_byte.toFixed(4),
			"against INT8": `${quality.bits_per_byte === first ? "" : "+"}${((quality.bits_per_byte / first - 1) * 100).toFixed(1)} %`, "tok/s (measured)": String(Math.round(of(desktop).tokens_per_second ?? 0)),
			"instructions/token (emulated)": String(Math.round(of(emulated).instructions_per_token ?? 0)),
		};
	});
	console.log(format === "--json" ? JSON.stringify(rows, null, "\t") : table(rows, format));
}
