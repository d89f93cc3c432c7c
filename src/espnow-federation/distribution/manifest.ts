/**
 * Manifest of a model: what its chunks must hash to, and who says so. Little-endian; docs/distribution.md has the bytes.
 *
 * Body: "RVMF", version u8, flags u8, length of the name u16, bytes of the model u32, its CRC-32 u32, chunks u32, 0 u32, the name
 * (UTF-8, padded with zeros to a multiple of 4), SHA-256 of each chunk, 16 bytes of it. Then, when flag 1 is set, 64 bytes:
 * ECDSA P-256 over the SHA-256 of the body. A manifest's id is the first 8 bytes of that SHA-256.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8, encodeUtf8 } from "ruvllm-esp32/core/utf8";

/** One sector of flash. */
export const CHUNK_BYTES = 4096;
export const HASH_BYTES = 16;
export const ID_BYTES = 8;
export const SIGNATURE_BYTES = 64;
export const MOST_NAME = 64;
/** 256 MB of model. */
export const MOST_CHUNKS = 65535;

const MAGIC = 0x464d5652;
const VERSION = 1;
const SIGNED = 1;
const HEADER = 24;

/** SHA-256 of bytes[offset .. offset + count) into[at .. at + 32): ruvllm-esp32/platform/crypto has one; tools bring their own. */
export type Hash = (bytes: Uint8Array, offset: number, count: number, into: Uint8Array, at?: number) => void;
/** ECDSA P-256; false: it is not the key's. */
export type Verify = (publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean;

/** Bytes of the longest manifest of a model of so many chunks. */
export const longestManifest = (chunks: number): number => HEADER + MOST_NAME + HASH_BYTES * chunks + SIGNATURE_BYTES;

const fail = (code: string, sentence: string): never => {
	throw new RuvllmError(code, sentence);
};

export class Manifest {
	/** Of the model's file. */
	readonly modelBytes: number;
	/** The CRC-32 in the model's header: Capabilities.model. */
	readonly crc: number;
	readonly chunks: number;
	readonly name: string;
	readonly signed: boolean;
	/** Bytes that are signed. */
	readonly bodyBytes: number;
	/** All of it; not copied. */
	readonly bytes: Uint8Array;
	readonly digest = new Uint8Array(32);
	readonly #hash: Hash;
	readonly #sum = new Uint8Array(32);

	/**
	 * @param bytes the whole manifest and nothing else
	 * @throws RuvllmError DISTRIBUTION_MANIFEST, which names the field
	 */
	constructor(bytes: Uint8Array, hash: Hash) {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC)
			fail("DISTRIBUTION_MANIFEST", "this is no manifest (it does not begin with \"RVMF\"); make one with: ruvllm-esp32 sign");
		if (bytes[4] !== VERSION)
			fail("DISTRIBUTION_MANIFEST", `the manifest has version ${bytes[4]}, this library reads ${VERSION}; update it`);
		if (bytes[5]! & ~SIGNED || view.getUint32(20, true) !== 0)
			fail("DISTRIBUTION_MANIFEST", "the manifest has flags that this library does not know; update it");
		const nameBytes = view.getUint16(6, true), padded = nameBytes + 3 & ~3;
		this.modelBytes = view.getUint32(8, true);
		this.crc = view.getUint32(12, true);
		this.chunks = view.getUint32(16, true);
		this.signed = (bytes[5]! & SIGNED) !== 0;
		this.bodyBytes = HEADER + padded + HASH_BYTES * this.chunks;
		if (this.chunks < 1 || this.chunks > MOST_CHUNKS || this.chunks !== Math.ceil(this.modelBytes / CHUNK_BYTES))
			fail("DISTRIBUTION_MANIFEST", `the manifest has ${this.chunks} chunks for ${this.modelBytes} bytes; make it again`);
		if (nameBytes > MOST_NAME || bytes.length !== this.bodyBytes + (this.signed ? SIGNATURE_BYTES : 0))
			fail("DISTRIBUTION_MANIFEST", `the manifest has ${bytes.length} bytes, which is not what its ${this.chunks} chunks and its name take; copy it again`);
		this.name = decodeUtf8(bytes, HEADER, HEADER + nameBytes);
		this.bytes = bytes;
		this.#hash = hash;
		hash(bytes, 0, this.bodyBytes, this.digest);
	}

	/** Bytes of a chunk: less than CHUNK_BYTES for the last one alone. */
	chunkBytes(chunk: number): number {
		return Math.min(CHUNK_BYTES, this.modelBytes - CHUNK_BYTES * chunk);
	}
	/** Whether bytes[offset ...) are that chunk. Cost: a hash of 4 KB. */
	matches(chunk: number, bytes: Uint8Array, offset: number): boolean {
		const sum = this.#sum, at = this.bodyBytes - HASH_BYTES * (this.chunks - chunk);
		this.#hash(bytes, offset, this.chunkBytes(chunk), sum);
		for (let i = 0; i < HASH_BYTES; i++)
			if (sum[i] !== this.bytes[at + i])
				return false;
		return true;
	}
	/** Whether bytes[at .. at + 8) are its id. */
	hasId(bytes: Uint8Array, at: number): boolean {
		for (let i = 0; i < ID_BYTES; i++)
			if (this.digest[i] !== bytes[at + i])
				return false;
		return true;
	}
	/** @throws RuvllmError DISTRIBUTION_UNSIGNED, DISTRIBUTION_SIGNATURE */
	check(publicKey: Uint8Array, verify: Verify): void {
		if (!this.signed)
			fail("DISTRIBUTION_UNSIGNED", `the manifest of "${this.name}" is not signed, and this board takes signed models only; sign it with: ruvllm-esp32 sign`);
		if (!verify(publicKey, this.digest, this.bytes.slice(this.bodyBytes)))
			fail("DISTRIBUTION_SIGNATURE", `the manifest of "${this.name}" was signed with another key than this board's, or changed`);
	}
}

/**
 * Makes a manifest of a model file.
 * @param sign gives the signature (64 bytes, r then s) of a body; undefined: it will be unsigned
 * @throws RuvllmError DISTRIBUTION_MANIFEST for a name of more than 64 bytes, or no or too many bytes
 */
export function makeManifest(model: Uint8Array, name: string, hash: Hash, sign?: (body: Uint8Array) => Uint8Array): Uint8Array {
	const utf8 = encodeUtf8(name), chunks = Math.ceil(model.length / CHUNK_BYTES), body = HEADER + (utf8.length + 3 & ~3) + HASH_BYTES * chunks;
	if (utf8.length > MOST_NAME)
		fail("DISTRIBUTION_MANIFEST", `the name "${name}" has more than ${MOST_NAME} bytes`);
	if (model.length < 32 || chunks > MOST_CHUNKS)
		fail("DISTRIBUTION_MANIFEST", `a model of ${model.length} bytes: a manifest takes 32 bytes to ${MOST_CHUNKS} chunks of ${CHUNK_BYTES}`);
	const bytes = new Uint8Array(body + (sign ? SIGNATURE_BYTES : 0)), view = new DataView(bytes.buffer), sum = new Uint8Array(32);
	view.setUint32(0, MAGIC, true);
	bytes[4] = VERSION;
	bytes[5] = sign ? SIGNED : 0;
	view.setUint16(6, utf8.length, true);
	view.setUint32(8, model.length, true);
	view.setUint32(12, new DataView(model.buffer, model.byteOffset, model.length).getUint32(28, true), true);
	view.setUint32(16, chunks, true);
	bytes.set(utf8, HEADER);
	for (let i = 0; i < chunks; i++) {
		hash(model, CHUNK_BYTES * i, Math.min(CHUNK_BYTES, model.length - CHUNK_BYTES * i), sum);
		bytes.set(sum.subarray(0, HASH_BYTES), body - HASH_BYTES * (chunks - i));
	}
	if (sign)
		bytes.set(sign(bytes.subarray(0, body)), body);
	return bytes;
}
