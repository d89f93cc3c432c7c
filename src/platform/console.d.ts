/**
 * Port: the line console. Standard input and output on the desktop, the serial line on a board,
 * the UART in the emulator, the xsbug console in the simulator.
 */

/** Writes text as UTF-8; adds no line feed. */
export function print(text: string): void;

/**
 * Writes `count` bytes of `bytes` from `offset`, without allocating: made for the token loop.
 * @throws RangeError when the range leaves the buffer.
 */
export function write(bytes: Uint8Array, offset: number, count: number): void;

/**
 * Calls `callback` with each line of input, without its line feed; with `undefined` once, at the end
 * of input. One callback at a time: the last one set is used. On hosts with an end of input the
 * program ends when nothing else (timer, promise) is left to wait for.
 */
export function onLine(callback: (line: string | undefined) => void): void;
