/**
 * Port: flash memory that keeps what it is told when the power goes. It has NOR's rules: an erased sector is all ones, programming
 * clears bits and never sets one. Under it src/core/storage/append-log.ts keeps memories.
 */

import type { Pinned } from "ruvllm-esp32/platform/kernels";

export class Flash {
	/**
	 * @param name a partition's name; on the desktop a file's path, which is made, erased, when there is none
	 * @param bytes of a new file: a multiple of 4096, up to 1 GB; ignored where the partition or the file is there
	 * @throws Error naming what can't be opened, or is open already; RangeError for sizes that are none
	 */
	constructor(name: string, bytes?: number);
	readonly byteLength: number;
	/** Bytes that are erased together: 4096. */
	readonly sectorSize: number;
	/** @throws RangeError when there is no such sector */
	erase(sector: number): void;
	/** @throws RangeError when offset or length is no multiple of 4, or bytes lie outside, or a bit would have to be set */
	program(offset: number, bytes: Uint8Array): void;
	/** All of it, read-only, for scripts and kernels; shows what is programmed later too. */
	map(): Pinned & ArrayBufferLike;
	/**
	 * Desktop only: the power goes at the n-th erasure or programming from now on, of which a part is done; it and all behind it
	 * fail until the flash is opened again.
	 */
	failAfter(writes: number, seed: number): void;
	/** Lets another open it; writes fail from now on. */
	close(): void;
}
