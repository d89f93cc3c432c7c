/**
 * Embeddings in a file. Little endian: "RVPB", count u32, dims u16, zero u16, then count rows of dims int16 (32767 is 1).
 * Names lie beside it, one a line, in the same order.
 */

import { BuildError } from "../../build/errors.ts";

const MAGIC = "RVPB", HEADER = 12;

export function encodeEmbeddings(points: Int16Array, dims: number): Uint8Array {
	const out = Buffer.alloc(HEADER + 2 * points.length);
	out.write(MAGIC, "latin1");
	out.writeUInt32LE(points.length / dims, 4);
	out.writeUInt16LE(dims, 8);
	points.forEach((value, i) => out.writeInt16LE(value, HEADER + 2 * i));
	return out;
}

/** @throws BuildError for another file, or one that is cut off */
export function decodeEmbeddings(bytes: Uint8Array): { dims: number; points: Int16Array } {
	const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (view.length < HEADER || view.toString("latin1", 0, 4) !== MAGIC)
		throw new BuildError("this is no file of Poincare embeddings: it does not begin with RVPB");
	const count = view.readUInt32LE(4), dims = view.readUInt16LE(8);
	if (view.length !== HEADER + 2 * count * dims)
		throw new BuildError(`${count} points of ${dims} coordinates take ${HEADER + 2 * count * dims} bytes, and the file has ${view.length}`);
	return { dims, points: Int16Array.from({ length: count * dims }, (_, i) => view.readInt16LE(HEADER + 2 * i)) };
}
