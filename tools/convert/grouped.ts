/** INT4, ternary and binary weights: 32 columns of a row share a scale. The layout is native/simd-kernels.h's. */

import { GROUP, groupBytes, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import type { SectionData } from "ruvllm-esp32/engine/ruvm/writer";

export const WEIGHT_TYPES = ["int8", "int4", "ternary", "binary"] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];
export type GroupedType = Exclude<WeightType, "int8">;

const TILE_ROWS = 8, MAX_SCALE = 32767;

/** How one kind of weights is made and stored. */
interface Kind {
	type: SectionType;
	/** Real value of a step of one for these weights, at most 32. */
	step(values: Float32Array): number;
	/** The nearest code, of a weight in steps. */
	code(steps: number): number;
	/** Puts a code into the bytes of a tile's row. */
	store(bytes: Uint8Array, column: number, code: number): void;
}

const clamp = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));

/** Squared error of weights at this step. */
const errorOf = (values: Float32Array, step: number, code: (steps: number) => number): number =>
	values.reduce((sum, v) => sum + (v - step * code(v / step)) ** 2, 0);

const int4Code = (steps: number): number => clamp(Math.round(steps), -7, 7);

/** Of steps from the one that spans all weights down to three quarters of it, that of the least squared error. */
function int4Step(values: Float32Array): number {
	const whole = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0) / 7;
	let best = whole, least = whole ? errorOf(values, whole, int4Code) : 0;
	// Weights that lie on a grid already, by training, stay as they are.
	if (least < 1e-6 * values.reduce((sum, v) => sum + v * v, 0))
		return whole;
	for (let part = 0.75; part < 1; part += 0.05) {
		const error = errorOf(values, part * whole, int4Code);
		if (error < least) {
			least = error;
			best = part * whole;
		}
	}
	return best;
}

/** The nearest in the least squares: the mean of the k largest magnitudes; k maximises (their sum)^2 / k. */
function ternaryStep(values: Float32Array): number {
	const largest = Float32Array.from(values, Math.abs).sort().reverse();
	let sum = 0, best = 0, step = 0;
	largest.forEach((value, i) => {
		sum += value;
		if (sum * sum / (i + 1) > best * (1 + 1e-9)) {
			best = sum * sum / (i + 1);
			step = sum / (i + 1);
		}
	});
	return step;
}

const KINDS: Record<GroupedType, Kind> = {
	int4: {
		type: SectionType.Int4Tiles, step: int4Step, code: int4Code,
		store: (bytes, column, code) => { bytes[column % 16]! |= code + 8 << (column < 16 ? 0 : 4); },
	},
	ternary: {
		type: SectionType.TernaryTiles, step: ternaryStep, code: (steps) => clamp(Math.round(steps), -1, 1),
		store: (bytes, column, code) => { bytes[(column >> 4) * 4 + column % 4]! |= code + 1 << (column % 16 >> 2) * 2; },
	},
	// The sign and the mean magnitude (Rastegari et al., 2016).
	binary: {
		type: SectionType.BinaryTiles, step: (values) => values.reduce((sum, v) => sum + Math.abs(v), 0) / values.length, code: (steps) => steps < 0 ? -1 : 1,
		store: (bytes, column, code) => { bytes[column % 4]! |= (code + 1 >> 1) << (column >> 2); },
	},
};

/**
 * Quantises rows in groups of 32 columns. Steps are 8 bits, of the row's largest; those of rows 15 bits with a common
 * shift. Weights are divided by the steps as stored, so that their rounding costs nothing.
 */
export function quantiseGrouped(kindName: GroupedType, name: string, parts: readonly Float32Array[], columns: number): SectionData {
	const kind = KINDS[kindName], rowBytes = groupBytes(kind.type)!, groups = Math.ceil(columns / GROUP);
	const rows = parts.flatMap((part) => Array.from({ length: part.length / columns }, (_, r) => part.subarray(r * columns, (r + 1) * columns)));
	const cut = (row: Float32Array): Float32Array[] => Array.from({ length: groups }, (_, g) => row.subarray(g * GROUP, Math.min(columns, (g + 1) * GROUP)));
	const steps = rows.map((row) => cut(row).map((values) => kind.step(values)));
	const units = steps.map((row) => Math.max(...row) / 255), largest = Math.max(...units);
	const shift = largest > 0 ? clamp(Math.floor(Math.log2(MAX_SCALE / largest)), 0, 60) : 0;
	const tiles = Math.ceil(rows.length / TILE_ROWS) * groups, tileBytes = tiles * TILE_ROWS * rowBytes, scaleBytes = tiles * TILE_ROWS;
	const data = new Uint8Array(tileBytes + scaleBytes + 2 * rows.length), view = new DataView(data.buffer);
	rows.forEach((row, r) => {
		const scale = clamp(Math.round(units[r]! * 2 ** shift), 1, MAX_SCALE), unit = scale / 2 ** shift;
		view.setUint16(tileBytes + scaleBytes + 2 * r, scale, true);
		cut(row).forEach((values, g) => {
			const at = (Math.floor(r / TILE_ROWS) * groups + g) * TILE_ROWS + r % TILE_ROWS;
			const stored = clamp(Math.round(steps[r]![g]! / unit), steps[r]![g]! > 0 ? 1 : 0, 255);
			data[tileBytes + at] = stored;
			const bytes = data.subarray(at * rowBytes, (at + 1) * rowBytes);
			for (let c = 0; c < GROUP; c++)
				kind.store(bytes, c, c < values.length && stored ? kind.code(values[c]! / (stored * unit)) : kindName === "binary" ? 1 : 0);
		});
	});
	return { name, type: kind.type, shift, rows: rows.length, columns, data };
}

/** The weights of a section again, `[rows][columns]`. */
export function dequantiseGrouped(section: SectionData): Float32Array {
	const { rows, columns, data, type } = section, rowBytes = groupBytes(type)!, groups = Math.ceil(columns / GROUP);
	const tiles = Math.ceil(rows / TILE_ROWS) * groups, tileBytes = tiles * TILE_ROWS * rowBytes, scaleBytes = tiles * TILE_ROWS;
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength), out = new Float32Array(rows * columns);
	for (let r = 0; r < rows; r++) {
		const unit = view.getUint16(tileBytes + scaleBytes + 2 * r, true) / 2 ** section.shift;
		for (let c = 0; c < columns; c++) {
			const at = (Math.floor(r / TILE_ROWS) * groups + Math.floor(c / GROUP)) * TILE_ROWS + r % TILE_ROWS, column = c % GROUP;
			const byte = (i: number): number => data[at * rowBytes + i]!;
			const code = type === SectionType.Int4Tiles ? (byte(column % 16) >> (column < 16 ? 0 : 4) & 15) - 8
				: type === SectionType.TernaryTiles ? (byte((column >> 4) * 4 + column % 4) >> (column % 16 >> 2) * 2 & 3) - 1 : 2 * (byte(column % 4) >> (column >> 2) & 1) - 1;
			out[r * columns + c] = code * data[tileBytes + at]! * unit;
		}
	}
	return out;
}
