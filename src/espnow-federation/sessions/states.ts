/** Hidden states in messages: packed without loss, at the width of the largest value. */

import type { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";

/** Bytes of a packed state at most. */
export const mostStateBytes = (values: number): number => 1 + 4 * values;

export function writeState(out: ByteWriter, hidden: Int32Array): void {
	let all = 0;
	for (let i = 0; i < hidden.length; i++)
		all |= hidden[i]! ^ hidden[i]! >> 31;
	const width = 33 - Math.clz32(all);
	out.u8(width);
	let bits = 0, filled = 0;
	for (let i = 0; i < hidden.length; i++) {
		let value = hidden[i]!, left = width;
		while (left > 0) {
			const take = Math.min(left, 8 - filled);
			bits |= (value & (1 << take) - 1) << filled;
			value >>= take;
			left -= take;
			filled += take;
			if (filled === 8) {
				out.u8(bits);
				bits = filled = 0;
			}
		}
	}
	if (filled)
		out.u8(bits);
}

/** @returns false for bytes that are no state of this length */
export function readState(reader: ByteReader, hidden: Int32Array): boolean {
	const width = reader.u8();
	if (width < 1 || width > 32 || reader.left < Math.ceil(width * hidden.length / 8))
		return false;
	let bits = 0, filled = 0;
	for (let i = 0; i < hidden.length; i++) {
		let value = 0, got = 0;
		while (got < width) {
			if (filled === 0) {
				bits = reader.u8();
				filled = 8;
			}
			const take = Math.min(width - got, filled);
			value |= (bits & (1 << take) - 1) << got;
			bits >>= take;
			filled -= take;
			got += take;
		}
		hidden[i] = value << 32 - width >> 32 - width;
	}
	return true;
}
