import { expect } from "chai";
import { available } from "ruvllm-esp32/platform/crypto";
import { AeadSealer, secureRandom } from "ruvllm-esp32/espnow-federation/frames/aead";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { codeOf } from "../support/code-of";
import { itSecure, toHex } from "../support/crypto";
import { CAPABILITIES, complete, Stream, town } from "../support/network";
import { seeded } from "../support/random";

const SECRET = "six random words or a long number";
const BOOT = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const ADDRESS = 0x246f28aabbcc;

describe("federation: AeadSealer", () => {
	it("refuses secrets that are too short, too long or none, and hosts without cryptography", () => {
		for (const bad of ["", "fifteen letters", new Uint8Array(15), new Uint8Array(129), "x".repeat(129), undefined, null, 5, {}])
			expect(codeOf(() => new AeadSealer(bad as never)), String(bad)).to.equal("FEDERATION_SECRET");
		for (const good of ["sixteen letters!", new Uint8Array(16), new Uint8Array(128), "é".repeat(8)])
			expect(codeOf(() => new AeadSealer(good))).to.equal(available() ? "none" : "CRYPTO_ABSENT");
	});
	itSecure("refuses counters that do not go up, so that no nonce comes twice", () => {
		const key = new AeadSealer(SECRET).key(ADDRESS, BOOT), bytes = new Uint8Array(60);
		for (const counter of [0, 1, 2, 900, 2 ** 32 - 1])
			expect(key.seal(counter, bytes, 6, 30)).to.equal(44);
		for (const counter of [0, 900, 2 ** 32 - 1, 2 ** 32, -1, NaN, 1.5])
			expect(codeOf(() => key.seal(counter, bytes, 6, 30)), String(counter)).to.equal("RangeError");
		key.close();
		key.close();
	});
	itSecure("opens what the same sender sealed, and nothing else: any byte changed, another counter, address, boot number or secret", () => {
		const random = seeded("sealed frames", 51), sealer = new AeadSealer(SECRET), sender = sealer.key(ADDRESS, BOOT);
		const receiver = new AeadSealer(SECRET).key(ADDRESS, BOOT), frame = random.bytes(250), sealed = frame.slice();
		expect(sealer.trailerBytes).to.equal(8);
		expect(sender.seal(77, sealed, 6, 200)).to.equal(214);
		for (let i = 0; i < 214; i++) {
			const forged = sealed.slice();
			forged[i]! ^= 1 << random.below(8);
			expect(receiver.open(77, forged, 6, 214), `byte ${i}`).to.equal(false);
		}
		const other = BOOT.slice();
		other[7]! ^= 1;
		for (const [stranger, counter] of [
			[receiver, 76], [receiver, 77 + 2 ** 31], [sealer.key(ADDRESS ^ 1, BOOT), 77], [sealer.key(ADDRESS + 2 ** 40, BOOT), 77],
			[sealer.key(ADDRESS, other), 77], [new AeadSealer(`${SECRET}!`).key(ADDRESS, BOOT), 77],
		] as const)
			expect(stranger.open(counter, sealed.slice(), 6, 214)).to.equal(false);
		for (const count of [0, 5, 6, 13, 213, 215, 251, 400])
			expect(receiver.open(77, sealed.slice(), 6, count), `${count} bytes`).to.equal(false);
		expect(receiver.open(77, sealed, 6, 214)).to.equal(true);
		expect(toHex(sealed.subarray(0, 206))).to.equal(toHex(frame.subarray(0, 206)));
	});
	itSecure("a text is its UTF-8, and the secret can be changed afterwards", () => {
		const bytes = Uint8Array.from(SECRET, (c) => c.charCodeAt(0)), sealer = new AeadSealer(bytes), frame = new Uint8Array(40);
		bytes.fill(0);
		new AeadSealer(SECRET).key(ADDRESS, BOOT).seal(5, frame, 6, 20);
		expect(sealer.key(ADDRESS, BOOT).open(5, frame, 6, 34)).to.equal(true);
	});
	itSecure("random numbers are 32 bits, and differ", () => {
		const random = secureRandom(), seen = new Set<number>();
		for (let i = 0; i < 100; i++) {
			const n = random();
			expect(Number.isInteger(n) && n >= 0 && n < 2 ** 32).to.equal(true);
			seen.add(n);
		}
		expect(seen.size).to.be.above(98);
	});
	itSecure("boards that know the secret find each other over a lossy radio, exchange messages, and hear no stranger", () => {
		const here = town(3, { seed: 52, loss: 0.05, duplicate: 0.05, reorder: 0.05 }, { sealer: new AeadSealer(SECRET) });
		const board = here.world.addBoard(), sealer = new AeadSealer("another secret, just as long");
		const stranger = new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities: CAPABILITIES, sealer });
		expect(here.world.runUntil(() => complete(here), 4_000_000)).to.equal(true);
		const stream = new Stream(here.nodes[0]!, here.nodes[1]!, (n) => 3 + n * 37 % 600);
		here.nodes[0]!.onDrain(() => stream.push(100));
		stream.push(100);
		expect(here.world.runUntil(() => stream.arrived.length === 100, here.world.now + 10_000_000)).to.equal(true);
		expect([stream.inOrder, stream.damaged]).to.deep.equal([true, 0]);
		here.world.run(here.world.now + 2_000_000);
		expect(stranger.alive().length).to.equal(1);
		expect(stranger.statistics.forged).to.be.above(0);
		expect(here.nodes[0]!.statistics.forged).to.be.above(0);
		expect(here.nodes[0]!.alive().length).to.equal(3);
		here.restart(1);
		here.world.run(here.world.now + 1000);
		expect(here.world.runUntil(() => complete(here), here.world.now + 6_000_000)).to.equal(true);
	});
});
