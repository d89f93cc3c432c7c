/** On XS: nanoseconds of each use of the port crypto, the best of ten rounds. */

import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { AeadKey, publicKeyOf, sha256, sign, verify } from "ruvllm-esp32/platform/crypto";
import { AeadSealer } from "ruvllm-esp32/espnow-federation/frames/aead";
import { OpenSealer } from "ruvllm-esp32/espnow-federation/frames/open-sealer";

const ROUNDS = 10;
const FRAME = 250;
const HEADER = 6;

function time(name: string, times: number, body: (i: number) => void): void {
	let best = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const start = microseconds();
		for (let i = 0; i < times; i++)
			body(round * times + i);
		best = Math.min(best, microseconds() - start);
	}
	print(`${JSON.stringify({ name, nanoseconds: Math.round(best * 1000 / times) })}\n`);
}

const bytes = new Uint8Array(FRAME + 8), boot = new Uint8Array(8).fill(3), into = new Uint8Array(32), chunk = new Uint8Array(4096);
const sealer = new AeadSealer("a secret that is long enough"), key = sealer.key(0x246f28aabbcc, boot), open = new OpenSealer(1).key(0x246f28aabbcc, boot);
time("an empty call, to be subtracted", 10000, () => undefined);
time(`seal a frame of ${FRAME} bytes`, 5000, (i) => { key.seal(i, bytes, HEADER, FRAME - HEADER - 8); });
// What was opened is sealed again: a frame opens once.
const again = sealer.key(0x246f28aabbcc, boot);
time(`seal and open a frame of ${FRAME} bytes`, 5000, (i) => {
	again.seal(i, bytes, HEADER, FRAME - HEADER - 8);
	if (!key.open(i, bytes, HEADER, FRAME))
		throw new Error("what was sealed does not open");
});
time(`checksum a frame of ${FRAME} bytes, in an open network`, 5000, () => { open.seal(0, bytes, HEADER, FRAME - HEADER - 4); });
time("derive the key of a sender", 500, () => { new AeadKey(into, boot, boot).close(); });
time("SHA-256 of a chunk of 4096 bytes", 500, () => { sha256(chunk, 0, 4096, into); });
const secret = new Uint8Array(32).fill(5), point = publicKeyOf(secret), signature = sign(secret, into);
time("sign a manifest", 5, () => { sign(secret, into); });
time("verify a manifest", 5, () => {
	if (!verify(point, into, signature))
		throw new Error("the signature is refused");
});
