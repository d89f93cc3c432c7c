/**
 * Reads a RUVM file without trusting it: every offset, size and product is checked against the file
 * before it is used. A bad file gives a RuvllmError that names the field.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import {
	ENTRY_BYTES, ENTRY_NAME_BYTES, expectedSections, fits, FLAG_BINARY_ACTIVATIONS, FLAG_TIED, FORMAT_VERSION, GROUP, groupBytes, HEADER_BYTES, MAGIC, MATRIX,
	ModelMetadata, ModelShape, QuantizationType, Section, SECTION_ALIGN, sectionBytes, SectionType,
} from "ruvllm-esp32/engine/ruvm/format";

/** CRC-32 as in zlib; the kernels have a fast one, tools bring their own. */
export type Crc32 = (bytes: Uint8Array, offset: number, count: number, seed: number) => number;

export interface RuvmFile {
	bytes: Uint8Array;
	version: number;
	shape: ModelShape;
	tied: boolean;
	sections: Map<string, Section>;
}

const fail = (code: string, sentence: string): never => {
	throw new RuvllmError(code, sentence);
};

/**
 * @param bytes the whole file
 * @param crc32 checks the whole file when given; leave it out where the file was checked before
 * @throws RuvllmError MODEL_TRUNCATED, MODEL_MAGIC, MODEL_VERSION, MODEL_FIELD, MODEL_SECTION, MODEL_CRC
 */
export function readRuvm(bytes: Uint8Array, crc32?: Crc32): RuvmFile {
	if (bytes.length < HEADER_BYTES)
		fail("MODEL_TRUNCATED", `a model file has at least ${HEADER_BYTES} bytes, this one has ${bytes.length}; copy it again`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (view.getUint32(0, true) !== MAGIC)
		fail("MODEL_MAGIC", "this is no RUVM file (it does not begin with \"RUVM\"); make one with: ruvllm-esp32 convert");
	const version = view.getUint8(14);
	if (version > FORMAT_VERSION)
		fail("MODEL_VERSION", `the model has format version ${version}, this library reads up to ${FORMAT_VERSION}; update it or convert the model again`);
	const shape = readShape(view, version);
	if (version === 0)
		return { bytes, version, shape, tied: false, sections: new Map() };
	if (crc32)
		checkCrc(bytes, crc32);
	const flags = view.getUint16(18, true), tied = (flags & FLAG_TIED) !== 0;
	if (flags & FLAG_BINARY_ACTIVATIONS)
		shape.binaryActivations = true;
	const sections = readTable(view, bytes.length);
	for (const [name, type, rows, columns] of expectedSections(shape, tied)) {
		const section = sections.get(name) ?? fail("MODEL_SECTION", `the model lacks its section "${name}"; convert it again`);
		if (!fits(shape, type, section.type) || section.rows !== rows || section.columns !== columns)
			fail("MODEL_SECTION", `section "${name}" is ${section.rows} x ${section.columns} of type ${section.type}, not ${rows} x ${columns} of type ${type === MATRIX ? shape.quantType === QuantizationType.Int8 ? SectionType.Int8Tiles : "1, 4, 5 or 6" : type}`);
	}
	return { bytes, version, shape, tied, sections };
}

function readShape(view: DataView, version: number): ModelShape {
	const shape: ModelShape = {
		vocabSize: view.getUint16(4, true),
		embedDim: view.getUint16(6, true),
		hiddenDim: view.getUint16(8, true),
		numLayers: view.getUint8(10),
		numHeads: view.getUint8(11),
		numKvHeads: version === 0 ? view.getUint8(11) : view.getUint8(15),
		maxSeqLen: version === 0 ? view.getUint8(12) : view.getUint16(16, true),
		quantType: view.getUint8(13) as QuantizationType,
	};
	for (const field of ["vocabSize", "embedDim", "hiddenDim", "numLayers", "numHeads", "numKvHeads", "maxSeqLen"] as const)
		if (shape[field] === 0)
			fail("MODEL_FIELD", `${field} is 0`);
	if (shape.quantType > QuantizationType.Ternary)
		fail("MODEL_FIELD", `quantType ${shape.quantType} is not known to this version; it runs INT8 (0), INT4 (1), binary (2) and ternary (3)`);
	if (shape.maxSeqLen > 32768)
		fail("MODEL_FIELD", `maxSeqLen is ${shape.maxSeqLen}, more than 32768`);
	if (shape.embedDim % shape.numHeads || (shape.embedDim / shape.numHeads) % 2 || shape.embedDim / shape.numHeads > 256)
		fail("MODEL_FIELD", `embedDim ${shape.embedDim} does not divide into ${shape.numHeads} heads of an even size up to 256`);
	if (shape.numHeads % shape.numKvHeads)
		fail("MODEL_FIELD", `numKvHeads ${shape.numKvHeads} does not divide numHeads ${shape.numHeads}`);
	return shape;
}

/** The CRC covers the whole file, its own four bytes taken as zero. */
export function fileCrc(bytes: Uint8Array, crc32: Crc32): number {
	const start = crc32(bytes, 0, HEADER_BYTES - 4, 0);
	const middle = crc32(new Uint8Array(4), 0, 4, start);
	return crc32(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, middle);
}

/** @throws RuvllmError MODEL_CRC when the file is not what its header says */
export function checkCrc(bytes: Uint8Array, crc32: Crc32): void {
	const stored = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getUint32(28, true), actual = fileCrc(bytes, crc32);
	if (stored !== actual)
		fail("MODEL_CRC", `the model's checksum is ${actual.toString(16)}, its header says ${stored.toString(16)}: the file is damaged, copy it again`);
}

function readTable(view: DataView, fileBytes: number): Map<string, Section> {
	const count = view.getUint16(20, true), table = view.getUint32(24, true);
	if (table % 4 || table + count * ENTRY_BYTES > fileBytes)
		fail("MODEL_TRUNCATED", `the table of ${count} sections at ${table} leaves the file of ${fileBytes} bytes; copy it again`);
	const sections = new Map<string, Section>();
	for (let i = 0; i < count; i++) {
		const section = readEntry(view, table + i * ENTRY_BYTES);
		if (section.offset % SECTION_ALIGN || section.offset + section.bytes > table)
			fail("MODEL_SECTION", `section "${section.name}" (${section.bytes} bytes at ${section.offset}) leaves the file or is not aligned to ${SECTION_ALIGN}`);
		if (sections.has(section.name))
			fail("MODEL_SECTION", `section "${section.name}" stands twice in the table`);
		sections.set(section.name, section);
	}
	return sections;
}

function readEntry(view: DataView, at: number): Section {
	let name = "";
	for (let i = 0; i < ENTRY_NAME_BYTES; i++) {
		const c = view.getUint8(at + i);
		if (c === 0)
			break;
		if (c < 33 || c > 126)
			fail("MODEL_SECTION", `the name of the section at ${at} has the byte ${c}`);
		name += String.fromCharCode(c);
	}
	const section: Section = {
		name,
		type: view.getUint8(at + 20) as SectionType,
		shift: view.getInt8(at + 21),
		group: view.getUint16(at + 22, true),
		rows: view.getUint32(at + 24, true),
		columns: view.getUint32(at + 28, true),
		offset: view.getUint32(at + 32, true),
		bytes: view.getUint32(at + 36, true),
	};
	if (section.type > SectionType.BinaryTiles)
		fail("MODEL_SECTION", `section "${name}" has the unknown type ${section.type}`);
	if (section.bytes !== sectionBytes(section.type, section.rows, section.columns))
		fail("MODEL_SECTION", `section "${name}" has ${section.bytes} bytes, which is not what ${section.rows} x ${section.columns} take`);
	const group = groupBytes(section.type) === undefined ? 0 : GROUP;
	if (section.group !== group)
		fail("MODEL_SECTION", `section "${name}" has groups of ${section.group}, not of ${group}`);
	return section;
}

/** A view of a section's bytes, or undefined when there is none of that name. */
export function sectionView(file: RuvmFile, name: string): Uint8Array | undefined {
	const section = file.sections.get(name);
	return section && file.bytes.subarray(section.offset, section.offset + section.bytes);
}

/** Parsing recurses: what nests deeper would end the program, not throw. */
const MOST_NESTING = 16;

/** How deep lists and objects of a JSON text stand in each other. */
function nesting(json: Uint8Array): number {
	let depth = 0, deepest = 0, inString = false;
	for (let i = 0; i < json.length; i++) {
		const c = json[i]!;
		if (c === 0x22)
			inString = !inString;
		else if (inString)
			i += c === 0x5c ? 1 : 0;
		else if (c === 0x5b || c === 0x7b)
			deepest = Math.max(deepest, ++depth);
		else if (c === 0x5d || c === 0x7d)
			depth--;
	}
	return deepest;
}

/** What the section "metadata" holds; only a name when there is none, or it names nothing. */
export function readMetadata(bytes: Uint8Array | undefined, decode: (utf8: Uint8Array) => string): ModelMetadata {
	if (bytes?.length) {
		if (nesting(bytes) > MOST_NESTING)
			fail("MODEL_SECTION", `section "metadata" nests lists deeper than ${MOST_NESTING}; convert the model again`);
		try {
			const value: unknown = JSON.parse(decode(bytes));
			if (typeof value === "object" && value !== null && typeof (value as ModelMetadata).name === "string")
				return value as ModelMetadata;
		}
		catch {
			fail("MODEL_SECTION", "section \"metadata\" is no JSON; convert the model again");
		}
	}
	return { name: "unnamed" };
}
