/** Writes RUVM files; the reader's counterpart, used by tools and by tests that need a model. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import {
	ENTRY_BYTES, ENTRY_NAME_BYTES, FLAG_BINARY_ACTIVATIONS, FLAG_TIED, FORMAT_VERSION, GROUP, groupBytes, HEADER_BYTES, MAGIC, ModelShape, Section, SECTION_ALIGN, sectionBytes,
} from "ruvllm-esp32/engine/ruvm/format";
import { Crc32, fileCrc } from "ruvllm-esp32/engine/ruvm/reader";

/** A section to be written: what the table says, and the bytes. */
export type SectionData = Pick<Section, "name" | "type" | "shift" | "rows" | "columns"> & { data: Uint8Array };

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/**
 * @throws RuvllmError MODEL_FIELD when a size does not fit its field, MODEL_SECTION when a section's
 * bytes are not those of its shape
 */
export function writeRuvm(shape: ModelShape, tied: boolean, sections: SectionData[], crc32: Crc32): Uint8Array {
	const limits = { vocabSize: 65535, embedDim: 65535, hiddenDim: 65535, numLayers: 255, numHeads: 255, numKvHeads: 255, maxSeqLen: 32768 };
	for (const [field, limit] of Object.entries(limits)) {
		const value = shape[field as keyof typeof limits];
		if (!Number.isInteger(value) || value < 1 || value > limit)
			throw new RuvllmError("MODEL_FIELD", `${field} is ${value}; the file format takes 1 to ${limit}`);
	}
	let end = HEADER_BYTES;
	const offsets = sections.map((section) => {
		if (section.data.length !== sectionBytes(section.type, section.rows, section.columns))
			throw new RuvllmError("MODEL_SECTION", `section "${section.name}" has ${section.data.length} bytes, which is not what ${section.rows} x ${section.columns} take`);
		const offset = end;
		end = roundUp(end + section.data.length, SECTION_ALIGN);
		return offset;
	});
	const bytes = new Uint8Array(end + sections.length * ENTRY_BYTES);
	const view = new DataView(bytes.buffer);
	writeHeader(view, shape, tied, sections.length, end);
	sections.forEach((section, i) => {
		bytes.set(section.data, offsets[i]!);
		writeEntry(view, end + i * ENTRY_BYTES, section, offsets[i]!);
	});
	view.setUint32(28, fileCrc(bytes, crc32), true);
	return bytes;
}

function writeHeader(view: DataView, shape: ModelShape, tied: boolean, count: number, table: number): void {
	view.setUint32(0, MAGIC, true);
	view.setUint16(4, shape.vocabSize, true);
	view.setUint16(6, shape.embedDim, true);
	view.setUint16(8, shape.hiddenDim, true);
	view.setUint8(10, shape.numLayers);
	view.setUint8(11, shape.numHeads);
	// One byte is too small for it; the full number stands at 16.
	view.setUint8(12, Math.min(255, shape.maxSeqLen));
	view.setUint8(13, shape.quantType);
	view.setUint8(14, FORMAT_VERSION);
	view.setUint8(15, shape.numKvHeads);
	view.setUint16(16, shape.maxSeqLen, true);
	view.setUint16(18, (tied ? FLAG_TIED : 0) | (shape.binaryActivations ? FLAG_BINARY_ACTIVATIONS : 0), true);
	view.setUint16(20, count, true);
	view.setUint32(24, table, true);
}

function writeEntry(view: DataView, at: number, section: SectionData, offset: number): void {
	if (section.name.length > ENTRY_NAME_BYTES)
		throw new RuvllmError("MODEL_SECTION", `the name "${section.name}" has more than ${ENTRY_NAME_BYTES} characters`);
	for (let i = 0; i < section.name.length; i++)
		view.setUint8(at + i, section.name.charCodeAt(i));
	view.setUint8(at + 20, section.type);
	view.setInt8(at + 21, section.shift);
	view.setUint16(at + 22, groupBytes(section.type) === undefined ? 0 : GROUP, true);
	view.setUint32(at + 24, section.rows, true);
	view.setUint32(at + 28, section.columns, true);
	view.setUint32(at + 32, offset, true);
	view.setUint32(at + 36, section.data.length, true);
}
