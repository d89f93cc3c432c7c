/**
 * What protects frames. Each sender has a key of its own, made from the network's secret, its address and its boot number, so
 * that counters of different boards and of different starts never meet. Two kinds: OpenSealer (a checksum, no secret) and the
 * AEAD of frames/aead.
 *
 * A frame in memory: bytes[0 .. plainOffset) in clear, authenticated; plainCount bytes, encrypted in place; the trailer.
 */

export interface SenderKey {
	/** What checksums of its frames begin with; undefined: `seal` and `open` alone do it. */
	readonly seed?: number;
	/**
	 * Seals in place, and writes the trailer behind. Never twice with one counter.
	 * @param counter 0 to 2^32 - 1; also in the frame's header
	 * @returns bytes of the whole frame: plainOffset + plainCount + trailerBytes
	 */
	seal(counter: number, bytes: Uint8Array, plainOffset: number, plainCount: number): number;
	/**
	 * Opens in place.
	 * @param count bytes of the whole frame, trailer included
	 * @returns false: too short for a trailer, damaged or forged; then the body is no longer to be read
	 */
	open(counter: number, bytes: Uint8Array, plainOffset: number, count: number): boolean;
	/** Forgets the key now. */
	close(): void;
}

export interface Sealer {
	/** 4: CRC-32; 8: AES-128-CCM. */
	readonly trailerBytes: number;
	/** A checksum, which Frames makes and checks itself from `seed`. */
	readonly open: boolean;
	/**
	 * Key of one start of one board. May be slow (two HMACs): callers limit how often strangers can cause it.
	 * @param address 48 bits
	 * @param boot 8 bytes, copied if kept
	 */
	key(address: number, boot: Uint8Array): SenderKey;
}
