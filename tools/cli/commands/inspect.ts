/** ruvllm-esp32 inspect: all that a model file says. */

import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { GROUP, groupBytes, QuantizationType, type Section, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { checkCrc, readMetadata, readRuvm, type RuvmFile, sectionView } from "ruvllm-esp32/engine/ruvm/reader";
import { crc32 } from "../../convert/crc32.ts";
import { findModel } from "../models.ts";
import { table } from "../table.ts";

const nameOf = (names: Record<string, number>, value: number): string => Object.entries(names).find(([, n]) => n === value)?.[0] ?? String(value);

/** What the bytes are for. */
function kindOf(name: string): string {
	if (name === "embedding" || name === "output")
		return "embedding";
	if (/\.(qkv|wo)$/.test(name))
		return "attention";
	if (/\.(gateUp|down)$/.test(name))
		return "feed-forward";
	return name === "tokenizer" ? name : "other";
}

const isMatrix = ({ type }: Section): boolean => type === SectionType.Int8Tiles || groupBytes(type) !== undefined;

function report(file: RuvmFile, crc: string): Record<string, unknown> {
	const sections = [...file.sections.values()];
	const weights = sections.filter(isMatrix), count = weights.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
	const bytes: Record<string, number> = {};
	for (const section of sections)
		bytes[kindOf(section.name)] = (bytes[kindOf(section.name)] ?? 0) + section.bytes;
	return {
		bytes: file.bytes.length, version: file.version, crc, shape: { ...file.shape, quantType: nameOf(QuantizationType, file.shape.quantType) }, tied: file.tied,
		parameters: sections.filter(({ name, type }) => isMatrix({ type } as Section) || /norm/.test(name)).reduce((sum, { rows, columns }) => sum + rows * columns, 0),
		bits_per_weight: count ? Math.round(80 * weights.reduce((sum, { bytes: size }) => sum + size, 0) / count) / 10 : 0,
		bytes_of: bytes, metadata: readMetadata(sectionView(file, "metadata"), (utf8) => new TextDecoder().decode(utf8)),
		sections: sections.map((section) => ({ ...section, type: nameOf(SectionType, section.type) })),
	};
}

function print(path: string, file: RuvmFile, crc: string): void {
	const all = report(file, crc), { shape, metadata, bytes_of: parts } = all as { shape: Record<string, unknown>; metadata: Record<string, unknown>; bytes_of: Record<string, number> };
	console.log(`${path}: RUVM version ${file.version}, ${file.bytes.length} bytes, checksum ${crc}\n`);
	for (const [name, value] of Object.entries({ ...shape, tied: file.tied, parameters: all.parameters, "bits per weight": all.bits_per_weight }))
		console.log(`  ${name.padEnd(18)} ${String(value)}`);
	console.log("\nmetadata");
	for (const [name, value] of Object.entries(metadata))
		console.log(`  ${name.padEnd(18)} ${typeof value === "string" ? value : JSON.stringify(value)}`);
	console.log("\nbytes");
	const most = Math.max(...Object.values(parts));
	for (const [name, size] of Object.entries(parts).sort((a, b) => b[1] - a[1]))
		console.log(`  ${name.padEnd(14)} ${String(size).padStart(8)} ${"█".repeat(Math.max(1, Math.round(40 * size / most)))}`);
	console.log("\n" + table([...file.sections.values()].map((section) => ({
		section: section.name, type: nameOf(SectionType, section.type), shape: `${section.rows} x ${section.columns}`, group: groupBytes(section.type) ? String(GROUP) : "", shift: String(section.shift),
		offset: String(section.offset), bytes: String(section.bytes),
	})), "text"));
}

export function addInspect(program: Command): void {
	program.command("inspect")
		.description("print all that a model file says: sizes, types, sections, metadata, checksum")
		.argument("<model>", "a model file, or the name of a shipped model")
		.option("--json", "print JSON")
		.action((model: string, options: { json?: boolean }) => {
			const path = findModel(model), bytes = readFileSync(path);
			// A damaged file is shown as far as its structure is sound; what isn't is the error.
			const file = readRuvm(bytes);
			let crc = "ok";
			try {
				if (file.version > 0)
					checkCrc(bytes, crc32);
			}
			catch (error) {
				crc = `WRONG: ${(error as RuvllmError).message}`;
				process.exitCode = 1;
			}
			if (options.json)
				console.log(JSON.stringify(report(file, crc)));
			else
				print(path, file, crc);
		});
}
