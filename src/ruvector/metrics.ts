/** The seven metrics: what they need, and how their keys read as distances. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

/**
 * - euclidean: sensor readings, features of images; lengths matter. INT8, UINT8.
 * - cosine: texts and other embeddings; only directions matter. INT8, UINT8.
 * - manhattan: counts and categories; one large difference does not drown the others. INT8, UINT8.
 * - hamming: hash codes, binarised embeddings; eight dimensions a byte. Bits.
 * - dot: recommendations, where longer vectors are to win; no metric in the strict sense. INT8, UINT8.
 * - poincare: hierarchies in the unit ball. INT16, since INT8 destroys them (docs/ruvector.md).
 * - lorentz: the same geometry without a border, for deep hierarchies. INT16.
 */
export type Metric = "euclidean" | "cosine" | "manhattan" | "hamming" | "dot" | "poincare" | "lorentz";
export type Element = "int8" | "uint8" | "bits" | "int16";

/** In the order of native/vector-space.h. */
export const METRICS: readonly Metric[] = ["euclidean", "cosine", "manhattan", "hamming", "dot", "poincare", "lorentz"];
export const ELEMENTS: readonly Element[] = ["int8", "uint8", "bits", "int16"];

/** A vector as it is given: elements of the index's kind; bits as bytes of eight. */
export type Vector = Int8Array | Uint8Array | Int16Array;

/** Elements of a metric, the usual one first. */
export function elementsOf(metric: Metric): readonly Element[] {
	return metric === "hamming" ? ["bits"] : metric === "poincare" || metric === "lorentz" ? ["int16"] : ["int8", "uint8"];
}

/** @throws RuvllmError METRIC_UNKNOWN */
export function metricNumber(metric: Metric): number {
	const number = METRICS.indexOf(metric);
	if (number < 0)
		throw new RuvllmError("METRIC_UNKNOWN", `there is no metric "${String(metric)}"; choose one of ${METRICS.join(", ")}`);
	return number;
}

/**
 * What a key (native/vector-space.h) means to people: the distance; with cosine 1 - cosine, with dot the product itself.
 * Keys order as distances do; this is for showing them.
 */
export function distanceOfKey(metric: Metric, key: number): number {
	switch (metric) {
	case "euclidean":
		return Math.sqrt(key);
	case "cosine":
		return key / 2 ** 30;
	case "dot":
		return 2 ** 31 - 1 - key;
	case "poincare":
	case "lorentz":
		// Made here: what preloaded modules keep lies in flash on boards.
		return Math.acosh(1 + new Float32Array(Uint32Array.of(key).buffer)[0]!);
	default:
		return key;
	}
}
