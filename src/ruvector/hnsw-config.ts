/** Settings of MicroHNSW: completed, checked, and read back from a saved index. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import { type IndexConfig, indexSize } from "ruvllm-esp32/platform/vectors";
import { type Element, ELEMENTS, elementsOf, type Metric, metricNumber, METRICS } from "ruvllm-esp32/ruvector/metrics";

export interface HnswOptions {
	/** Elements of a vector: 1 to 4096; a multiple of 8 for bits. With lorentz x0 counts too. */
	dimensions: number;
	/** Vectors at most: 1 to 65,534. */
	capacity: number;
	/** @default "euclidean" */
	metric?: Metric;
	/** What vectors are made of; what the metric usually takes by default. */
	element?: Element;
	/** Links of a vector in upper layers: 2 to 32; 0 keeps no graph, and every search looks at all. @default 8 */
	m?: number;
	/** Links in the lowest layer: m to 64. @default twice m */
	m0?: number;
	/** Candidates when links are chosen: m0 to 1024. @default 100 */
	efConstruction?: number;
	/** Candidates of a search. @default 36 */
	ef?: number;
	/** Results of a search at most. @default 16 */
	maxResults?: number;
	/** Of the levels. @default 1 */
	seed?: number;
	/** Vectors as codes of `bits` (4 or 8) for each of `subspaces` parts; euclidean, or dot of int8; see train(). */
	product?: { subspaces: number; bits: 4 | 8 };
}

export interface HnswConfig {
	metric: Metric;
	element: Element;
	dimensions: number;
	/** Of a vector as it is given. */
	bytes: number;
	ef: number;
	maxResults: number;
	/** As the native index takes them. */
	numbers: IndexConfig;
}

function integer(name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError("HNSW_CONFIG", `${name} is ${value}, and must be an integer from ${low} to ${high}`);
	return value;
}

const bytesOf = (element: Element, dimensions: number): number => element === "int16" ? 2 * dimensions : element === "bits" ? dimensions / 8 : dimensions;

/** @throws RuvllmError HNSW_CONFIG naming the number that is out of its range; METRIC_UNKNOWN */
export function completeConfig(options: HnswOptions): HnswConfig {
	const { metric = "euclidean", product } = options, number = metricNumber(metric), fitting = elementsOf(metric), { element = fitting[0]! } = options;
	if (!fitting.includes(element))
		throw new RuvllmError("HNSW_CONFIG", `${metric} is for ${fitting.join(" and ")}, not for ${String(element)}`);
	const dimensions = integer("dimensions", options.dimensions, metric === "lorentz" ? 2 : 1, 4096);
	if (element === "bits" && dimensions % 8)
		throw new RuvllmError("HNSW_CONFIG", `dimensions is ${dimensions}; of bits it must be a multiple of 8`);
	const capacity = integer("capacity", options.capacity, 1, 65534), m = options.m === 0 ? 0 : integer("m", options.m ?? 8, 2, 32);
	const m0 = m && integer("m0", options.m0 ?? 2 * m, m, 64), efConstruction = m && integer("efConstruction", options.efConstruction ?? Math.max(100, m0), m0, 1024);
	const maxResults = integer("maxResults", options.maxResults ?? 16, 1, 65534), ef = integer("ef", options.ef ?? 36, 1, 65534);
	const numbers: IndexConfig = {
		metric: number, element: ELEMENTS.indexOf(element), dimensions, capacity, m, m0, efConstruction,
		seed: integer("seed", options.seed ?? 1, 0, 2 ** 31 - 1), subspaces: product?.subspaces ?? 0, codeBits: product?.bits ?? 0,
	};
	if (indexSize(numbers) === 0)
		throw new RuvllmError("HNSW_CONFIG", product
			? "product quantisation is for euclidean, or dot of int8, with dimensions a multiple of subspaces (1 to 64), bits 4 or 8, and whole bytes"
			: `${capacity} vectors of ${dimensions} dimensions take more than 2 GB`);
	return { metric, element, dimensions, bytes: bytesOf(element, dimensions), ef, maxResults, numbers };
}

/** From the header of a block (native/hnsw.h); the rest is checked in C. @throws RuvllmError HNSW_DAMAGED */
export function configOfBlock(block: Pinned, { ef, maxResults }: Pick<HnswOptions, "ef" | "maxResults">): HnswConfig {
	const damaged = (why: string): RuvllmError => new RuvllmError("HNSW_DAMAGED", `these bytes are no index: ${why}`);
	if (block.byteLength < 64)
		throw damaged("there are too few");
	const view = new DataView(block as ArrayBuffer);
	if (view.getUint32(0, true) !== 0x4e485652)
		throw damaged("they do not begin with RVHN");
	if (view.getUint8(4) !== 1)
		throw damaged(`version ${view.getUint8(4)} is not known here`);
	const metric = METRICS[view.getUint8(5)], element = ELEMENTS[view.getUint8(6)];
	if (metric === undefined || element === undefined)
		throw damaged("the metric is not known");
	const subspaces = view.getUint8(36), bits = view.getUint8(37);
	try {
		return completeConfig({
			metric, element, dimensions: view.getUint16(8, true), capacity: view.getUint16(10, true), m: view.getUint8(16), m0: view.getUint8(17),
			efConstruction: view.getUint16(18, true), seed: view.getUint32(20, true), ef, maxResults, product: subspaces ? { subspaces, bits: bits as 4 | 8 } : undefined,
		});
	}
	catch (error) {
		throw error instanceof RuvllmError && !(ef === undefined && maxResults === undefined) ? error : damaged((error as Error).message);
	}
}
