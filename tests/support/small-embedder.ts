/** An embedder of random weights, as native/text-embedder.h lays it out. */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import { Random } from "./random";

export function smallEmbedder(seed: number, dims: number, buckets: number): Uint8Array {
	const rows = dims / 2 * buckets, bytes = new Uint8Array(32 + rows), view = new DataView(bytes.buffer), random = new Random(seed);
	bytes.set([0x52, 0x56, 0x45, 0x4d, 1]);
	view.setUint16(6, dims, true);
	view.setUint32(8, buckets, true);
	for (let i = 0; i < rows; i++)
		bytes[32 + i] = 1 + random.below(15) | 1 + random.below(15) << 4;
	view.setUint32(16, crc32(bytes as never, 0, bytes.length, 0), true);
	return bytes;
}
