/* Port: src/platform/crypto.d.ts. Arguments and errors for every host; crypto-glue.c calls the library. */
import { RuvllmError } from "ruvllm-esp32/core/errors";

function available() @ "xs_crypto_present"
function hash(buffer, offset, count, into, at) @ "xs_crypto_hash"
function check(key, keyAt, digest, digestAt, signature, signatureAt) @ "xs_crypto_verify"
function make(key, keyAt, digest, digestAt, into, at) @ "xs_crypto_sign"
function point(key, keyAt, into, at) @ "xs_crypto_publicKeyOf"
function random(buffer, offset, count) @ "xs_crypto_random"

class Aead @ "xs_aead_destructor" {
	constructor(secret, secretAt, secretCount, salt, saltAt, saltCount, info, infoAt, infoCount) @ "xs_aead_constructor"
	seal(nonce, nonceAt, buffer, at, size, plainOffset, count) @ "xs_aead_seal"
	open(nonce, nonceAt, buffer, at, size, plainOffset, count) @ "xs_aead_open"
	number(nonce, nonceAt) @ "xs_aead_number"
	sealNumbered(counter, buffer, at, size, plainOffset, count) @ "xs_aead_sealNumbered"
	openNumbered(counter, buffer, at, size, plainOffset, count) @ "xs_aead_openNumbered"
	close() @ "xs_aead_close"
}

class Digest @ "xs_sha256_destructor" {
	constructor() @ "xs_sha256_constructor"
	update(buffer, offset, count) @ "xs_sha256_update"
	digest(into, at) @ "xs_sha256_digest"
}

const TAG_BYTES = 8, NONCE_BYTES = 13, SECRET_BYTES = 16, LONGEST = 128;
/* Of the PSA Crypto API. */
const INVALID_SIGNATURE = -149, INVALID_ARGUMENT = -135, NOT_SUPPORTED = -134;
/* Literals are copied where they are used, each time: of what happens for every frame they are constants. */
const THE_NONCE = "the nonce", SEALED = "what is sealed", HASHED = "what is hashed";

function need() {
	if (!available())
		throw new RuvllmError("CRYPTO_ABSENT", "this host was built without cryptography; on a computer install libmbedtls-dev and build again");
}

function failed(status) {
	return new RuvllmError("CRYPTO_FAILED", `the cryptographic library answers ${status}; memory may be short`);
}

function done(status, reason) {
	if ((status === INVALID_ARGUMENT || status === NOT_SUPPORTED) && reason !== undefined)
		throw new RuvllmError("CRYPTO_KEY", reason);
	if (status !== 0)
		throw failed(status);
}

function made(build) {
	need();
	try {
		return build();
	}
	catch (error) {
		throw error.constructor === Error ? new RuvllmError("CRYPTO_FAILED", error.message) : error;
	}
}

function bytesOf(bytes, low, high, name) {
	if (!(bytes instanceof Uint8Array))
		throw new TypeError(`${name} is no Uint8Array`);
	if (bytes.byteLength < low || bytes.byteLength > high)
		throw new RangeError(`${name} has ${bytes.byteLength} bytes, not ${low === high ? low : `${low} to ${high}`}`);
	return bytes;
}

function within(bytes, offset, count) {
	bytesOf(bytes, 0, Infinity, HASHED);
	if (!(Number.isInteger(offset) && Number.isInteger(count) && offset >= 0 && count >= 0 && count <= bytes.byteLength - offset))
		throw new RangeError(`${count} bytes at ${offset} leave the ${bytes.byteLength} that there are`);
	return bytes.byteOffset + offset;
}

class AeadKey {
	#key;
	/* What was sealed or opened last: asking an array for its buffer costs a chip as much as sealing's call. */
	#bytes;
	#buffer;
	#at = 0;
	#size = 0;
	constructor(secret, salt, info) {
		need();
		if (salt === undefined && info === undefined) {
			bytesOf(secret, 16, 16, "the key");
			this.#key = made(() => new Aead(secret.buffer, secret.byteOffset));
			return;
		}
		bytesOf(secret, SECRET_BYTES, LONGEST, "the secret");
		bytesOf(salt, 0, LONGEST, "the salt");
		bytesOf(info, 0, LONGEST, "the info");
		this.#key = made(() => new Aead(secret.buffer, secret.byteOffset, secret.byteLength, salt.buffer, salt.byteOffset, salt.byteLength, info.buffer, info.byteOffset, info.byteLength));
	}
	seal(nonce, bytes, plainOffset, plainCount) {
		bytesOf(nonce, NONCE_BYTES, NONCE_BYTES, THE_NONCE);
		bytesOf(bytes, 0, Infinity, SEALED);
		done(this.#key.seal(nonce.buffer, nonce.byteOffset, bytes.buffer, bytes.byteOffset, bytes.byteLength, plainOffset, plainCount));
	}
	open(nonce, bytes, plainOffset, sealedCount) {
		bytesOf(nonce, NONCE_BYTES, NONCE_BYTES, THE_NONCE);
		bytesOf(bytes, 0, Infinity, SEALED);
		const status = this.#key.open(nonce.buffer, nonce.byteOffset, bytes.buffer, bytes.byteOffset, bytes.byteLength, plainOffset, sealedCount);
		if (status === INVALID_SIGNATURE)
			return false;
		done(status);
		return true;
	}
	number(nonce) {
		bytesOf(nonce, NONCE_BYTES, NONCE_BYTES, THE_NONCE);
		this.#key.number(nonce.buffer, nonce.byteOffset);
	}
	sealNumbered(counter, bytes, plainOffset, plainCount) {
		if (bytes !== this.#bytes)
			this.#bind(bytes);
		const status = this.#key.sealNumbered(counter, this.#buffer, this.#at, this.#size, plainOffset, plainCount);
		if (status !== 0)
			throw failed(status);
	}
	openNumbered(counter, bytes, plainOffset, sealedCount) {
		if (bytes !== this.#bytes)
			this.#bind(bytes);
		const status = this.#key.openNumbered(counter, this.#buffer, this.#at, this.#size, plainOffset, sealedCount);
		if (status === 0)
			return true;
		if (status === INVALID_SIGNATURE)
			return false;
		throw failed(status);
	}
	#bind(bytes) {
		this.#bytes = undefined;
		bytesOf(bytes, 0, Infinity, SEALED);
		this.#buffer = bytes.buffer;
		this.#at = bytes.byteOffset;
		this.#size = bytes.byteLength;
		this.#bytes = bytes;
	}
	close() {
		this.#key.close();
	}
}

class Sha256 {
	#state;
	constructor() {
		this.#state = made(() => new Digest());
	}
	update(bytes, offset = 0, count = bytes.byteLength - offset) {
		const at = within(bytes, offset, count);
		done(this.#state.update(bytes.buffer, at, count));
	}
	digest() {
		const into = new Uint8Array(32);
		done(this.#state.digest(into.buffer, 0));
		return into;
	}
}

function sha256(bytes, offset, count, into, at = 0) {
	need();
	const from = within(bytes, offset, count);
	done(hash(bytes.buffer, from, count, into.buffer, within(into, at, 32)));
}

function verify(publicKey, digest, signature) {
	need();
	bytesOf(publicKey, 65, 65, "the public key");
	bytesOf(digest, 32, 32, "the digest");
	bytesOf(signature, 64, 64, "the signature");
	const status = check(publicKey.buffer, publicKey.byteOffset, digest.buffer, digest.byteOffset, signature.buffer, signature.byteOffset);
	if (status === INVALID_SIGNATURE)
		return false;
	done(status, "the public key is no point of P-256; give the 65 bytes that publicKeyOf gives");
	return true;
}

const NO_PRIVATE_KEY = "the private key is no number from 1 to the order of P-256; make one with `ruvllm-esp32 keygen`";

function sign(privateKey, digest) {
	need();
	bytesOf(privateKey, 32, 32, "the private key");
	bytesOf(digest, 32, 32, "the digest");
	const signature = new Uint8Array(64);
	done(make(privateKey.buffer, privateKey.byteOffset, digest.buffer, digest.byteOffset, signature.buffer, 0), NO_PRIVATE_KEY);
	return signature;
}

function publicKeyOf(privateKey) {
	need();
	bytesOf(privateKey, 32, 32, "the private key");
	const key = new Uint8Array(65);
	done(point(privateKey.buffer, privateKey.byteOffset, key.buffer, 0), NO_PRIVATE_KEY);
	return key;
}

function randomBytes(into) {
	need();
	bytesOf(into, 0, Infinity, "what takes the bytes");
	done(random(into.buffer, into.byteOffset, into.byteLength));
}

export { AeadKey, NONCE_BYTES, Sha256, TAG_BYTES, available, publicKeyOf, randomBytes, sha256, sign, verify };
