/** Writes the files that src/espnow-federation/router/router-file.ts reads. */

export interface Router {
	kind: "load" | "content";
	/** 0 for chips. */
	experts: number;
	/** 78 bytes. */
	bytes: Uint8Array | Int8Array;
}

const HEADER_BYTES = 12, ROUTER_BYTES = 80;

/** @param crc32 of bytes */
export function packRouters(routers: readonly Router[], crc32: (bytes: Uint8Array) => number): Uint8Array {
	const file = new Uint8Array(HEADER_BYTES + routers.length * ROUTER_BYTES), view = new DataView(file.buffer);
	file.set([0x52, 0x56, 0x47, 0x52, 1, routers.length]);
	routers.forEach(({ kind, experts, bytes }, i) => file.set([kind === "load" ? 0 : 1, experts, ...Uint8Array.from(bytes).subarray(0, 78)], HEADER_BYTES + i * ROUTER_BYTES));
	view.setUint32(8, crc32(file.slice(HEADER_BYTES)), true);
	return file;
}

/** What a file has of a kind, unchecked. */
export function routerOf(file: Uint8Array, kind: Router["kind"]): Int8Array | undefined {
	for (let at = HEADER_BYTES; at < file.length; at += ROUTER_BYTES)
		if (file[at] === (kind === "load" ? 0 : 1))
			return new Int8Array(file.slice(at + 2, at + ROUTER_BYTES));
	return undefined;
}
