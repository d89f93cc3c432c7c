/**
 * Messages of the service Distribution. All begin with their type, a byte of flags and the number of a chunk u16 (0 where there is
 * none), then the id of a manifest (8 bytes; zeros in Query: any).
 */

import { ID_BYTES } from "ruvllm-esp32/espnow-federation/distribution/manifest";

export const DistributionMessage = {
	/** Which model, and which chunks, do you have? Body: CRC-32 of the model u32; 0: any. */
	Query: 1,
	/** Answer: bytes of the manifest u32, chunks of the model u16, CRC-32 of the model u32, a bit for each chunk. */
	Holding: 2,
	/** Body: offset u32, count u16. */
	GetManifest: 3,
	/** Body: offset u32, bytes. */
	Manifest: 4,
	GetChunk: 5,
	/** Body: the chunk. */
	Chunk: 6,
	/** Neither that chunk nor, with flag 1, anything of that manifest. */
	Absent: 7,
} as const;

export const CHUNK_AT = 2;
export const ID_AT = 4;
export const BODY_AT = ID_AT + ID_BYTES;
export const HOLDING_BITS_AT = BODY_AT + 10;
/** Bytes of a manifest that are asked for at one time. */
export const PIECE_BYTES = 1024;
/** Of Absent. */
export const OTHER_MODEL = 1;

export function begin(bytes: Uint8Array, type: number, id: Uint8Array | undefined, chunk = 0, flags = 0): void {
	bytes[0] = type;
	bytes[1] = flags;
	bytes[CHUNK_AT] = chunk;
	bytes[CHUNK_AT + 1] = chunk >> 8;
	for (let i = 0; i < ID_BYTES; i++)
		bytes[ID_AT + i] = id?.[i] ?? 0;
}
