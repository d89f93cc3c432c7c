/**
 * Seal of a closed network: AES-128-CCM with 8 bytes of tag (NIST SP 800-38C). Who does not know the network's secret can
 * neither read nor write. Each start of each board has a key of its own, HKDF-SHA-256 (RFC 5869) of the secret, salted with
 * its boot number, for its address; the nonce is the frame's counter and the address again. A counter goes up with each
 * frame, and a start has a new random boot number, so that no nonce is used twice with one key.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { AeadKey, NONCE_BYTES, randomBytes, TAG_BYTES } from "ruvllm-esp32/platform/crypto";
import type { Sealer, SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";

/** Bytes of a secret. */
export const LEAST_SECRET = 16;
export const MOST_SECRET = 128;

const LABEL = "ruvllm-esp32/1";
const ADDRESS_BYTES = 6;

function putAddress(bytes: Uint8Array, at: number, address: number): void {
	for (let i = 0, rest = address; i < ADDRESS_BYTES; i++, rest = Math.floor(rest / 256))
		bytes[at + i] = rest % 256;
}

class AeadSenderKey implements SenderKey {
	readonly #key: AeadKey;

	constructor(key: AeadKey, address: number) {
		// Counter u32, address 6 bytes, zeros.
		const nonce = new Uint8Array(NONCE_BYTES);
		putAddress(nonce, 4, address);
		key.number(nonce);
		this.#key = key;
	}

	/** @throws RangeError for a counter that is not above the last one: a nonce used twice gives the plain text away */
	seal(counter: number, bytes: Uint8Array, plainOffset: number, plainCount: number): number {
		this.#key.sealNumbered(counter, bytes, plainOffset, plainCount);
		return plainOffset + plainCount + TAG_BYTES;
	}
	open(counter: number, bytes: Uint8Array, plainOffset: number, count: number): boolean {
		return this.#key.openNumbered(counter, bytes, plainOffset, count - plainOffset);
	}
	close(): void {
		this.#key.close();
	}
}

export class AeadSealer implements Sealer {
	readonly trailerBytes = TAG_BYTES;
	readonly open = false;
	readonly #secret: Uint8Array;
	readonly #info: Uint8Array;

	/**
	 * @param secret the same on all boards of a network: 16 to 128 bytes, best 16 random ones. Of a text its UTF-8; take a long
	 * one that nobody can guess (six random words, say), as whoever records a frame can try texts against it.
	 * @throws RuvllmError FEDERATION_SECRET for secrets of other lengths; CRYPTO_ABSENT where the host has no cryptography
	 */
	constructor(secret: Uint8Array | string) {
		const bytes = typeof secret === "string" ? encodeUtf8(secret) : secret;
		if (!(bytes instanceof Uint8Array) || bytes.length < LEAST_SECRET || bytes.length > MOST_SECRET)
			throw new RuvllmError("FEDERATION_SECRET", `the network's secret must have ${LEAST_SECRET} to ${MOST_SECRET} bytes; make one with \`openssl rand -hex 16\`, or take a long text`);
		this.#secret = bytes.slice();
		this.#info = new Uint8Array(LABEL.length + ADDRESS_BYTES);
		this.#info.set(encodeUtf8(LABEL));
		// What can't be done later is told now.
		this.key(0, new Uint8Array(8)).close();
	}

	key(address: number, boot: Uint8Array): SenderKey {
		putAddress(this.#info, LABEL.length, address);
		return new AeadSenderKey(new AeadKey(this.#secret, boot, this.#info), address);
	}
}

/** Unpredictable 32-bit numbers, for boot numbers and challenges: what NodeOptions.random has to be where there is a secret. */
export function secureRandom(): () => number {
	const bytes = new Uint8Array(4);
	return () => {
		randomBytes(bytes);
		return (bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16 | bytes[3]! << 24) >>> 0;
	};
}
