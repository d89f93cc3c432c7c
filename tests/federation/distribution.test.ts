/** Distribution between boards of a virtual world (not on riscv: a world of boards does not fit one, and it has no cryptography). */
import { expect } from "chai";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { TinyModel } from "ruvllm-esp32/engine";
import { available } from "ruvllm-esp32/platform/crypto";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { FixedStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { Distribution } from "ruvllm-esp32/espnow-federation/distribution/distribution";
import { chunksOfLayers } from "ruvllm-esp32/espnow-federation/distribution/layers";
import { CHUNK_BYTES } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { writeRuvm } from "ruvllm-esp32/engine/ruvm/writer";
import type { Write } from "../../benches/ruvector/power-cut/nor-flash";
import { codeOf } from "../support/code-of";
import { itSecure } from "../support/crypto";
import { town } from "../support/network";
import { seeded } from "../support/random";
import { tinyModel } from "../support/small-model";
import { SHAPE, WIDE } from "../support/small-shape";
import { codeIn, crcOf, flashFor, giver, manifestOf, OTHER_PRIVATE, type Outcome, PRIVATE, publicKey, Swarm, taker } from "../support/distribution";

/** A model of 42 chunks, and one of seven. */
let wide: Uint8Array | undefined;
const large = (): Uint8Array => wide ??= tinyModel(3, WIDE);
const small = (): Uint8Array => tinyModel(1, SHAPE);
const chunksOf = (model: Uint8Array): number => Math.ceil(model.length / CHUNK_BYTES);

function expectWhole(outcome: Outcome, model: Uint8Array): void {
	expect(codeIn(outcome)).to.equal("none");
	expect(outcome.model!.length).to.equal(model.length);
	for (let i = 0; i < model.length; i++)
		if (outcome.model![i] !== model[i])
			throw new Error(`byte ${i} differs`);
	expect(codeOf(() => readRuvm(outcome.model!, crc32 as never))).to.equal("none");
}

describe("federation: Distribution", () => {
	it("says what is missing on hosts without cryptography", () => {
		if (!available())
			expect(codeOf(() => new Distribution({} as never))).to.equal("CRYPTO_ABSENT");
	});
	itSecure("refuses settings that are none, and two fetches at a time", () => {
		const network = town(1, { seed: 71 }).nodes[0]!, store = taker(flashFor(5)), base = { network, store };
		for (const wrong of [{ window: 0 }, { window: 9 }, { window: 1.5 }, { timeoutMilliseconds: 99 }, { patienceMilliseconds: 1000 }, { publicKey: new Uint8Array(64) }])
			expect(codeOf(() => new Distribution({ ...base, ...wrong })), Object.keys(wrong)[0]).to.equal("DISTRIBUTION_CONFIG");
		const distribution = new Distribution(base), events = { onDone: () => undefined, onFailed: () => undefined };
		for (const model of [-1, 2 ** 32, 0.5, NaN])
			expect(codeOf(() => distribution.fetch(model, events))).to.equal("DISTRIBUTION_CONFIG");
		distribution.fetch(1, events);
		expect(codeOf(() => distribution.fetch(1, events))).to.equal("DISTRIBUTION_BUSY");
		distribution.cancel();
		expect(codeOf(() => distribution.fetch(1, events))).to.equal("none");
		distribution.close();
		expect(codeOf(() => new Distribution({ ...base, publicKey: new Uint8Array(65) }))).to.equal("none");
	});
	itSecure("brings a model to a board, which then gives it", () => {
		const model = large(), swarm = new Swarm([giver(model, PRIVATE), taker(flashFor(45)), taker(flashFor(45))], { seed: 72 }, { publicKey: publicKey() });
		const first = swarm.fetch(1, crcOf(model));
		expect(swarm.run([first], 10)).to.equal(true);
		expectWhole(first, model);
		expect([first.have, first.steps, swarm.parts[1]!.complete, swarm.town.nodes[1]!.self.model]).to.deep.equal([42, 42, true, crcOf(model)]);
		swarm.town.boards[0]!.kill();
		const second = swarm.fetch(2, crcOf(model));
		expect(swarm.run([second], 10)).to.equal(true);
		expectWhole(second, model);
		expect(swarm.refused).to.deep.equal([]);
		const again = swarm.fetch(2, crcOf(model));
		expect(swarm.run([again], 1)).to.equal(true);
		expectWhole(again, model);
		expect([again.steps, swarm.parts[0]!.chunksSent, swarm.parts[1]!.chunksSent]).to.deep.equal([0, 42, 42]);
	});
	itSecure("fetches the chunks of the wanted layers alone, and the others later", () => {
		const model = large(), layers = { from: 1, to: 2, first: false, last: false }, wanted = chunksOfLayers(model, layers), flash = flashFor(45);
		const swarm = new Swarm([giver(model), taker(flash)], { seed: 73 });
		const part = swarm.fetch(1, crcOf(model), { layers });
		expect(swarm.run([part], 10)).to.equal(true);
		expect([codeIn(part), part.have, swarm.parts[0]!.chunksSent, swarm.town.nodes[1]!.self.model]).to.deep.equal(["none", wanted.size, wanted.size, 0]);
		expect(wanted.size).to.be.below(30);
		for (let i = 0; i < 42; i++)
			expect(flash.bytes.subarray(CHUNK_BYTES * i, CHUNK_BYTES * (i + 1)).every((byte) => byte === 255), `chunk ${i}`).to.equal(!wanted.has(i));
		const all = swarm.fetch(1, crcOf(model));
		expect(swarm.run([all], 10)).to.equal(true);
		expectWhole(all, model);
		expect(swarm.parts[0]!.chunksSent).to.equal(42);
		const none = swarm.fetch(1, crcOf(model), { layers: { ...layers, to: 3 } });
		expect(swarm.run([none], 10)).to.equal(true);
		expect(codeIn(none)).to.equal("DISTRIBUTION_LAYERS");
	});
	itSecure("gets through loss, duplicates, disorder and short queues", () => {
		const model = small();
		for (const [seed, loss] of [[74, 0.1], [75, 0.3]] as const) {
			const swarm = new Swarm([giver(model), taker(flashFor(9))], { seed, loss, duplicate: 0.1, reorder: 0.1, jitterMicroseconds: 3000, queue: 4 }, { timeoutMilliseconds: 1000 }, { segments: 40 });
			const outcome = swarm.fetch(1, crcOf(model));
			expect(swarm.run([outcome], 120), `loss ${loss}`).to.equal(true);
			expectWhole(outcome, model);
		}
	});
	itSecure("asks several boards, and goes on when one dies or comes back", () => {
		const model = large(), swarm = new Swarm([giver(model), giver(model), taker(flashFor(45))], { seed: 76, rate: "11M" });
		const outcome = swarm.fetch(2, crcOf(model)), { world, boards } = swarm.town;
		expect(world.runUntil(() => outcome.have >= 12, world.now + 10_000_000)).to.equal(true);
		const [one, two] = [swarm.parts[0]!.chunksSent, swarm.parts[1]!.chunksSent];
		expect(Math.min(one, two), `${one} and ${two}`).to.be.above(3);
		boards[0]!.kill();
		expect(world.runUntil(() => outcome.have >= 30, world.now + 10_000_000)).to.equal(true);
		boards[1]!.kill();
		world.run(world.now + 3_000_000);
		expect(outcome.model).to.equal(undefined);
		swarm.town.restart(0);
		swarm.open(0);
		expect(swarm.run([outcome], 20)).to.equal(true);
		expectWhole(outcome, model);
	});
	itSecure("never keeps a wrong chunk; gets it elsewhere, and asks such a board no more", () => {
		const model = large(), bad = giver(model.slice()), flash = flashFor(45), swarm = new Swarm([bad, taker(flash)], { seed: 77 }, { patienceMilliseconds: 8000 });
		const { world } = swarm.town;
		world.run(world.now + 500_000);
		// After the board looked at its own chunks.
		for (let i = 0; i < 42; i += 2)
			bad.bytes[CHUNK_BYTES * i + 100 + i]! ^= 4;
		const outcome = swarm.fetch(1, crcOf(model));
		expect(swarm.run([outcome], 30)).to.equal(true);
		expect([codeIn(outcome), outcome.have < 10]).to.deep.equal(["DISTRIBUTION_CHUNK", true]);
		expect(new Set(swarm.refused.map(({ code }) => code))).to.deep.equal(new Set(["DISTRIBUTION_CHUNK"]));
		expect(swarm.refused.length).to.be.below(5);
		for (let i = 0; i < 42; i++) {
			const bytes = flash.bytes.subarray(CHUNK_BYTES * i, CHUNK_BYTES * i + 4096);
			expect(bytes.every((byte) => byte === 255) || bytes.every((byte, k) => byte === (model[CHUNK_BYTES * i + k] ?? 255)), `chunk ${i}`).to.equal(true);
		}
		bad.bytes.set(model);
		const both = new Swarm([bad, giver(model), taker(flashFor(45))], { seed: 78 });
		both.town.world.run(both.town.world.now + 500_000);
		for (let i = 0; i < 42; i += 2)
			bad.bytes[CHUNK_BYTES * i + 100 + i]! ^= 4;
		const good = both.fetch(2, crcOf(model));
		expect(both.run([good], 30)).to.equal(true);
		expectWhole(good, model);
		expect(both.refused.length).to.be.within(1, 4);
	});
	itSecure("takes no manifest that is not signed with the right key, writes nothing of it, and takes the right one", () => {
		const model = small();
		for (const [key, code] of [[undefined, "DISTRIBUTION_UNSIGNED"], [OTHER_PRIVATE, "DISTRIBUTION_SIGNATURE"]] as const) {
			const flash = flashFor(9), options = { publicKey: publicKey(), patienceMilliseconds: 5000 };
			const swarm = new Swarm([new FixedStore(model, manifestOf(model, key)), taker(flash)], { seed: 79 }, { patienceMilliseconds: 5000 });
			swarm.parts[1]!.close();
			swarm.parts[1] = new Distribution({ network: swarm.town.nodes[1]!, store: swarm.stores[1]!, ...options, onError: (error, address) => swarm.refused.push({ code: error.code, address }) });
			const outcome = swarm.fetch(1, crcOf(model));
			expect(swarm.run([outcome], 30)).to.equal(true);
			expect(codeIn(outcome)).to.equal(code);
			expect(swarm.refused).to.deep.equal([{ code, address: swarm.town.nodes[0]!.address }]);
			expect(flash.bytes.subarray(0, 9 * CHUNK_BYTES).every((byte) => byte === 255)).to.equal(true);
			expect(swarm.stores[1]!.manifest).to.equal(undefined);
		}
		// What was taken while no key was set is not given once there is one.
		const flash = flashFor(9), before = new Swarm([giver(model), taker(flash)], { seed: 87 }), taken = before.fetch(1, crcOf(model));
		expect(before.run([taken], 10)).to.equal(true);
		const network = before.town.nodes[1]!, codes: string[] = [], strict = new Distribution({ network, store: taker(flash), publicKey: publicKey(), onError: ({ code }) => codes.push(code) });
		expect([strict.manifest, strict.chunks, codes.join(), network.self.services]).to.deep.equal([undefined, 0, "DISTRIBUTION_UNSIGNED", 0]);

		const swarm = new Swarm([giver(model, OTHER_PRIVATE), giver(model, PRIVATE), taker(flashFor(9))], { seed: 80 });
		swarm.parts[2]!.close();
		swarm.parts[2] = new Distribution({ network: swarm.town.nodes[2]!, store: swarm.stores[2]!, publicKey: publicKey() });
		const outcome = swarm.fetch(2, crcOf(model));
		expect(swarm.run([outcome], 30)).to.equal(true);
		// Its chunks are those of the signed manifest: they may come from anyone.
		expectWhole(outcome, model);
	});
	itSecure("goes on after a restart with what is in the flash", () => {
		const model = large(), flash = flashFor(45), swarm = new Swarm([giver(model, PRIVATE), taker(flash)], { seed: 81 }, { publicKey: publicKey() });
		for (const have of [5, 20, 33]) {
			const outcome = swarm.fetch(1, crcOf(model)), { world } = swarm.town;
			expect(world.runUntil(() => outcome.have >= have, world.now + 10_000_000)).to.equal(true);
			swarm.reboot(1, flash);
			expect(swarm.parts[1]!.manifest!.crc).to.equal(crcOf(model));
		}
		const last = swarm.fetch(1, crcOf(model));
		expect(swarm.run([last], 20)).to.equal(true);
		expectWhole(last, model);
		expect(swarm.parts[0]!.chunksSent).to.be.within(42, 42 + 3 * 3);
	});
	itSecure("a cut of the power at any write costs the chunk that was being written, and no more", () => {
		const random = seeded("power cut while fetching", 82), model = small(), chunks = chunksOf(model);
		const swarm = new Swarm([giver(model, PRIVATE), taker(flashFor(9))], { seed: 82 }, { publicKey: publicKey() });
		for (let at = 1; at < 2 * chunks + 8; at++) {
			const flash = flashFor(9);
			let writes = 0;
			swarm.reboot(1, flash);
			flash.onWrite = (write: Write) => {
				if (++writes === at) {
					flash.tear(write, random);
					throw new Error("the power is gone");
				}
			};
			const cut = swarm.fetch(1, crcOf(model)), sent = swarm.parts[0]!.chunksSent;
			expect(swarm.run([cut], 20), `write ${at}`).to.equal(true);
			if (writes < at) {
				expectWhole(cut, model);
				break;
			}
			expect(codeIn(cut)).to.equal("the power is gone");
			delete flash.onWrite;
			swarm.reboot(1, flash);
			const rest = swarm.fetch(1, crcOf(model));
			expect(swarm.run([rest], 20)).to.equal(true);
			expectWhole(rest, model);
			expect(rest.steps).to.be.within(chunks - cut.have, chunks);
			expect(swarm.parts[0]!.chunksSent - sent).to.be.at.most(chunks + 4);
		}
	});
	itSecure("of a new model, fetches the chunks that changed", () => {
		const old = large(), { shape, tied, sections } = readRuvm(old), middle = sections.get("layers.1.wo")!, flash = flashFor(45);
		const young = writeRuvm(shape, tied, [...sections.values()].map((section) => {
			const data = old.slice(section.offset, section.offset + section.bytes);
			if (section === middle)
				data[1000]! ^= 1;
			return { ...section, data };
		}), crc32 as never);
		const swarm = new Swarm([giver(old), taker(flash)], { seed: 83 }), first = swarm.fetch(1, crcOf(old));
		expect(swarm.run([first], 10)).to.equal(true);
		swarm.parts[0]!.close();
		swarm.stores[0] = giver(young);
		swarm.open(0);
		const second = swarm.fetch(1, crcOf(young));
		expect(swarm.run([second], 10)).to.equal(true);
		expectWhole(second, young);
		expect([swarm.parts[0]!.chunksSent, swarm.town.nodes[1]!.self.model]).to.deep.equal([2, crcOf(young)]);
	});
	itSecure("boards that fetch together give each other what they got when the first giver dies", () => {
		const model = large(), swarm = new Swarm([giver(model), ...Array.from({ length: 5 }, () => taker(flashFor(45)))], { seed: 84 }), { world, boards } = swarm.town;
		const outcomes = [1, 2, 3, 4, 5].map((i) => swarm.fetch(i, crcOf(model)));
		const somewhere = (chunk: number): boolean => [1, 2, 3, 4, 5].some((i) => swarm.parts[i]!.manifest?.matches(chunk, swarm.stores[i]!.bytes, CHUNK_BYTES * chunk));
		expect(world.runUntil(() => swarm.parts[0]!.chunksSent % 10 === 0 && Array.from({ length: 42 }, (_, i) => i).every(somewhere), world.now + 10_000_000)).to.equal(true);
		boards[0]!.kill();
		expect(Math.max(...outcomes.map(({ have }) => have))).to.be.below(42);
		expect(swarm.run(outcomes, 60)).to.equal(true);
		for (const outcome of outcomes)
			expectWhole(outcome, model);
		const sent = swarm.parts.map((part) => part!.chunksSent);
		expect(sent.slice(1).reduce((sum, n) => sum + n, 0), sent.join()).to.be.above(40);
	});
	if ("runLayers" in TinyModel.prototype)
		itSecure("layers that came over the radio compute the bits of the whole model", () => {
			const model = large(), file = new Memory(model.length), flashes = [flashFor(45), flashFor(45)], ends = { first: true, last: true };
			new Uint8Array(file as unknown as ArrayBuffer).set(model);
			const swarm = new Swarm([giver(model), ...flashes.map(taker)], { seed: 88 });
			const outcomes = [0, 1].map((from) => swarm.fetch(from + 1, crcOf(model), { layers: { from, to: from + 1, ...ends } }));
			expect(swarm.run(outcomes, 20)).to.equal(true);
			expect([...outcomes.map(codeIn), Math.max(...outcomes.map(({ have }) => have)) < 30]).to.deep.equal(["none", "none", true]);
			const whole = new TinyModel(file), parts = flashes.map((flash, from) => new TinyModel(flash.map() as never, { layers: { from, to: from + 1 }, verify: false }));
			for (let position = 0; position < 10; position++) {
				whole.forward(7 + position, position, true);
				parts[0]!.embed(7 + position);
				parts[0]!.runLayers(position);
				parts[1]!.hidden.set(parts[0]!.hidden);
				parts[1]!.runLayers(position);
				parts[1]!.project();
				expect(parts[1]!.logits.join()).to.equal(whole.logits.join());
			}
		});
	itSecure("says so when nobody has it, and when it does not fit", () => {
		const model = large(), swarm = new Swarm([giver(model), taker(flashFor(20))], { seed: 85 }, { patienceMilliseconds: 4000 });
		const absent = swarm.fetch(1, 12345);
		expect(swarm.run([absent], 10)).to.equal(true);
		expect(codeIn(absent)).to.equal("DISTRIBUTION_SOURCE");
		const big = swarm.fetch(1, crcOf(model));
		expect(swarm.run([big], 10)).to.equal(true);
		expect(codeIn(big)).to.equal("DISTRIBUTION_STORAGE");
	});
	itSecure("messages of any bytes harm nobody", () => {
		const random = seeded("messages", 86), model = small(), swarm = new Swarm([giver(model), taker(flashFor(9)), undefined], { seed: 86 });
		const outcome = swarm.fetch(1, crcOf(model)), { world, nodes } = swarm.town, id = swarm.parts[0]!.manifest!.digest;
		for (let i = 0; i < 400; i++) {
			const bytes = random.bytes(random.below(60) + (random.below(20) ? 0 : 4090));
			bytes[0] = random.below(9);
			bytes[1] = random.below(3);
			if (random.below(2) && bytes.length > 12) {
				bytes[3] = 0;
				bytes.set(id.subarray(0, 8), 4);
				if (random.below(2) && bytes.length > 22)
					new DataView(bytes.buffer).setUint32(18, crcOf(model), true);
			}
			nodes[2]!.send(nodes[random.below(2)]!.address, Service.Distribution, bytes);
			world.run(world.now + 2000);
		}
		expect(swarm.run([outcome], 60)).to.equal(true);
		expectWhole(outcome, model);
		expect(swarm.stores[1]!.manifest!.join()).to.equal(swarm.stores[0]!.manifest!.join());
	});
});
