/** Every field of a model file set wrong, one at a time: the error's code, and the field in its sentence. */
import { expect } from "chai";
import { RuvllmError, TinyModel } from "ruvllm-esp32/engine";
import { ENTRY_BYTES, HEADER_BYTES, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { fileCrc, readMetadata, readRuvm, sectionView } from "ruvllm-esp32/engine/ruvm/reader";
import { SectionData, writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { SHAPES, tinyCrc, tinyFile, tinySections } from "../support/tiny-model";

const FILE = SHAPES.smallUntied!;

/** A good file, changed, with its checksum corrected. */
function changed(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
	const bytes = tinyFile(FILE), view = new DataView(bytes.buffer);
	change(view, bytes);
	view.setUint32(28, fileCrc(bytes, tinyCrc), true);
	return bytes;
}

function refused(bytes: Uint8Array): RuvllmError {
	try {
		new TinyModel(bytes);
	}
	catch (error) {
		if (error instanceof RuvllmError)
			return error;
		throw error;
	}
	throw new Error("the file was accepted");
}

function expectRefused(bytes: Uint8Array, code: string, sentence: string): void {
	const error = refused(bytes);
	expect(`${error.code}: ${error.message}`).to.include(code).and.include(sentence);
}

/** Where the table's entry of a section begins. */
function entry(view: DataView, name: string): number {
	const table = view.getUint32(24, true), count = view.getUint16(20, true);
	for (let i = 0; i < count; i++) {
		let own = "";
		for (let at = table + i * ENTRY_BYTES, c = 0; (c = view.getUint8(at)) && own.length < 20; at++)
			own += String.fromCharCode(c);
		if (own === name)
			return table + i * ENTRY_BYTES;
	}
	throw new Error(`no ${name}`);
}

const HEADER: [string, string, string, (view: DataView) => void][] = [
	["magic", "MODEL_MAGIC", "RUVM", (v) => v.setUint8(0, 0x53)],
	["a version from the future", "MODEL_VERSION", "version 2", (v) => v.setUint8(14, 2)],
	["the plain layout", "MODEL_VERSION", "version 0", (v) => v.setUint8(14, 0)],
	["vocabSize 0", "MODEL_FIELD", "vocabSize", (v) => v.setUint16(4, 0, true)],
	["embedDim 0", "MODEL_FIELD", "embedDim", (v) => v.setUint16(6, 0, true)],
	["hiddenDim 0", "MODEL_FIELD", "hiddenDim", (v) => v.setUint16(8, 0, true)],
	["numLayers 0", "MODEL_FIELD", "numLayers", (v) => v.setUint8(10, 0)],
	["numHeads 0", "MODEL_FIELD", "numHeads", (v) => v.setUint8(11, 0)],
	["numKvHeads 0", "MODEL_FIELD", "numKvHeads", (v) => v.setUint8(15, 0)],
	["maxSeqLen 0", "MODEL_FIELD", "maxSeqLen", (v) => v.setUint16(16, 0, true)],
	["maxSeqLen 32769", "MODEL_FIELD", "maxSeqLen", (v) => v.setUint16(16, 32769, true)],
	["quantType 1", "MODEL_FIELD", "quantType 1", (v) => v.setUint8(13, 1)],
	["numHeads that do not divide embedDim", "MODEL_FIELD", "embedDim 4 does not divide into 3", (v) => v.setUint8(11, 3)],
	["heads of one", "MODEL_FIELD", "even size", (v) => v.setUint8(11, 4)],
	["numKvHeads that do not divide numHeads", "MODEL_FIELD", "numKvHeads 3", (v) => v.setUint8(15, 3)],
	["vocabSize of another model", "MODEL_SECTION", "\"embedding\" is 20 x 4", (v) => v.setUint16(4, 21, true)],
	["hiddenDim of another model", "MODEL_SECTION", "gateUp", (v) => v.setUint16(8, 6, true)],
	["more layers than sections", "MODEL_SECTION", "\"layers.2.norm1\"", (v) => v.setUint8(10, 3)],
	["a table behind the end", "MODEL_TRUNCATED", "table", (v) => v.setUint32(24, 0xfffffffc, true)],
	["a table at an odd place", "MODEL_TRUNCATED", "table", (v) => v.setUint32(24, v.getUint32(24, true) - 2, true)],
	["more entries than the file has", "MODEL_TRUNCATED", "table of 65535", (v) => v.setUint16(20, 65535, true)],
	["no entries", "MODEL_SECTION", "\"constants\"", (v) => v.setUint16(20, 0, true)],
];

const ENTRY: [string, string, string, number, (view: DataView, at: number) => void][] = [
	["a character that is none", "MODEL_SECTION", "has the byte 7", 0, (v, at) => v.setUint8(at, 7)],
	["another name", "MODEL_SECTION", "lacks its section \"embedding\"", 0, (v, at) => v.setUint8(at, 0x45)],
	["an unknown type", "MODEL_SECTION", "\"embedding\" has the unknown type 4", 20, (v, at) => v.setUint8(at, 4)],
	["another type", "MODEL_SECTION", "\"embedding\"", 20, (v, at) => v.setUint8(at, SectionType.Int16)],
	["groups", "MODEL_SECTION", "\"embedding\" has groups of 32", 22, (v, at) => v.setUint16(at, 32, true)],
	["rows", "MODEL_SECTION", "\"embedding\" has", 24, (v, at) => v.setUint32(at, 0xffffffff, true)],
	["columns", "MODEL_SECTION", "\"embedding\" has", 28, (v, at) => v.setUint32(at, 0xffffffff, true)],
	["an offset at an odd place", "MODEL_SECTION", "\"embedding\" (", 32, (v, at) => v.setUint32(at, v.getUint32(at, true) + 8, true)],
	["an offset behind the end", "MODEL_SECTION", "\"embedding\" (", 32, (v, at) => v.setUint32(at, 0xfffffff0, true)],
	["bytes", "MODEL_SECTION", "\"embedding\" has", 36, (v, at) => v.setUint32(at, 0, true)],
];

function replaced(name: string, change: (section: SectionData) => SectionData): Uint8Array {
	return writeRuvm(FILE.shape, FILE.tied, tinySections(FILE).map((section) => section.name === name ? change(section) : section), tinyCrc);
}
const withBytes = (name: string, data: Uint8Array): Uint8Array => replaced(name, (s) => ({ ...s, rows: 1, columns: data.length, data }));
const withShift = (name: string, shift: number): Uint8Array => replaced(name, (s) => ({ ...s, shift }));

describe("engine/ruvm/reader", () => {
	it("refuses files that end early, at every length", () => {
		const bytes = tinyFile(SHAPES.small!);
		for (let length = 1; length < bytes.length; length += length < 64 ? 1 : 61)
			expect(refused(bytes.slice(0, length)).code).to.be.oneOf(["MODEL_TRUNCATED", "MODEL_CRC"]);
		expectRefused(new Uint8Array(0), "MODEL_TRUNCATED", "empty");
	});
	it("refuses a file with one wrong bit, by its checksum", () => {
		const good = tinyFile(FILE);
		for (let at = HEADER_BYTES; at < good.length; at += 37) {
			const bytes = good.slice();
			bytes[at]! ^= 1 << at % 8;
			expectRefused(bytes, "MODEL_CRC", "checksum");
		}
	});
	for (const [title, code, sentence, change] of HEADER)
		it(`header: ${title}`, () => expectRefused(changed(change), code, sentence));
	for (const [title, code, sentence, offset, change] of ENTRY)
		it(`table: ${title}`, () => expectRefused(changed((v) => change(v, entry(v, "embedding") + offset)), code, sentence));
	it("table: a section twice", () => {
		const sections = tinySections(FILE);
		expectRefused(writeRuvm(FILE.shape, FILE.tied, [...sections, sections[3]!], tinyCrc), "MODEL_SECTION", `"${sections[3]!.name}" stands twice`);
	});
	for (const { name } of tinySections(FILE))
		if (name !== "metadata")
			it(`sections: ${name} is absent`, () => {
				const sections = tinySections(FILE).filter((section) => section.name !== name);
				expectRefused(writeRuvm(FILE.shape, FILE.tied, sections, tinyCrc), "MODEL_SECTION", `"${name}"`);
			});
	it("sections: what the kernels refuse is a bad file", () => {
		expectRefused(withShift("embedding", 61), "MODEL_TENSOR", "shift");
		expectRefused(withShift("layers.1.down", -1), "MODEL_TENSOR", "shift");
		expectRefused(withShift("layers.0.norm2", 41), "MODEL_TENSOR", "gainShift");
		const high = replaced("layers.0.wo", (s) => ({ ...s, data: s.data.map((byte, i) => i === s.data.length - 1 ? 0x80 : byte) }));
		expectRefused(high, "MODEL_TENSOR", "scale of row 3");
		for (const [index, field] of [[1, "scoreMantissa"], [2, "scoreShift"], [3, "sqrtN"]] as const)
			expectRefused(replaced("constants", (s) => ({ ...s, data: s.data.map((byte, i) => i >> 2 === index ? 0xff : byte) })), "MODEL_TENSOR", field);
	});
	it("sections: a vocabulary of another model, a damaged one, none", () => {
		const other = tinySections(SHAPES.small!).find(({ name }) => name === "tokenizer")!.data;
		expectRefused(withBytes("tokenizer", other), "MODEL_TOKENIZER", "12 tokens, the model 20");
		expectRefused(withBytes("tokenizer", new Uint8Array(64)), "MODEL_TOKENIZER", "damaged");
		expectRefused(withBytes("tokenizer", new Uint8Array(0)), "MODEL_TOKENIZER", "damaged");
	});
	it("metadata: no JSON is an error, JSON without a name is none, nesting has an end", () => {
		const metadata = (text: string): unknown => new TinyModel(tinyFile({ ...FILE, metadata: text })).metadata;
		expectRefused(tinyFile({ ...FILE, metadata: "{" }), "MODEL_SECTION", "metadata");
		expectRefused(tinyFile({ ...FILE, metadata: Uint8Array.of(0xff, 0xfe) }), "MODEL_SECTION", "metadata");
		for (const text of ["null", "[]", "1", "\"name\"", "{\"name\":5}"])
			expect(metadata(text)).to.deep.equal({ name: "unnamed" });
		expect(metadata("{\"name\":\"[[[[{{{{\",\"a\":[[1]]}")).to.deep.equal({ name: "[[[[{{{{", a: [[1]] });
		expectRefused(tinyFile({ ...FILE, metadata: "[".repeat(30000) }), "MODEL_SECTION", "metadata");
		expectRefused(tinyFile({ ...FILE, metadata: "{\"name\":".repeat(30000) }), "MODEL_SECTION", "metadata");
	});
	it("options: a context and a window out of range", () => {
		for (const contextLength of [0, -1, 1.5, NaN, 9, "4" as never])
			expect(() => new TinyModel(tinyFile(FILE), { contextLength })).to.throw(/contextLength.*1 to 8/).with.property("code", "CONTEXT_LENGTH");
		for (const penaltyWindow of [0, 4097, Infinity])
			expect(() => new TinyModel(tinyFile(FILE), { penaltyWindow })).to.throw(/penaltyWindow.*1 to 4096/).with.property("code", "PENALTY_WINDOW");
	});
	it("gives back what the writer was given", () => {
		for (const [name, file] of Object.entries(SHAPES)) {
			const written = tinySections(file), read = readRuvm(tinyFile(file), tinyCrc);
			expect(read.shape, name).to.deep.equal(file.shape);
			expect([read.version, read.tied, read.sections.size]).to.deep.equal([1, file.tied, written.length]);
			for (const { name: own, data, ...rest } of written) {
				expect(read.sections.get(own)).to.include({ name: own, ...rest, group: 0, bytes: data.length });
				expect(sectionView(read, own), own).to.deep.equal(data);
			}
			expect(readMetadata(read, decodeUtf8)).to.deep.equal({ name: "tiny" });
		}
		expect(sectionView(readRuvm(tinyFile(FILE)), "nothing")).to.equal(undefined);
	});
	it("the writer refuses sizes and bytes that do not fit", () => {
		for (const [field, value] of [["vocabSize", 65536], ["numLayers", 256], ["embedDim", 0], ["maxSeqLen", 32769], ["hiddenDim", 1.5]] as const)
			expect(() => writeRuvm({ ...FILE.shape, [field]: value }, true, [], tinyCrc)).to.throw(field).with.property("code", "MODEL_FIELD");
		const section = { name: "a", type: SectionType.Bytes, shift: 0, rows: 1, columns: 2, data: new Uint8Array(3) };
		expect(() => writeRuvm(FILE.shape, true, [section], tinyCrc)).to.throw("\"a\" has 3 bytes").with.property("code", "MODEL_SECTION");
		expect(() => writeRuvm(FILE.shape, true, [{ ...section, columns: 3, name: "x".repeat(21) }], tinyCrc)).to.throw("20").with.property("code", "MODEL_SECTION");
	});
});
