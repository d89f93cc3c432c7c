/** Tests that need cryptography, and bytes as people write them. */

import { available } from "ruvllm-esp32/platform/crypto";
import { host } from "ruvllm-esp32/platform/runtime";
import { argument } from "./arguments";

/** Where a computer lacks the library: shown as skipped, or fails in CI. Hosts that never have it don't see it. */
export function itSecure(title: string, body: () => void): void {
	if (available())
		it(title, body).timeout(600000);
	else if (host === "desktop" && argument("ci") === "true")
		it(title, () => { throw new Error("libmbedtls-dev is not installed, and CI skips nothing"); });
	else if (host === "desktop")
		it.skip(title);
}

export function fromHex(text: string): Uint8Array {
	const digits = text.replace(/\s/g, "");
	return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
