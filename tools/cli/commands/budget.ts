/** ruvllm-esp32 budget: whether a model fits a chip, before anything is flashed. Ends with 1 when it does not. */

import type { Command } from "commander";
import { existsSync, readFileSync, statSync } from "node:fs";
import { CHIPS, type ChipName } from "ruvllm-esp32/core/chips";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { BuildError } from "../../build/errors.ts";
import { crc32 } from "../../convert/crc32.ts";
import { memoryMap, type MemoryMap, type Part } from "../memory-map.ts";
import { DEFAULT_MODEL, findModel } from "../models.ts";
import { integer } from "../options.ts";
import { table } from "../table.ts";
import { xsHeap } from "../xs-heap.ts";

interface Options {
	variant: string;
	model: string;
	context?: number;
	index: number;
	radio: boolean;
	firmware?: string;
	manifest?: string;
	json?: boolean;
}

export function addBudget(program: Command): void {
	program.command("budget")
		.description("say where a board's flash and RAM go, and whether a model fits; to be asked before flashing")
		.requiredOption("--variant <chip>", `the chip: ${Object.keys(CHIPS).join(", ")}`)
		.option("-m, --model <name|file>", "the model", DEFAULT_MODEL)
		.option("--context <positions>", "positions that must fit; without it, as many as fit", integer)
		.option("--index <bytes>", "RAM to keep for a vector index", integer, 0)
		.option("--no-radio", "without the memory of Wi-Fi and ESP-NOW")
		.option("--firmware <file>", "the built xs_esp32.bin without the model: its size instead of an estimate")
		.option("--manifest <file>", "the manifest.json of an app: the memory that it gives to XS instead of the firmware's")
		.option("--json", "print JSON")
		.action((options: Options) => {
			const map = mapOf(options);
			console.log(options.json ? JSON.stringify(map) : text(map));
			process.exitCode = map.fits ? 0 : 1;
		});
}

function mapOf({ variant, model, context, index, radio, firmware, manifest }: Options): MemoryMap {
	if (!Object.hasOwn(CHIPS, variant))
		throw new RuvllmError("CHIP_UNKNOWN", `there is no chip "${variant}"; choose one of ${Object.keys(CHIPS).join(", ")}`);
	const bytes = readFileSync(findModel(model)), { shape } = readRuvm(bytes, crc32);
	if (context !== undefined && (context < 1 || context > shape.maxSeqLen))
		throw new RuvllmError("CONTEXT_LENGTH", `the context is ${context}; this model takes 1 to ${shape.maxSeqLen} positions`);
	if (index < 0)
		throw new RuvllmError("INDEX_BYTES", `the index has ${index} bytes; it takes 0 or more`);
	if (firmware !== undefined && !(existsSync(firmware) && statSync(firmware).isFile()))
		throw new BuildError(`there is no file ${firmware}; build the firmware first, or leave --firmware out`);
	return memoryMap({
		chip: variant as ChipName, shape, modelBytes: bytes.length, xs: xsHeap(variant, manifest), radio, indexBytes: index,
		...(context !== undefined && { contextLength: context }), ...(firmware !== undefined && { firmwareBytes: statSync(firmware).size }),
	});
}

const grouped = (bytes: number): string => String(bytes).replace(/\B(?=(\d{3})+$)/g, ",");

function text(map: MemoryMap): string {
	const rows = (where: string, parts: readonly Part[]): Record<string, string>[] =>
		parts.filter(({ bytes }) => bytes > 0).map(({ name, bytes, tier }) => ({ where, part: name, bytes: grouped(bytes).padStart(9), tier }));
	const left = (where: string, bytes: number, of: number, what: string): Record<string, string> =>
		({ where, part: bytes < 0 ? "MISSING" : "left", bytes: grouped(Math.abs(bytes)).padStart(9), tier: `of ${grouped(of)} ${what}` });
	const lines = [
		...rows("flash", map.flash.parts), left("flash", map.flash.left, map.flash.total, "in the partition"),
		...rows("RAM", map.ram.parts), left("RAM", map.ram.left, map.ram.total, "on the chip"),
	];
	return [
		`${CHIPS[map.chip].title}, context of ${map.contextLength} positions: ${map.fits ? "fits" : "DOES NOT FIT"}`, "",
		table(lines, "text"), ...(map.fits ? [] : ["", ...map.advice.map((sentence) => `- ${sentence}`)]),
	].join("\n");
}
