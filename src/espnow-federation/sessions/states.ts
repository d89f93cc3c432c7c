/** Hidden states in messages: packed without loss, at the width of the largest value. */

import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { CHUNK_HEAD_BYTES, HEADER_BYTES } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { Chunks, packedBytes, packStates, unpackStates } from "ruvllm-esp32/platform/states";

/** What writes chunks of the hidden state of a part, of `positions` at most, and where they are written. */
export function chunksOf({ hidden }: TinyModel, positions: number, session: number, epoch: number): { chunks: Chunks; out: Uint8Array } {
	const memory = new Memory(HEADER_BYTES + CHUNK_HEAD_BYTES + positions * (2 + packedBytes(hidden.length)));
	return {
		// The model's arrays lie in a Memory.
		chunks: new Chunks(hidden.buffer as unknown as Memory, hidden.byteOffset, hidden.length, memory, session, epoch),
		out: new Uint8Array(memory as unknown as ArrayBuffer),
	};
}

/** Behind what was written. @throws RangeError when there is no room */
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
