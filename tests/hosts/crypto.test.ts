/** What src/platform/crypto.d.ts promises: published vectors, and refusals. */
import { expect } from "chai";
import { AeadKey, available, publicKeyOf, randomBytes, sha256, Sha256, sign, verify } from "ruvllm-esp32/platform/crypto";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { codeOf } from "../support/code-of";
import { fromHex, itSecure, toHex } from "../support/crypto";
import { seeded } from "../support/random";

const NONE = new Uint8Array(0), KEY = new Uint8Array(16).fill(7), NONCE = new Uint8Array(13).fill(9);
const NO_BYTES = [undefined, null, 1, "0123456789abcdef", [1, 2], new ArrayBuffer(16), new Int8Array(16)];
const range = (first: number, count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => first + i);
const digestOf = (bytes: Uint8Array): Uint8Array => {
	const into = new Uint8Array(32);
	sha256(bytes, 0, bytes.length, into);
	return into;
};
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

/* RFC 6979, A.2.5: the key, and signatures of SHA-256 of "sample" and "test". */
const PRIVATE = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
const PUBLIC = "04 60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6 7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const SIGNED = [
	["sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716 f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"],
	["test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367 019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"],
] as const;

describe("hosts/crypto", () => {
	it("is there, or says how to get it", () => {
		if (!available())
			for (const use of [() => new AeadKey(KEY), () => new Sha256(), () => digestOf(NONE), () => randomBytes(NONE), () => publicKeyOf(KEY), () => sign(KEY, KEY), () => verify(KEY, KEY, KEY)])
				expect(codeOf(use)).to.equal("CRYPTO_ABSENT");
		else
			expect(codeOf(() => new AeadKey(KEY).close())).to.equal("none");
	});

	describe("AES-128-CCM", () => {
		itSecure("refuses keys, nonces and places that are none", () => {
			for (const bad of NO_BYTES) {
				expect(codeOf(() => new AeadKey(bad as never, NONE, NONE)), String(bad)).to.equal("TypeError");
				if (bad !== undefined)
					expect(codeOf(() => new AeadKey(KEY, bad as never, NONE)), String(bad)).to.equal("TypeError");
			}
			for (const [secret, salt, info] of [[15, 0, 0], [129, 0, 0], [16, 129, 0], [16, 0, 129]] as const)
				expect(codeOf(() => new AeadKey(new Uint8Array(secret), new Uint8Array(salt), new Uint8Array(info)))).to.equal("RangeError");
			for (const size of [0, 15, 17])
				expect(codeOf(() => new AeadKey(new Uint8Array(size)))).to.equal("RangeError");
			const key = new AeadKey(KEY), bytes = range(0, 40), before = toHex(bytes);
			for (const act of ["seal", "open"] as const) {
				for (const bad of NO_BYTES) {
					expect(codeOf(() => key[act](bad as never, bytes, 0, 10))).to.equal("TypeError");
					expect(codeOf(() => key[act](NONCE, bad as never, 0, 10))).to.equal("TypeError");
				}
				for (const size of [0, 12, 14])
					expect(codeOf(() => key[act](new Uint8Array(size), bytes, 0, 10))).to.equal("RangeError");
				for (const [offset, count] of [[-1, 10], [0, -1], [41, 0], [0, 41], [40, 1], [0.5, 8], [0, 8.5], [NaN, 8], [0, Infinity], [2 ** 31, 8], [0, 2 ** 32], ["0", 8], [0, null]] as const)
					expect(codeOf(() => key[act](NONCE, bytes, offset as never, count as never)), `${act} ${offset} ${count}`).to.equal("RangeError");
			}
			expect(codeOf(() => key.seal(NONCE, bytes, 0, 33)), "no room for the tag").to.equal("RangeError");
			expect(codeOf(() => key.seal(NONCE, bytes.subarray(0, 30), 0, 23)), "room of others").to.equal("RangeError");
			expect(codeOf(() => key.open(NONCE, bytes, 0, 7)), "less than a tag").to.equal("RangeError");
			expect(toHex(bytes)).to.equal(before);
			key.close();
		});
		itSecure("agrees with RFC 3610, packet vectors 1 and 2", () => {
			const key = new AeadKey(fromHex("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"));
			for (const [nonce, count, sealed] of [
				["00000003020100a0a1a2a3a4a5", 23, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384 17e8d12cfdf926e0"],
				["00000004030201a0a1a2a3a4a5", 24, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3b a091d56e10400916"],
			] as const) {
				const bytes = new Uint8Array(8 + count + 8);
				bytes.set(range(0, 8 + count));
				key.seal(fromHex(nonce), bytes, 8, count);
				expect(toHex(bytes)).to.equal(toHex(range(0, 8)) + sealed.replace(" ", ""));
				expect(key.open(fromHex(nonce), bytes, 8, count + 8)).to.equal(true);
				expect(toHex(bytes.subarray(0, 8 + count))).to.equal(toHex(range(0, 8 + count)));
			}
			key.close();
		});
		itSecure("derives keys as RFC 5869, test cases 1 to 3", () => {
			for (const [secret, salt, info, output] of [
				[new Uint8Array(22).fill(0x0b), range(0, 13), range(0xf0, 10), "3cb25f25faacd57a90434f64d0362f2a"],
				[range(0, 80), range(0x60, 80), range(0xb0, 80), "b11e398dc80327a1c8e7f78c596a4934"],
				[new Uint8Array(22).fill(0x0b), NONE, NONE, "8da4e775a563c18f715f802a063c5a31"],
			] as const) {
				const derived = new AeadKey(secret, salt, info), expected = new AeadKey(fromHex(output)), one = range(0, 64), other = range(0, 64);
				derived.seal(NONCE, one, 10, 46);
				expected.seal(NONCE, other, 10, 46);
				expect(toHex(one)).to.equal(toHex(other));
				derived.close();
				expected.close();
			}
		});
		itSecure("refuses a frame with any byte changed, another nonce, key or length, and leaves nothing of it", () => {
			const random = seeded("frames", 41), key = new AeadKey(random.bytes(16)), other = new AeadKey(random.bytes(16)), frame = random.bytes(250);
			const sealed = frame.slice();
			key.seal(NONCE, sealed, 16, 226);
			for (let i = 0; i < 250; i++) {
				const forged = sealed.slice();
				forged[i]! ^= 1 << random.below(8);
				expect(key.open(NONCE, forged, 16, 234), `byte ${i}`).to.equal(false);
				expect(forged.subarray(16).every((byte) => byte === 0)).to.equal(true);
			}
			for (let i = 0; i < 13; i++) {
				const nonce = NONCE.slice();
				nonce[i]! ^= 1;
				expect(key.open(nonce, sealed.slice(), 16, 234)).to.equal(false);
			}
			expect(other.open(NONCE, sealed.slice(), 16, 234)).to.equal(false);
			expect(key.open(NONCE, sealed.slice(), 16, 233)).to.equal(false);
			expect(key.open(NONCE, sealed.slice(), 15, 235)).to.equal(false);
			expect(key.open(NONCE, sealed, 16, 234)).to.equal(true);
			expect(toHex(sealed.subarray(0, 242))).to.equal(toHex(frame.subarray(0, 242)));
			key.close();
			other.close();
		});
		itSecure("works at every offset and length, inside its view alone", () => {
			const random = seeded("views", 42), key = new AeadKey(random.bytes(16));
			for (let round = 0; round < 300; round++) {
				const all = random.bytes(random.from(30, 1600)), start = random.below(20), view = all.subarray(start, all.length - random.below(3)), before = all.slice();
				const offset = random.below(view.length - 7), count = random.below(view.length - offset - 7), nonce = random.bytes(20).subarray(3, 16);
				key.seal(nonce, view, offset, count);
				for (let i = 0; i < all.length; i++)
					if ((i < start + offset || i >= start + offset + count + 8) && all[i] !== before[i])
						throw new Error(`byte ${i} changed`);
				expect(key.open(nonce, view, offset, count + 8)).to.equal(true);
				expect(toHex(view.subarray(0, offset + count))).to.equal(toHex(before.subarray(start, start + offset + count)));
			}
			key.close();
		});
		itSecure("keeps more keys than the library has places for", () => {
			const random = seeded("many keys", 43), keys = Array.from({ length: 100 }, () => new AeadKey(random.bytes(16)));
			const frames = keys.map((key) => {
				const bytes = range(0, 60);
				key.seal(NONCE, bytes, 5, 40);
				return bytes;
			});
			for (let round = 0; round < 300; round++) {
				const at = random.below(100), wrong = (at + 1 + random.below(99)) % 100;
				expect(keys[at]!.open(NONCE, frames[at]!.slice(), 5, 48)).to.equal(true);
				expect(keys[wrong]!.open(NONCE, frames[at]!.slice(), 5, 48)).to.equal(false);
				if (round % 10 === 0) {
					keys[wrong]!.close();
					keys[wrong] = new AeadKey(random.bytes(16));
					frames[wrong] = range(0, 60);
					keys[wrong].seal(NONCE, frames[wrong], 5, 40);
				}
			}
			for (const key of keys)
				key.close();
		});
		itSecure("can be closed twice, and is used no more then", () => {
			const key = new AeadKey(KEY);
			key.close();
			key.close();
			expect(codeOf(() => key.seal(NONCE, range(0, 40), 0, 10))).to.equal("TypeError");
			expect(codeOf(() => key.open(NONCE, range(0, 40), 0, 10))).to.equal("TypeError");
			key.close();
		});
		itSecure("allocates nothing for a frame", () => {
			const key = new AeadKey(KEY), bytes = range(0, 250);
			const use = (times: number): number => {
				const { chunksUsed, slotsUsed, collections } = memoryUse();
				for (let i = 0; i < times; i++) {
					key.seal(NONCE, bytes, 16, 226);
					key.open(NONCE, bytes, 16, 234);
				}
				const after = memoryUse();
				return after.collections === collections ? after.chunksUsed - chunksUsed + after.slotsUsed - slotsUsed : 0;
			};
			use(10);
			expect(use(1000) - use(1)).to.be.below(1000);
			key.close();
		});
	});

	describe("SHA-256", () => {
		itSecure("refuses what is no bytes, and places outside", () => {
			const sum = new Sha256();
			for (const bad of NO_BYTES) {
				expect(codeOf(() => sum.update(bad as never, 0, 1))).to.equal("TypeError");
				expect(codeOf(() => sha256(bad as never, 0, 1, new Uint8Array(32)))).to.equal("TypeError");
				expect(codeOf(() => sha256(KEY, 0, 1, bad as never))).to.equal("TypeError");
			}
			for (const [offset, count] of [[-1, 1], [0, -1], [0, 17], [17, 0], [0.5, 1], [0, NaN], [2 ** 32, 0]] as const) {
				expect(codeOf(() => sum.update(KEY, offset, count))).to.equal("RangeError");
				expect(codeOf(() => sha256(KEY, offset, count, new Uint8Array(32)))).to.equal("RangeError");
			}
			for (const at of [-1, 1, 0.5])
				expect(codeOf(() => sha256(KEY, 0, 16, new Uint8Array(32), at))).to.equal("RangeError");
			expect(toHex(sum.digest())).to.equal(toHex(digestOf(NONE)));
			expect(codeOf(() => sum.digest())).to.equal("TypeError");
			expect(codeOf(() => sum.update(KEY))).to.equal("TypeError");
		});
		itSecure("agrees with FIPS 180-4's examples", () => {
			for (const [text, digest] of [
				["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
				["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
				["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
			] as const)
				expect(toHex(digestOf(ascii(text)))).to.equal(digest);
			const sum = new Sha256(), piece = new Uint8Array(1000).fill(0x61);
			for (let i = 0; i < 1000; i++)
				sum.update(piece);
			expect(toHex(sum.digest())).to.equal("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
		});
		itSecure("gives the same in pieces as at once", () => {
			const random = seeded("pieces", 44);
			for (let round = 0; round < 50; round++) {
				const bytes = random.bytes(random.below(500)), sum = new Sha256(), into = new Uint8Array(40);
				for (let at = 0; at < bytes.length;) {
					const count = Math.min(bytes.length - at, random.below(100));
					sum.update(bytes, at, count);
					at += count;
				}
				sha256(bytes, 0, bytes.length, into, 8);
				expect(toHex(into.subarray(8))).to.equal(toHex(sum.digest()));
			}
		});
	});

	describe("ECDSA P-256", () => {
		itSecure("refuses keys, digests and signatures that are none", () => {
			const point = fromHex(PUBLIC), digest = new Uint8Array(32), signature = new Uint8Array(64);
			for (const bad of NO_BYTES)
				for (const use of [() => verify(bad as never, digest, signature), () => verify(point, bad as never, signature), () => verify(point, digest, bad as never), () => sign(bad as never, digest), () => sign(digest, bad as never), () => publicKeyOf(bad as never)])
					expect(codeOf(use)).to.equal("TypeError");
			for (const use of [() => verify(point.subarray(1), digest, signature), () => verify(point, signature, signature), () => verify(point, digest, digest), () => sign(signature, digest), () => sign(digest, signature), () => publicKeyOf(point)])
				expect(codeOf(use)).to.equal("RangeError");
			for (const key of ["00".repeat(32), "ff".repeat(32), "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"]) {
				expect(codeOf(() => publicKeyOf(fromHex(key)))).to.equal("CRYPTO_KEY");
				expect(codeOf(() => sign(fromHex(key), digest))).to.equal("CRYPTO_KEY");
			}
			for (const at of [0, 1, 33, 64]) {
				const none = point.slice();
				none[at]! ^= 1;
				expect(codeOf(() => verify(none, digest, signature)), `byte ${at}`).to.equal("CRYPTO_KEY");
			}
			expect(verify(point, digest, signature)).to.equal(false);
			expect(verify(point, digest, signature.fill(255))).to.equal(false);
		});
		itSecure("agrees with RFC 6979, A.2.5", () => {
			expect(toHex(publicKeyOf(fromHex(PRIVATE)))).to.equal(PUBLIC.replaceAll(" ", ""));
			for (const [text, signature] of SIGNED) {
				const digest = digestOf(ascii(text)), signed = sign(fromHex(PRIVATE), digest);
				expect(verify(fromHex(PUBLIC), digest, fromHex(signature))).to.equal(true);
				expect(verify(fromHex(PUBLIC), digest, signed)).to.equal(true);
				expect(toHex(signed)).to.equal(signature.replace(" ", ""));
			}
		});
		itSecure("refuses a signature with any bit changed, and that of another text or key", () => {
			const random = seeded("signatures", 45), point = fromHex(PUBLIC), digest = digestOf(ascii("sample")), signature = fromHex(SIGNED[0][1]);
			for (let i = 0; i < 64; i++) {
				const forged = signature.slice();
				forged[i]! ^= 1 << random.below(8);
				expect(verify(point, digest, forged), `byte ${i}`).to.equal(false);
			}
			expect(verify(point, digestOf(ascii("test")), signature)).to.equal(false);
			expect(verify(publicKeyOf(random.bytes(32)), digest, signature)).to.equal(false);
		});
	});

	describe("random numbers", () => {
		itSecure("fill what they are told, with other bytes each time", () => {
			for (const bad of NO_BYTES)
				expect(codeOf(() => randomBytes(bad as never))).to.equal("TypeError");
			randomBytes(NONE);
			const all = new Uint8Array(5000), part = all.subarray(10, 4990), seen = new Set<string>();
			for (let i = 0; i < 20; i++) {
				randomBytes(part);
				seen.add(toHex(part.subarray(0, 8)));
				seen.add(toHex(part.subarray(4972)));
			}
			expect(seen.size).to.equal(40);
			expect([...all.subarray(0, 10), ...all.subarray(4990)].every((byte) => byte === 0)).to.equal(true);
		});
	});
});
