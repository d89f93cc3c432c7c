/** Port of the desktop alone: whole files, for scripts that people run there. */

/** @throws Error naming the path when it can't be read */
export function readFile(path: string): ArrayBuffer;

/** Replaces the file. @throws Error naming the path when it can't be written */
export function writeFile(path: string, bytes: ArrayBufferLike | Uint8Array): void;

export function exists(path: string): boolean;
