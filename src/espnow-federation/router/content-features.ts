/** contentFeatures: a word in eight numbers, for a router that tells texts apart. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { contentWord } from "ruvllm-esp32/platform/router";

/**
 * Of the first word in a text: six hashes, its length, and the variance of its letters' places in the alphabet, -128 to 127 each; case doesn't count. All
 * zero where there is no word. It depends on the bytes alone, never on load, and is the same on every host (native/content-features.h).
 * @param bytes UTF-8; or a string @throws RuvllmError TEXT
 */
export function contentFeatures(bytes: Uint8Array | string, into: Int8Array = new Int8Array(8)): Int8Array {
	if (typeof bytes !== "string" && !(bytes instanceof Uint8Array))
		throw new RuvllmError("TEXT", "this is neither a text nor its bytes");
	if (!(into instanceof Int8Array) || into.length < 8)
		throw new RuvllmError("GRNN_INPUT", "eight numbers need an Int8Array of 8");
	if (contentWord(bytes, 0, into) === 0)
		into.fill(0);
	return into;
}
