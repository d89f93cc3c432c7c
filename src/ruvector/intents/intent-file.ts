/**
 * What an intent classifier has learned, as bytes, little-endian: 0 "RVIN"; 4 u16 threshold; 6 u16 number of intents; 8 u32 number of weights;
 * 12 u32 CRC-32 of the intents' names, one a line; 16 u32 CRC-32 of the weights; 20 the weights, i16 each.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { crc32 } from "ruvllm-esp32/platform/kernels";

const MAGIC = 0x4e495652; // "RVIN"
const HEADER_BYTES = 20;

const namesOf = (intents: readonly string[]): number => {
	const bytes = encodeUtf8(intents.join("\n"));
	return crc32(bytes as never, 0, bytes.length, 0);
};

export function packIntents(weights: Int16Array, intents: readonly string[], threshold: number): Uint8Array {
	const bytes = new Uint8Array(HEADER_BYTES + 2 * weights.length), view = new DataView(bytes.buffer);
	view.setUint32(0, MAGIC, true);
	view.setUint16(4, threshold, true);
	view.setUint16(6, intents.length, true);
	view.setUint32(8, weights.length, true);
	view.setUint32(12, namesOf(intents), true);
	for (let i = 0; i < weights.length; i++)
		view.setInt16(HEADER_BYTES + 2 * i, weights[i]!, true);
	view.setUint32(16, crc32(bytes as never, HEADER_BYTES, 2 * weights.length, 0), true);
	return bytes;
}

/** @returns the threshold. @throws RuvllmError INTENT_FILE; then the weights are as they were */
export function unpackIntents(bytes: Uint8Array, weights: Int16Array, intents: readonly string[]): number {
	const size = HEADER_BYTES + 2 * weights.length;
	if (!(bytes instanceof Uint8Array) || bytes.length !== size)
		throw new RuvllmError("INTENT_FILE", `a classifier of these intents and buckets has ${size} bytes; save it again from one that has the same`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), threshold = view.getUint16(4, true);
	if (view.getUint32(0, true) !== MAGIC || view.getUint32(8, true) !== weights.length || threshold > 32768)
		throw new RuvllmError("INTENT_FILE", "these bytes are no classifier of these sizes");
	if (view.getUint16(6, true) !== intents.length || view.getUint32(12, true) !== namesOf(intents))
		throw new RuvllmError("INTENT_FILE", "this classifier has other intents; make it with the same names in the same order");
	if (view.getUint32(16, true) !== crc32(bytes.slice() as never, HEADER_BYTES, 2 * weights.length, 0))
		throw new RuvllmError("INTENT_FILE", "the checksum is wrong: the bytes are damaged, save them again");
	for (let i = 0; i < weights.length; i++)
		weights[i] = view.getInt16(HEADER_BYTES + 2 * i, true);
	return threshold;
}
