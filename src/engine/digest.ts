/**
 * A short fingerprint of what a model says: the same on every host, or something is wrong. It stands
 * in each model's card and is checked at boot.
 */

import { crc32 } from "ruvllm-esp32/platform/kernels";

/** Tokens that a digest covers. */
export const DIGEST_TOKENS = 32;

/** CRC-32 of the first 32 tokens as 16-bit little-endian numbers, in 8 hexadecimal digits. */
export function tokenDigest(tokens: ArrayLike<number>): string {
	const count = Math.min(DIGEST_TOKENS, tokens.length);
	const bytes = new Uint8Array(2 * count);
	for (let i = 0; i < count; i++) {
		bytes[2 * i] = tokens[i]! & 255;
		bytes[2 * i + 1] = tokens[i]! >> 8;
	}
	return crc32(bytes.buffer, 0, bytes.length, 0).toString(16).padStart(8, "0");
}
