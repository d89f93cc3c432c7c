/**
 * Port: cryptography, from mbedTLS through the PSA Crypto API (in ESP-IDF; libmbedtls-dev on a computer). Keys stay in C.
 * Where it is missing (a computer without the library when the host was built, the bare rv32imc machine, the simulator),
 * `available()` is false and all else throws RuvllmError CRYPTO_ABSENT with what to install. All throw TypeError for what
 * is no Uint8Array, RangeError for lengths and places that are none, and RuvllmError CRYPTO_FAILED when the library fails.
 */

export function available(): boolean;

/** Bytes of an authentication tag: AES-128-CCM with 8 bytes, as IEEE 802.15.4 and Bluetooth use it (NIST SP 800-38C, RFC 3610). */
export const TAG_BYTES: 8;
export const NONCE_BYTES: 13;

/** An AES-128-CCM key. Sealing and opening allocate nothing in XS. Any number of keys can be open. */
export class AeadKey {
	/** HKDF-SHA-256 (RFC 5869), 16 bytes of it. `secret`: 16 to 128 bytes; `salt`, `info`: 0 to 128. */
	constructor(secret: Uint8Array, salt: Uint8Array, info: Uint8Array);
	/** The key itself, 16 bytes. */
	constructor(key: Uint8Array);
	/**
	 * Encrypts bytes[plainOffset .. plainOffset + plainCount) in place and writes the tag behind it; bytes[0 .. plainOffset) are authenticated.
	 * @param nonce 13 bytes, never twice with one key
	 * @throws RangeError when `bytes` has no room for the tag; TypeError when the key is closed
	 */
	seal(nonce: Uint8Array, bytes: Uint8Array, plainOffset: number, plainCount: number): void;
	/** The reverse, in place; `sealedCount` includes the tag. @returns false: forged, and what was sealed is zeros now */
	open(nonce: Uint8Array, bytes: Uint8Array, plainOffset: number, sealedCount: number): boolean;
	/** For sealNumbered and openNumbered, which put their counter in place of its first four bytes (u32, little-endian). */
	number(nonce: Uint8Array): void;
	/** @throws RangeError also for a counter that is not above the last one */
	sealNumbered(counter: number, bytes: Uint8Array, plainOffset: number, plainCount: number): void;
	/** @returns false also for lengths that can't be: less than a tag, more than there is */
	openNumbered(counter: number, bytes: Uint8Array, plainOffset: number, sealedCount: number): boolean;
	/** Destroys the key now; again does nothing. */
	close(): void;
}

/** SHA-256 over what is given piece by piece. */
export class Sha256 {
	constructor();
	/** All of `bytes` by default. */
	update(bytes: Uint8Array, offset?: number, count?: number): void;
	/** The 32 bytes. Ends it: from now on it throws TypeError. */
	digest(): Uint8Array;
}

/** SHA-256 of bytes[offset .. offset + count), into[at .. at + 32); allocates nothing. */
export function sha256(bytes: Uint8Array, offset: number, count: number, into: Uint8Array, at?: number): void;

/**
 * ECDSA over P-256 with SHA-256 (FIPS 186-4). `publicKey`: 65 bytes, uncompressed point; `digest`: 32 bytes; `signature`: 64, r then s.
 * @throws RuvllmError CRYPTO_KEY for a public key that is no point of the curve
 */
export function verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
/**
 * Deterministic (RFC 6979) on the desktop, and on boards that are configured so.
 * @throws RuvllmError CRYPTO_KEY for a private key (32 bytes) that is none
 */
export function sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array;
/** @throws RuvllmError CRYPTO_KEY */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array;

/** Random bytes for keys, from the hardware (on a board: while its radio is on) or the operating system: fills `into`. */
export function randomBytes(into: Uint8Array): void;
