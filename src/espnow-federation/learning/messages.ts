/**
 * Messages of shared learning, little-endian. All begin with
 *    0  u8 type; u8 version 1; u16 entries
 *    4  u32 group: what the adapters have in common (model, rank, width, seed)
 *    8  u32 round; u32 digest of a version
 * and go on as their type says:
 *   State     nothing: the version that the sender has
 *   Ask       nothing: the sender has learned something
 *   Call      nothing: a round begins on the version `digest`, to make version `round`
 *   Change    u48 author; u8 weight; u8 shift, plus 128: wants another round; i8[size]. On the version `digest`
 *   Commit    entries of u48 address, u16 0, u32 CRC-32 of that board's Change from byte 16 on
 *   Fetch     u48 author whose Change is wanted, u16 0; 0: the version `digest` itself
 *   Version   entries of u48 address, u16 0, u32 strikes; then i16[size]
 */

export const Type = { State: 0, Ask: 1, Call: 2, Change: 3, Commit: 4, Fetch: 5, Version: 6 } as const;
export const HEAD = 16, CHANGE_HEAD = HEAD + 8, FETCH = HEAD + 8, ENTRY = 12, MESSAGE_VERSION = 1;
export const MOST_ENTRIES = 64;

export interface Head {
	type: number;
	entries: number;
	group: number;
	round: number;
	digest: number;
}

export function putHead(view: DataView, type: number, group: number, round: number, digest: number, entries = 0): void {
	view.setUint8(0, type);
	view.setUint8(1, MESSAGE_VERSION);
	view.setUint16(2, entries, true);
	view.setUint32(4, group, true);
	view.setUint32(8, round, true);
	view.setUint32(12, digest, true);
}

/** @param size numbers of an adapter. @returns undefined for what is no such message, or has another length than it says */
export function readHead(bytes: Uint8Array, count: number, size: number): Head | undefined {
	if (count < HEAD || count > bytes.length || bytes[1] !== MESSAGE_VERSION)
		return undefined;
	const view = new DataView(bytes.buffer, bytes.byteOffset, count), type = view.getUint8(0), entries = view.getUint16(2, true);
	const wanted = type <= Type.Call ? HEAD : type === Type.Change ? CHANGE_HEAD + size : type === Type.Commit ? HEAD + ENTRY * entries
		: type === Type.Fetch ? FETCH : type === Type.Version ? HEAD + ENTRY * entries + 2 * size : -1;
	if (count !== wanted || entries > MOST_ENTRIES)
		return undefined;
	return { type, entries, group: view.getUint32(4, true), round: view.getUint32(8, true), digest: view.getUint32(12, true) };
}

/** An address of 48 bits. */
export const getAddress = (view: DataView, at: number): number => view.getUint32(at, true) + view.getUint16(at + 4, true) * 0x100000000;

export function putAddress(view: DataView, at: number, address: number): void {
	view.setUint32(at, address % 0x100000000, true);
	view.setUint16(at + 4, Math.floor(address / 0x100000000), true);
}
