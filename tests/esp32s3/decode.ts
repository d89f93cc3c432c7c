/**
 * Machine code of the ESP32-S3 to instructions. The encodings are those of the Xtensa instruction set manual and of
 * the ESP32-S3 Technical Reference Manual, chapter "Processor Instruction Extensions", in encodings.json:
 * name: [bytes, match, mask, operands]; an operand is [kind, bits from the lowest, factor, whether it has a sign].
 */

import encodings from "./encodings.json";

export interface Instruction {
	name: string;
	/** Bytes: 2, 3 or 4. */
	length: number;
	/** Numbers of registers, values of constants, distances of jumps from the instruction behind a 4-byte slot. */
	operands: number[];
	/** As an assembler would write it, for messages. */
	text: string;
}

type Operand = [kind: string, bits: number[], factor?: number, signed?: number];
interface Encoding {
	name: string;
	length: number;
	match: number;
	mask: number;
	operands: Operand[];
}

const ones = (x: number): number => x.toString(2).replaceAll("0", "").length;

/** Those with most fixed bits first: they are special cases of others. */
const ENCODINGS: Encoding[] = Object.entries(encodings as unknown as Record<string, [number, string, string, Operand[]]>)
	.map(([name, [length, match, mask, operands]]) => ({ name, length, match: parseInt(match, 16), mask: parseInt(mask, 16), operands }))
	.sort((a, b) => ones(b.mask) - ones(a.mask));

const B4 = [-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256];
const B4U = [32768, 65536, ...B4.slice(2)];

/** How kinds read their bits. */
const KINDS: Record<string, (value: number, operand: Operand) => number> = {
	a: (value) => value,
	q: (value) => value,
	b: (value) => B4[value]!,
	bu: (value) => B4U[value]!,
	addin: (value) => value || -1,
	movin: (value) => value > 95 ? value - 128 : value,
	slli: (value) => 32 - value,
	i: (value, [, bits, factor = 1, signed]) => factor * (signed && value >> (bits.length - 1) ? value - 2 ** bits.length : value),
	t: (value, [, bits, , signed]) => signed && value >> (bits.length - 1) ? value - 2 ** bits.length : value,
};

/** Xtensa's low nibble tells the length: 14 and 15 are 4 bytes long on this core, 8 to 13 are 2. */
function lengthOf(first: number): number {
	const low = first & 15;
	return low >= 14 ? 4 : low >= 8 ? 2 : 3;
}

/** @returns undefined for what is no known instruction */
export function decode(bytes: Uint8Array, at: number): Instruction | undefined {
	const length = lengthOf(bytes[at] ?? 0);
	if (at + length > bytes.length)
		return undefined;
	let word = 0;
	for (let i = length - 1; i >= 0; i--)
		word = word * 256 + bytes[at + i]!;
	const bit = (k: number): number => Math.floor(word / 2 ** k) % 2;
	const found = ENCODINGS.find(({ length: n, match, mask }) => n === length && ((word & mask) >>> 0) === match);
	if (!found)
		return undefined;
	const operands = found.operands.map((operand) => KINDS[operand[0]]!(operand[1].reduce((sum, k, i) => sum + bit(k) * 2 ** i, 0), operand));
	const shown = found.operands.map(([kind], i) => kind === "a" || kind === "q" ? `${kind}${operands[i]}` : String(operands[i]));
	return { name: found.name, length, operands, text: `${found.name} ${shown.join(", ")}`.trim() };
}
