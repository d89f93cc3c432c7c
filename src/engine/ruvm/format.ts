/**
 * RUVM, the model file: one file holds all that is needed to run. Little-endian; 32 bytes of header,
 * sections aligned to 16 bytes, and a table of them at the end. docs/ruvm.md has the bytes.
 */

export const MAGIC = 0x4d565552; // "RUVM"
export const HEADER_BYTES = 32;
/** Version 0 is the plain layout without table; see plain-layout.ts. */
export const FORMAT_VERSION = 1;
export const SECTION_ALIGN = 16;
export const ENTRY_BYTES = 44;
export const ENTRY_NAME_BYTES = 20;

/** Header flags. */
export const FLAG_TIED = 1;
/** Activations are made binary where they meet binary matrices (XNOR-Net). */
export const FLAG_BINARY_ACTIVATIONS = 2;

/** How most of the weights are stored; the number stands in the header. Models of INT8 have no other matrices. */
export const QuantizationType = { Int8: 0, Int4: 1, Binary: 2, Ternary: 3 } as const;
export type QuantizationType = (typeof QuantizationType)[keyof typeof QuantizationType];

/** What a section holds. */
export const SectionType = {
	/** Anything: tokenizer, metadata. */
	Bytes: 0,
	/** INT8 matrix in tiles of 8 rows by 16 columns, then a u16 scale below 2^15 per row. */
	Int8Tiles: 1,
	/** Vector of i16; the value is integer * 2^-shift. */
	Int16: 2,
	/** Vector of u32. */
	Uint32: 3,
	/** Matrices in tiles of 8 rows by 32 columns, then a u8 scale for each row of a tile, then a u16 scale below 2^15 per row. */
	Int4Tiles: 4,
	TernaryTiles: 5,
	BinaryTiles: 6,
} as const;
export type SectionType = (typeof SectionType)[keyof typeof SectionType];

/** Columns that share a scale in INT4, ternary and binary tiles. */
export const GROUP = 32;

/** Bytes of a row of a tile, by type: undefined where there are no such tiles. */
export const groupBytes = (type: SectionType): number | undefined =>
	type === SectionType.Int4Tiles ? 16 : type === SectionType.TernaryTiles ? 8 : type === SectionType.BinaryTiles ? 4 : undefined;

/** In place of a section's type: any kind of matrix. */
export const MATRIX = "matrix";

export interface Section {
	/** At most 20 ASCII characters, for example "layers.3.qkv". */
	name: string;
	type: SectionType;
	/** Real value = integer * 2^-shift; -128 to 127. */
	shift: number;
	/** Columns that share a scale; 0: a whole row. */
	group: number;
	rows: number;
	columns: number;
	/** From the start of the file. */
	offset: number;
	bytes: number;
}

/** Sizes of a model: the seed of the header. */
export interface ModelShape {
	/** Tokens, 1 to 65535. */
	vocabSize: number;
	/** Width of the residual stream. */
	embedDim: number;
	/** Width of the feed-forward layer. */
	hiddenDim: number;
	numLayers: number;
	numHeads: number;
	/** Heads of keys and values; divides numHeads. */
	numKvHeads: number;
	/** Positions that the model was trained for. */
	maxSeqLen: number;
	quantType: QuantizationType;
	/** Whether activations are made binary where they meet binary matrices. */
	binaryActivations?: boolean;
}

/** What the section "metadata" says, as JSON. All fields are for people but the digest. */
export interface ModelMetadata {
	name: string;
	license?: string;
	trainingData?: string;
	/** Digest of the first 32 greedy tokens after BOS; see digest.ts. */
	digest?: string;
	[other: string]: unknown;
}

/** Indices into the section "constants" (u32). */
export const Constant = {
	/** Epsilon of the RMS norm, times 2^32. */
	NormEpsilon: 0,
	/** log2(e) / (127 sqrt(headDim)) = mantissa * 2^-shift. */
	ScoreMantissa: 1,
	ScoreShift: 2,
	/** sqrt(embedDim) in Q16. */
	NormRoot: 3,
} as const;
export const CONSTANTS = 4;

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Bytes of a section's content, from its type and shape. */
export function sectionBytes(type: SectionType, rows: number, columns: number): number {
	switch (type) {
		case SectionType.Int8Tiles: return roundUp(rows, 8) * roundUp(columns, 16) + 2 * rows;
		case SectionType.Int4Tiles:
		case SectionType.TernaryTiles:
		case SectionType.BinaryTiles: return roundUp(rows, 8) * Math.ceil(columns / GROUP) * (groupBytes(type)! + 1) + 2 * rows;
		case SectionType.Int16: return 2 * rows * columns;
		case SectionType.Uint32: return 4 * rows * columns;
		default: return rows * columns;
	}
}

export type ExpectedSection = [name: string, type: SectionType | typeof MATRIX, rows: number, columns: number];

/** Whether a section of this type can stand where `expected` is wanted. */
export function fits(shape: ModelShape, expected: ExpectedSection[1], type: SectionType): boolean {
	return expected === MATRIX ? type === SectionType.Int8Tiles || (groupBytes(type) !== undefined && shape.quantType !== QuantizationType.Int8) : type === expected;
}

/** The tensors that a shape must come with. */
export function expectedSections(shape: ModelShape, tied: boolean): ExpectedSection[] {
	const d = shape.embedDim, head = d / shape.numHeads;
	const sections: ExpectedSection[] = [
		["constants", SectionType.Uint32, 1, CONSTANTS],
		["rope", SectionType.Uint32, 1, head / 2],
		["embedding", MATRIX, shape.vocabSize, d],
		["norm", SectionType.Int16, 1, d],
	];
	if (!tied)
		sections.push(["output", MATRIX, shape.vocabSize, d]);
	for (let l = 0; l < shape.numLayers; l++)
		sections.push(
			[`layers.${l}.norm1`, SectionType.Int16, 1, d],
			[`layers.${l}.qkv`, MATRIX, d + 2 * shape.numKvHeads * head, d],
			[`layers.${l}.wo`, MATRIX, d, d],
			[`layers.${l}.norm2`, SectionType.Int16, 1, d],
			[`layers.${l}.gateUp`, MATRIX, 2 * shape.hiddenDim, d],
			[`layers.${l}.down`, MATRIX, d, shape.hiddenDim],
		);
	return sections;
}
