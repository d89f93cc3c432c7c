/**
 * Port: hidden states as bytes, without loss: the width of the widest value, then all values with so many bits (native/hidden-pack.h).
 * States of story models have 14 to 21 bits a value, so 64 of them take 113 to 169 bytes: with its headers, one frame.
 */

/**
 * Packs the first `count` values of `states` into `into` from `offset` on.
 * @returns the bytes that were written: 1 + count * width / 8, rounded up
 * @throws RangeError for a count that is not from 1 to 65536 or more than there are, or too little room; TypeError for other arrays
 */
export function packStates(states: Int32Array, count: number, into: Uint8Array, offset?: number): number;

/**
 * Unpacks `count` values into `states` from the bytes from `offset` to `end` (all by default).
 * @returns the bytes that were read; -1, and `states` is as it was, when these are no `count` values: a width that is none,
 * bytes missing, a last byte that is not filled with zeros
 * @throws as packStates does
 */
export function unpackStates(states: Int32Array, count: number, bytes: Uint8Array, offset?: number, end?: number): number;

/** Bytes of `count` values of a width; without one, the most that they can take. */
export function packedBytes(count: number, width?: number): number;
