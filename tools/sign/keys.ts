/** Keys that sign models: ECDSA P-256, as PEM files that openssl reads too. */

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Hash } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { BuildError } from "../build/errors.ts";

const CURVE = "prime256v1";

/** What boards take: 65 bytes, an uncompressed point. */
export function publicBytes(key: KeyObject): Buffer {
	const { x, y } = createPublicKey(key).export({ format: "jwk" });
	return Buffer.concat([Buffer.of(4), Buffer.from(x!, "base64url"), Buffer.from(y!, "base64url")]);
}

/** Writes a new private key, for its owner's eyes alone. @throws BuildError when the file is there */
export function createKey(path: string): KeyObject {
	if (existsSync(path))
		throw new BuildError(`${path} is there already; a key is never overwritten, give another name`);
	const { privateKey } = generateKeyPairSync("ec", { namedCurve: CURVE });
	const file = openSync(path, "wx", 0o600);
	writeSync(file, String(privateKey.export({ type: "pkcs8", format: "pem" })));
	closeSync(file);
	return privateKey;
}

/** @throws BuildError when the file is no private key of P-256 */
export function readKey(path: string): KeyObject {
	if (!existsSync(path))
		throw new BuildError(`there is no key ${path}; make one with: ruvllm-esp32 keygen ${path}`);
	let key: KeyObject | undefined;
	try {
		key = createPrivateKey(readFileSync(path));
	}
	catch {
		// Told below.
	}
	if (key?.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== CURVE)
		throw new BuildError(`${path} is no private key of P-256; make one with: ruvllm-esp32 keygen`);
	return key;
}

/** 64 bytes, r then s, over the SHA-256 of the bytes. */
export const signBytes = (key: KeyObject, bytes: Uint8Array): Uint8Array => sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" });

export const nodeHash: Hash = (bytes, offset, count, into, at = 0) => into.set(createHash("sha256").update(bytes.subarray(offset, offset + count)).digest(), at);
