/** Changes the type of the weights of a model file; all else stays as it is. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { groupBytes, type ModelMetadata, type ModelShape, type Section, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { readMetadata, readRuvm, sectionView } from "ruvllm-esp32/engine/ruvm/reader";
import { type SectionData, writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import { crc32 } from "./crc32.ts";
import { dequantiseGrouped } from "./grouped.ts";
import { QUANT_TYPE, quantise, type QuantiseOptions } from "./quantise.ts";

/** Weights of an INT8 section, `[rows][columns]`. */
export function dequantiseInt8({ rows, columns, shift, data }: SectionData): Float32Array {
	const chunks = Math.ceil(columns / 16), tiles = Math.ceil(rows / 8) * 8 * chunks * 16, out = new Float32Array(rows * columns);
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	for (let r = 0; r < rows; r++) {
		const step = view.getUint16(tiles + 2 * r, true) / 2 ** shift;
		for (let c = 0; c < columns; c++)
			out[r * columns + c] = view.getInt8(((Math.floor(r / 8) * chunks + Math.floor(c / 16)) * 8 + r % 8) * 16 + c % 16) * step;
	}
	return out;
}

const isMatrix = (section: Section): boolean => section.type === SectionType.Int8Tiles || groupBytes(section.type) !== undefined;

/** Which type a matrix gets, by its name. */
function typeOf(name: string, options: QuantiseOptions): NonNullable<QuantiseOptions["type"]> {
	const type = options.type ?? "int8";
	if (name === "embedding" || name === "output")
		return options.embedding ?? (type === "int8" ? "int8" : "int4");
	return /\.(qkv|wo)$/.test(name) ? options.attention ?? type : type;
}

export interface Requantised {
	shape: ModelShape;
	metadata: ModelMetadata;
	/** The whole file, with these metadata. */
	write(metadata: ModelMetadata): Uint8Array;
}

/** @throws RuvllmError MODEL_* for a bad file, QUANTISE_TYPE when a model of INT8 is to have others */
export function requantise(bytes: Uint8Array, options: QuantiseOptions): Requantised {
	const file = readRuvm(bytes, crc32), type = options.type ?? "int8";
	if (file.version === 0)
		throw new RuvllmError("MODEL_VERSION", "this file has the plain layout (version 0), which has no scales; convert its source again");
	const sections: SectionData[] = [];
	for (const section of file.sections.values()) {
		const data = sectionView(file, section.name)!, own = typeOf(section.name, options);
		if (section.name === "metadata")
			continue;
		if (!isMatrix(section)) {
			sections.push({ ...section, data });
			continue;
		}
		if (type === "int8" && own !== "int8")
			throw new RuvllmError("QUANTISE_TYPE", "a model of INT8 has no other matrices; give the lower type as the model's, and INT8 for the embedding or the attention");
		const source = { ...section, data };
		sections.push(quantise(own, section.name, [section.type === SectionType.Int8Tiles ? dequantiseInt8(source) : dequantiseGrouped(source)], section.columns));
	}
	const shape: ModelShape = { ...file.shape, quantType: QUANT_TYPE[type], binaryActivations: options.binaryActivations === true };
	const metadata = readMetadata(sectionView(file, "metadata"), (utf8) => new TextDecoder().decode(utf8));
	return {
		shape, metadata,
		write(changed) {
			const text = new TextEncoder().encode(JSON.stringify(changed));
			return writeRuvm(shape, file.tied, [...sections, { name: "metadata", type: SectionType.Bytes, shift: 0, rows: 1, columns: text.length, data: text }], crc32);
		},
	};
}
