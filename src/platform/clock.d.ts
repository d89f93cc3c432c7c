/** Port: time. */

/** Monotonic time in microseconds, an integer; the origin is arbitrary. */
export function microseconds(): number;

/** Waits, then calls. Returns a handle for `cancel`. Milliseconds; integers from 0. */
export function after(milliseconds: number, callback: () => void): unknown;

/** Stops a wait that has not fired; anything else is ignored. */
export function cancel(handle: unknown): void;
