/** Distribution without a network: sets of chunks, layers, manifests, storage and power cuts. */
import { expect } from "chai";
import { sha256, verify } from "ruvllm-esp32/platform/crypto";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { ChunkSet } from "ruvllm-esp32/espnow-federation/distribution/chunk-set";
import { FixedStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { FlashStore } from "ruvllm-esp32/espnow-federation/distribution/flash-store";
import { Holdings } from "ruvllm-esp32/espnow-federation/distribution/holdings";
import { chunksOfLayers, chunksOfTable } from "ruvllm-esp32/espnow-federation/distribution/layers";
import { CHUNK_BYTES, makeManifest, Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { NorFlash, type Write } from "../../benches/ruvector/power-cut/nor-flash";
import { codeOf } from "../support/code-of";
import { itSecure } from "../support/crypto";
import { seeded } from "../support/random";
import { tinyModel } from "../support/small-model";
import { SHAPE } from "../support/small-shape";
import { flashFor, manifestOf, OTHER_PRIVATE, PRIVATE, publicKey } from "../support/distribution";

/** Bytes of a model, changed as `change` says, with no heed to its checksum. */
const changed = (model: Uint8Array, change: (view: DataView) => void): Uint8Array => {
	const copy = model.slice();
	change(new DataView(copy.buffer));
	return copy;
};

describe("federation: parts of distribution", () => {
	it("ChunkSet is a set of numbers below its limit", () => {
		const random = seeded("chunk set", 61);
		for (const limit of [0, 1, 7, 8, 9, 100]) {
			const set = new ChunkSet(limit), truth = new Set<number>(), other = new ChunkSet(limit), bytes = new Uint8Array(20);
			for (let i = 0; i < 200; i++) {
				const n = random.from(-2, limit + 2);
				if (random.below(3)) {
					set.add(n);
					if (n >= 0 && n < limit)
						truth.add(n);
				}
				else {
					set.delete(n);
					truth.delete(n);
				}
				expect(set.size).to.equal(truth.size);
			}
			for (let n = -2; n < limit + 9; n++)
				expect(set.has(n)).to.equal(truth.has(n));
			set.write(bytes, 3);
			bytes[3 + set.byteLength] = 0xff;
			other.read(bytes, 3, 20 - 3);
			expect([other.size, other.covers(set), set.covers(other)]).to.deep.equal([set.size, true, true]);
			other.read(new Uint8Array(20).fill(255), 0, 20);
			expect([other.size, other.covers(set)]).to.deep.equal([limit, true]);
			other.read(new Uint8Array(20).fill(255), 0, 0);
			expect([other.size, other.covers(set)]).to.deep.equal([0, set.size === 0]);
		}
	});
	it("chunksOfLayers refuses layers that are none, and tables that are none", () => {
		const model = tinyModel(1, SHAPE, false), all = { from: 0, to: 2, first: true, last: true };
		for (const [from, to] of [[-1, 1], [0, 3], [2, 1], [0.5, 1], [0, NaN]] as const)
			expect(codeOf(() => chunksOfLayers(model, { ...all, from, to }))).to.equal("DISTRIBUTION_LAYERS");
		expect(codeOf(() => chunksOfTable(new Uint8Array(32), 9999))).to.equal("MODEL_MAGIC");
		expect(codeOf(() => chunksOfTable(model, 5000))).to.equal("MODEL_TRUNCATED");
		expect(codeOf(() => chunksOfLayers(changed(model, (view) => view.setUint32(24, view.byteLength - 40, true)), all))).to.equal("MODEL_TRUNCATED");
	});
	it("chunksOfLayers names the chunks of every section that is needed, and of few others", () => {
		for (const tied of [true, false]) {
			const model = tinyModel(1, SHAPE, tied), { sections } = readRuvm(model), count = Math.ceil(model.length / CHUNK_BYTES), union = new ChunkSet(count);
			for (const [from, to, first, last] of [[0, 1, true, false], [1, 2, false, false], [0, 0, false, true], [0, 2, true, true]] as const) {
				const set = chunksOfLayers(model, { from, to, first, last }), needed = new ChunkSet(count);
				expect(set.has(0)).to.equal(true);
				for (const { name, offset, bytes } of sections.values()) {
					const layer = Number(/^layers\.(\d)/.exec(name)?.[1] ?? -1);
					if (layer >= 0 ? layer >= from && layer < to : name === "embedding" ? first || last && tied : name === "tokenizer" ? first : name === "output" || name === "norm" ? last : true)
						needed.addRange(Math.floor(offset / CHUNK_BYTES), Math.floor((offset + bytes - 1) / CHUNK_BYTES) + 1);
				}
				needed.add(0);
				needed.addRange(Math.floor(new DataView(model.buffer).getUint32(24, true) / CHUNK_BYTES), count);
				expect([set.size, set.covers(needed)], `${tied} ${from} ${to}`).to.deep.equal([needed.size, true]);
				for (let i = 0; i < count; i++)
					if (set.has(i))
						union.add(i);
			}
			expect(union.size).to.equal(count);
			expect(chunksOfLayers(model, { from: 1, to: 2, first: false, last: false }).size).to.be.below(count - 1);
		}
	});
	itSecure("a manifest cut or changed anywhere is refused, or another manifest", () => {
		const random = seeded("manifests", 62), model = tinyModel(), bytes = manifestOf(model, PRIVATE, "größer"), whole = new Manifest(bytes, sha256);
		expect([whole.name, whole.modelBytes, whole.signed, whole.chunks]).to.deep.equal(["größer", model.length, true, Math.ceil(model.length / CHUNK_BYTES)]);
		expect(codeOf(() => whole.check(publicKey(), verify))).to.equal("none");
		for (let i = 0; i < whole.chunks; i++)
			expect(whole.matches(i, model, CHUNK_BYTES * i)).to.equal(true);
		for (let length = 0; length < bytes.length; length++)
			expect(codeOf(() => new Manifest(bytes.slice(0, length), sha256)), `${length} bytes`).to.equal("DISTRIBUTION_MANIFEST");
		for (let i = 0; i < bytes.length; i++) {
			const forged = bytes.slice();
			forged[i]! ^= 1 << random.below(8);
			const code = codeOf(() => new Manifest(forged, sha256).check(publicKey(), verify));
			expect(["DISTRIBUTION_MANIFEST", "DISTRIBUTION_SIGNATURE", "DISTRIBUTION_UNSIGNED"].includes(code), `byte ${i}: ${code}`).to.equal(true);
		}
		expect(codeOf(() => new Manifest(manifestOf(model), sha256).check(publicKey(), verify))).to.equal("DISTRIBUTION_UNSIGNED");
		expect(codeOf(() => new Manifest(manifestOf(model, OTHER_PRIVATE), sha256).check(publicKey(), verify))).to.equal("DISTRIBUTION_SIGNATURE");
		expect(codeOf(() => manifestOf(model, undefined, "x".repeat(65)))).to.equal("DISTRIBUTION_MANIFEST");
		expect(codeOf(() => makeManifest(new Uint8Array(31), "x", sha256))).to.equal("DISTRIBUTION_MANIFEST");
	});
	itSecure("FlashStore refuses flash that is too small, and what does not fit", () => {
		for (const [bytes, sector] of [[8192, 4096], [4096, 256], [65536, 65536], [65536, 3072]] as const)
			expect(codeOf(() => new FlashStore(new NorFlash(bytes, sector), sha256)), `${bytes} ${sector}`).to.equal("DISTRIBUTION_STORAGE");
		const store = new FlashStore(flashFor(5), sha256);
		expect([store.capacity, store.manifest]).to.deep.equal([5, undefined]);
		for (const chunk of [-1, 5, NaN])
			expect(codeOf(() => store.write(chunk, new Uint8Array(4))), String(chunk)).to.equal("RangeError");
		expect(codeOf(() => store.write(0, new Uint8Array(4097)))).to.equal("RangeError");
		expect(codeOf(() => store.beginManifest(store.manifestCapacity + 4))).to.equal("DISTRIBUTION_STORAGE");
		store.beginManifest(100);
		expect(codeOf(() => store.writeManifest(97, new Uint8Array(4)))).to.equal("RangeError");
		expect(codeOf(() => new FixedStore(new Uint8Array(32), new Uint8Array(0)).write())).to.equal("DISTRIBUTION_STORAGE");
	});
	itSecure("FlashStore keeps chunks of every length, and the last manifest, over restarts", () => {
		const random = seeded("flash store", 63), flash = flashFor(5), chunks = new Map<number, Uint8Array>();
		for (let round = 0; round < 30; round++) {
			const store = new FlashStore(flash, sha256), chunk = random.below(5), bytes = random.bytes(random.from(1, 4096)), manifest = random.bytes(4 * random.from(10, 60));
			store.write(chunk, bytes);
			chunks.set(chunk, bytes);
			store.beginManifest(manifest.length);
			store.writeManifest(0, manifest.subarray(0, 20));
			if (random.below(2)) {
				store.writeManifest(20, manifest.subarray(20));
				store.keepManifest();
				expect(store.manifest!.join()).to.equal(manifest.join());
				expect(new FlashStore(flash, sha256).manifest!.join()).to.equal(manifest.join());
			}
			else
				expect(new FlashStore(flash, sha256).manifest?.join()).to.equal(store.manifest?.join());
			for (const [i, kept] of chunks)
				expect(store.bytes.subarray(4096 * i, 4096 * i + kept.length).join()).to.equal(kept.join());
		}
	});
	itSecure("wherever the power is cut, a manifest is the old or the new one, and no half chunk passes for whole", () => {
		const random = seeded("power cut of distribution", 64), old = tinyModel(1), young = tinyModel(2), names = [manifestOf(old, PRIVATE), manifestOf(young)];
		const change = (flash: NorFlash, model: Uint8Array, manifest: Uint8Array): void => {
			const store = new FlashStore(flash, sha256);
			store.beginManifest(manifest.length);
			store.writeManifest(0, manifest.subarray(0, 64));
			store.writeManifest(64, manifest.subarray(64));
			store.keepManifest();
			const holdings = new Holdings(store, new Manifest(store.manifest!, sha256));
			for (let i = 0; i < holdings.manifest.chunks; i++)
				holdings.take(i, model, CHUNK_BYTES * i, holdings.manifest.chunkBytes(i));
		};
		const before = flashFor(12);
		change(before, old, names[0]!);
		let cuts = 0;
		for (let at = 1; ; at++) {
			const flash = flashFor(12).copyOf(before);
			let writes = 0;
			flash.onWrite = (write: Write) => {
				if (++writes === at) {
					flash.tear(write, random);
					throw new Error("the power is gone");
				}
			};
			if (codeOf(() => change(flash, young, names[1]!)) === "none")
				break;
			cuts++;
			delete flash.onWrite;
			const store = new FlashStore(flash, sha256), kept = store.manifest!.join();
			expect(kept === names[0]!.join() || kept === names[1]!.join(), `cut ${at}`).to.equal(true);
			const manifest = new Manifest(store.manifest!, sha256), holdings = new Holdings(store, manifest), model = kept === names[0]!.join() ? old : young;
			holdings.scan(1000);
			for (let i = 0; i < manifest.chunks; i++)
				expect(holdings.have.has(i)).to.equal(flash.bytes.subarray(CHUNK_BYTES * i, CHUNK_BYTES * i + manifest.chunkBytes(i)).join() === model.subarray(CHUNK_BYTES * i, CHUNK_BYTES * (i + 1)).join());
			change(flash, young, names[1]!);
			expect(new FlashStore(flash, sha256).bytes.subarray(0, young.length).join()).to.equal(young.join());
		}
		expect(cuts).to.be.above(2 * Math.ceil(young.length / CHUNK_BYTES));
	});
});
