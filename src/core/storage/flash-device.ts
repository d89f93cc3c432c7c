/** What logs need of flash memory; ruvllm-esp32/platform/flash is one on every host. */

export interface FlashDevice {
	/** Bytes; a multiple of sectorSize. */
	readonly byteLength: number;
	/** Bytes that are erased together. */
	readonly sectorSize: number;
	/** Sets all bits of a sector, by its number. */
	erase(sector: number): void;
	/** Clears bits: programming can't set one. Offset and length are multiples of 4. */
	program(offset: number, bytes: Uint8Array): void;
	/** All of it, read-only; shows what is programmed later too. */
	map(): ArrayBufferLike;
}
