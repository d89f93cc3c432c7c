/** CRC-32 as in zlib, for tools: Node 20.0 has none of its own. */

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
	let c = i;
	for (let bit = 0; bit < 8; bit++)
		c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
	return c >>> 0;
});

export function crc32(bytes: Uint8Array, offset: number, count: number, seed: number): number {
	let c = ~seed;
	for (let i = offset; i < offset + count; i++)
		c = TABLE[(c ^ bytes[i]!) & 255]! ^ c >>> 8;
	return ~c >>> 0;
}
