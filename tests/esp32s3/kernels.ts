/** Runs each assembled kernel on the interpreter, on inputs made here, beside plain loops. */

import fixture from "./fixture.json";
import { Machine } from "./machine.ts";

const CODE = Uint8Array.from(Buffer.from(fixture.code, "hex"));
const SYMBOLS = fixture.symbols as Record<string, number>;
export const FUNCTIONS = Object.keys(SYMBOLS);
const OUT = 0x3fc90000, WEIGHTS = 0x3c000000, X = 0x3fca0000, SCALES = 0x3c800000, SCRATCH = 0x3fcb0000;

export interface Run {
	/** Products of 8 or 4 bits; bits compared. */
	work: number;
	instructions: number;
	/** The first place where the kernel's result is not the loop's; -1 when there is none. */
	wrong: number;
}

/** Where inputs come from: any bytes, or only those at the ends of the range. */
export interface Source {
	byte(): number;
	extreme: boolean;
}

const signed = (byte: number): number => byte << 24 >> 24;
const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;
/** Bytes; behind `count` they are zero. */
function bytes(from: Source, count: number, room = count): Uint8Array {
	const out = new Uint8Array(room);
	for (let i = 0; i < count; i++)
		out[i] = from.extreme ? (from.byte() & 1 ? 127 : 128) : from.byte();
	return out;
}

/** Calls a kernel whose first argument is `count` 32-bit results, and compares them; what lies behind them must stay. */
function call(name: string, work: number, expected: readonly number[], room: number, memory: [number, Uint8Array, "r" | "rw", string][], args: number[]): Run {
	const machine = new Machine(CODE, fixture.base), out = new Uint8Array(4 * room);
	machine.addMemory(OUT, out, "rw", "results");
	for (const region of memory)
		machine.addMemory(...region);
	const { instructions } = machine.call(SYMBOLS[name]!, [OUT, ...args]);
	const view = new DataView(out.buffer);
	return { work, instructions, wrong: expected.findIndex((value, i) => view.getInt32(4 * i, true) !== (value | 0)) };
}

export function matvec(from: Source, rows: number, columns: number): Run {
	const chunks = Math.ceil(columns / 16), padded = roundUp(rows, 8);
	const tiles = bytes(from, padded * chunks * 16), x = bytes(from, columns, chunks * 16);
	const expected = Array.from({ length: rows }, (_, r) => {
		let sum = 0;
		for (let c = 0; c < columns; c++)
			sum += signed(tiles[((r >> 3) * chunks + (c >> 4)) * 128 + (r & 7) * 16 + (c & 15)]!) * signed(x[c]!);
		return sum;
	});
	return call("rv_matvec_sums_esp32s3", rows * columns, expected, padded, [
		[WEIGHTS, tiles, "r", "tiles"], [X, x, "r", "x"], [SCRATCH, new Uint8Array(16 * padded + 64), "rw", "scratch"],
	], [WEIGHTS, rows, columns, X, SCRATCH]);
}

export function matvecInt4(from: Source, rows: number, columns: number): Run {
	const groups = Math.ceil(columns / 32), padded = roundUp(rows, 8);
	const tiles = bytes({ ...from, extreme: false }, padded * groups * 16), x = bytes(from, columns, groups * 32);
	const scales = bytes({ ...from, extreme: false }, padded * groups);
	if (from.extreme)
		tiles.fill(0xf0), scales.fill(255);
	const expected = Array.from({ length: rows }, (_, r) => {
		let sum = 0;
		for (let c = 0; c < columns; c++) {
			const tile = (r >> 3) * groups + (c >> 5), byte = tiles[tile * 128 + (r & 7) * 16 + (c & 15)]!;
			sum += ((c & 16 ? byte >> 4 : byte & 15) - 8) * signed(x[c]!) * scales[tile * 8 + (r & 7)]!;
		}
		return sum;
	});
	return call("rv_matvec_sums_int4_esp32s3", rows * columns, expected, padded, [
		[WEIGHTS, tiles, "r", "tiles"], [SCALES, scales, "r", "group scales"], [X, x, "r", "x"],
	], [WEIGHTS, SCALES, rows, columns, X]);
}

const dot = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, v, i) => sum + signed(v) * signed(b[i]!), 0);

export function scores8(from: Source, count: number): Run {
	const query = bytes(from, 8), keys = bytes(from, 8 * count);
	const expected = Array.from({ length: count }, (_, t) => dot(query, keys.subarray(8 * t)));
	return call("rv_scores8_esp32s3", 8 * count, expected, count, [[WEIGHTS, keys, "r", "keys"], [X, query, "r", "query"]], [X, WEIGHTS, count]);
}

export function mix(from: Source, dim: number, count: number): Run {
	const weights = bytes(from, 2 * count), values = bytes(from, dim * count), view = new DataView(weights.buffer);
	for (let t = 0; t < count; t++)
		view.setUint16(2 * t, view.getUint16(2 * t, true) & 32767, true);
	const expected = Array.from({ length: 8 }, (_, i) => {
		let sum = 0;
		for (let t = 0; t < count; t++)
			sum += view.getUint16(2 * t, true) * signed(values[t * dim + i]!);
		return sum;
	});
	return call("rv_mix_esp32s3", 8 * count, expected, 8, [[X, weights, "r", "weights"], [WEIGHTS, values, "r", "values"]], [X, WEIGHTS, dim, count]);
}

function block(name: string, from: Source, dim: number, count: number, unit: number, score: (a: Uint8Array, b: Uint8Array) => number): Run {
	const stride = roundUp(dim, 16), query = bytes(from, dim, stride), vectors = new Uint8Array(stride * count);
	for (let i = 0; i < count; i++)
		vectors.set(bytes(from, dim), i * stride);
	const expected = Array.from({ length: count }, (_, i) => score(query, vectors.subarray(i * stride, (i + 1) * stride)));
	return call(name, dim * count * unit, expected, count, [[X, query, "r", "query"], [WEIGHTS, vectors, "r", "vectors"]], [X, WEIGHTS, stride, count]);
}

export const dotBlock = (from: Source, dim: number, count: number): Run => block("rv_dot_block_esp32s3", from, dim, count, 1, dot);
export const hammingBlock = (from: Source, dim: number, count: number): Run =>
	block("rv_hamming_block_esp32s3", from, dim, count, 8, (a, b) => a.reduce((sum, v, i) => sum + (v ^ b[i]!).toString(2).replaceAll("0", "").length, 0));

/** What tests and bench call each function by. */
export const KERNELS: Record<string, { run: (from: Source, ...sizes: number[]) => Run; sizes: string }> = {
	rv_matvec_sums_esp32s3: { run: matvec as never, sizes: "rows x columns" },
	rv_matvec_sums_int4_esp32s3: { run: matvecInt4 as never, sizes: "rows x columns" },
	rv_scores8_esp32s3: { run: scores8 as never, sizes: "positions" },
	rv_mix_esp32s3: { run: mix as never, sizes: "dimensions x positions" },
	rv_dot_block_esp32s3: { run: dotBlock as never, sizes: "dimensions x vectors" },
	rv_hamming_block_esp32s3: { run: hammingBlock as never, sizes: "bytes x vectors" },
};
