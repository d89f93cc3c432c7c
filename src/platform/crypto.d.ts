/**
 * Port: cryptography, from mbedTLS through its PSA interface (in ESP-IDF; libmbedtls on the desktop). Keys stay in C.
 * Where it is missing (a desktop built without the library, the bare rv32imc machine), `available` is false and all
 * else throws RuvllmError CRYPTO_ABSENT with what to install.
 */

export const available: boolean;

/** Bytes of an authentication tag: AES-128-CCM with 8 bytes, as IEEE 802.15.4 and Bluetooth use it. */
export const TAG_BYTES: 8;
export const NONCE_BYTES: 13;

/** An AES-128-CCM key. */
export class AeadKey {
	/** HKDF-SHA-256(secret, salt, info), 16 bytes of it. */
	constructor(secret: Uint8Array, salt: Uint8Array, info: Uint8Array);
	/**
	 * Encrypts bytes[plainOffset .. plainOffset + plainCount) in place and writes the tag behind it; bytes[0 .. plainOffset) are authenticated.
	 * @param nonce 13 bytes, never twice with one key
	 * @throws RangeError when bytes has no room for the tag
	 */
	seal(nonce: Uint8Array, bytes: Uint8Array, plainOffset: number, plainCount: number): void;
	/** The reverse, in place; `sealedCount` includes the tag. @returns false: forged, and the plain text is gone */
	open(nonce: Uint8Array, bytes: Uint8Array, plainOffset: number, sealedCount: number): boolean;
	/** Destroys the key now. */
	close(): void;
}

/** SHA-256 over what is given piece by piece; 32 bytes. */
export class Sha256 {
	constructor();
	update(bytes: Uint8Array, offset: number, count: number): void;
	/** Ends it. */
	digest(): Uint8Array;
}

/** ECDSA over P-256 with SHA-256. `publicKey`: 65 bytes, uncompressed point; `signature`: 64 bytes, r then s; `digest`: 32 bytes. */
export function verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
/** Where a private key is (32 bytes): a developer's computer. */
export function sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array;
export function publicKeyOf(privateKey: Uint8Array): Uint8Array;

/** Random bytes from the hardware or the operating system: fills `into`. */
export function randomBytes(into: Uint8Array): void;
