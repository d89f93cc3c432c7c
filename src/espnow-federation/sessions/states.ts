/** Hidden states in messages: packed without loss, at the width of the largest value. */

import type { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { packStates, unpackStates } from "ruvllm-esp32/platform/states";

/** Bytes of a packed state at most. */
export const mostStateBytes = (values: number): number => 1 + 4 * values;

/** @throws RangeError when there is no room */
export function writeState(out: ByteWriter, hidden: Int32Array): void {
	out.at += packStates(hidden, hidden.length, out.bytes, out.at);
}

/** @returns false for bytes that are no state of this length */
export function readState(reader: ByteReader, hidden: Int32Array): boolean {
	const count = unpackStates(hidden, hidden.length, reader.bytes, reader.at, reader.end);
	if (count < 0)
		return false;
	reader.at += count;
	return true;
}
