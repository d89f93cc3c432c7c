/** Port: the machine itself. */

/** Arguments of the program, without its name; on a board, the list "arguments" in the "config" of its manifest. */
export const args: readonly string[];

/** Ends the program with an exit code (0 to 255). On a board: restarts. */
export function exit(code: number): never;

/** Name of this host: "desktop", "simulator", "riscv", "esp32", ... */
export const host: string;

export interface MemoryUse {
	/** Garbage collections since the start. */
	collections: number;
	/** Bytes of the XS slot heap in use, and its current size. */
	slotsUsed: number;
	slotsSize: number;
	/** Bytes of the XS chunk heap in use, and its current size. */
	chunksUsed: number;
	chunksSize: number;
	/** Bytes of RAM that were ever in use, data, heaps and stack; on hosts that can tell. */
	ramPeak?: number;
}
/** Cost: constant; does not collect. */
export function memoryUse(): MemoryUse;
