/** Bytes of frames: docs/federation-protocol.md has the tables. Little-endian. */

/** Versions of the protocol that this code speaks. */
export const LOWEST_VERSION = 1;
export const HIGHEST_VERSION = 1;

export const FrameType = { Hello: 1, Auth: 2, Data: 4, Acknowledge: 5, Broadcast: 6, Ask: 7, Heard: 8 } as const;

/** Every frame: version << 4 | flags (0), type, counter u32. */
export const HEADER = 6;
export const COUNTER_AT = 2;
/** Frames that strangers can read (Hello, Auth): boot 8 bytes, lowest and highest version. The same in every version. */
export const BOOT_AT = 6;
export const VERSIONS_AT = 14;
export const INTRODUCTION = 16;

export const HELLO_BODY = 38;
/** What follows in Auth: address u48, boot u32, flags u8, challenge 8 bytes, answer 8 bytes. */
export const AUTH_ENTRY = 27;

/** Data: what stands before is native/link.h's. */
export const CHUNK_AT = 16;
/** Of a chunk that is alone in its frame and whole. */
export const PAYLOAD_AT = 17;

export const BROADCAST_AT = 7;

export function put16(bytes: Uint8Array, at: number, value: number): void {
	bytes[at] = value;
	bytes[at + 1] = value >>> 8;
}
export function put32(bytes: Uint8Array, at: number, value: number): void {
	bytes[at] = value;
	bytes[at + 1] = value >>> 8;
	bytes[at + 2] = value >>> 16;
	bytes[at + 3] = value >>> 24;
}
export function put48(bytes: Uint8Array, at: number, value: number): void {
	put32(bytes, at, value);
	put16(bytes, at + 4, Math.floor(value / 2 ** 32));
}
export const get16 = (bytes: Uint8Array, at: number): number => bytes[at]! | bytes[at + 1]! << 8;
/** Signed: for comparing and for masks. */
export const get32 = (bytes: Uint8Array, at: number): number => bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
export const getU32 = (bytes: Uint8Array, at: number): number => get32(bytes, at) >>> 0;
export const get48 = (bytes: Uint8Array, at: number): number => getU32(bytes, at) + get16(bytes, at + 4) * 2 ** 32;
