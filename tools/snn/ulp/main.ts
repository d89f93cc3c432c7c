/**
 * node bin/tool.mjs tools/snn/ulp/main.ts TABLE.rvsn -o ulp.bin: makes the image of a trained gate for a low-power core, and prints
 * how its memory is used. With --run SAMPLES.i16 (as tools/snn/streams writes them) it runs on the emulated board, events printed.
 */

import { Command, InvalidArgumentError, Option } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { BuildError } from "../../build/errors.ts";
import { buildUlp, type UlpSizes } from "../../build/ulp.ts";
import { ULP_TARGETS, type UlpTarget } from "../../build/ulp-targets.ts";
import { table as formatTable } from "../../cli/table.ts";
import { perSample } from "./count.ts";
import { runUlp } from "./run.ts";

interface Options {
	target: UlpTarget;
	output?: string;
	bytes?: number;
	run?: string;
}

function positive(text: string): number {
	if (!/^[1-9]\d{0,8}$/.test(text))
		throw new InvalidArgumentError("a positive whole number is needed");
	return Number(text);
}

export function sizeTable({ cleared: _, ...parts }: UlpSizes): string {
	return formatTable(Object.entries(parts).map(([part, bytes]) => ({ part, bytes: String(bytes) })), "text");
}

async function run(table: Uint8Array, file: string): Promise<void> {
	const bytes = readFileSync(file), samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
	const { events, ...totals } = await runUlp(await buildUlp(table, "virt"), samples, { trace: false });
	for (const event of events)
		console.log(JSON.stringify(event));
	console.log(JSON.stringify({ ...totals, events: events.length, ...perSample(totals) }));
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const program = new Command("ulp").description("a trained gate as the image of a low-power core")
		.argument("<table>", "the gate's table, .rvsn")
		.addOption(new Option("--target <chip>", "what it runs on").choices(ULP_TARGETS).default("esp32s3"))
		.option("-o, --output <file>", "the image, for ulp_riscv_load_binary or loadGate")
		.option("--bytes <n>", "of the core's memory", positive)
		.option("--run <samples>", "also hear this file of 16-bit samples on the emulated board");
	program.parse(argv);
	const { target, output, bytes, run: samples } = program.opts<Options>();
	try {
		const table = readFileSync(program.args[0]!);
		if (output !== undefined || samples === undefined) {
			const image = await buildUlp(table, target, bytes === undefined ? {} : { bytes });
			console.log(sizeTable(image.sizes));
			if (output !== undefined)
				writeFileSync(output, image.binary);
		}
		if (samples !== undefined)
			await run(table, samples);
	}
	catch (error) {
		if (!(error instanceof BuildError) && (error as NodeJS.ErrnoException).code === undefined)
			throw error;
		console.error((error as Error).message);
		process.exitCode = 1;
	}
}
