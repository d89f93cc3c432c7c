import { expect } from "chai";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import { ModelDraft } from "ruvllm-esp32/engine/draft/model-draft";
import { DRAFT_SURE, type NgramEntry, type NgramTable, ngramHash, writeNgrams } from "ruvllm-esp32/engine/draft/ngram-file";
import { LookupDraft, MixedDraft, NgramDraft } from "ruvllm-esp32/engine/draft/text-draft";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { type Random, seeded } from "../support/random";
import { SHAPE, smallModel } from "../support/small-model";

const VOCAB = 40;

/** Bytes of the XS heap move: a table lies in a Memory, or in flash. */
function pinned(bytes: Uint8Array): Memory {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as never).set(bytes);
	return memory;
}

/** Different contexts of 1 to `order` tokens. */
function randomTable(random: Random, count: number, order: number, vocabSize = VOCAB): NgramTable {
	const seen = new Set<string>(), entries: NgramEntry[] = [];
	for (let i = 0; i < count; i++) {
		const context = Array.from({ length: random.from(1, order) }, () => random.below(vocabSize));
		if (seen.has(context.join()))
			continue;
		seen.add(context.join());
		entries.push({ context, token: random.below(vocabSize), confidence: random.below(16) });
	}
	return { order, vocabSize, vocabularyCrc: 1, modelCrc: 2, entries, fallback: { token: 7, confidence: 3 } };
}

const fileOf = (table: NgramTable): Uint8Array => writeNgrams(table, crc32 as never);
const propose = (draft: Draft, count: number, least?: number): number[] => {
	const into = new Int32Array(32);
	return Array.from(into.subarray(0, draft.propose(into, count, least)));
};

/** The longest known context, by lists: hashes that are taken for each other included. */
function slowGuess(table: NgramTable, text: readonly number[], bits: number, log2: number): NgramEntry | undefined {
	const key = (context: readonly number[]): string => {
		const hash = context.reduce(ngramHash, 0);
		return `${hash >>> 32 - log2} ${hash & (1 << bits) - 1}`;
	};
	for (let n = Math.min(table.order, text.length); n > 0; n--) {
		const wanted = key(text.slice(-n).reverse()), found = table.entries.find(({ context }) => key(context) === wanted);
		if (found)
			return found;
	}
	return undefined;
}

/** The longest repeated ending, the latest of equals. */
function slowLookup(text: readonly number[]): number {
	for (let n = Math.min(32, text.length - 1); n > 0; n--)
		for (let end = text.length - 1; end >= n; end--)
			if (text.slice(end - n, end).join() === text.slice(-n).join())
				return text[end]!;
	return -1;
}

describe("engine: drafts", () => {
	it("refuses bad tables by their name", () => {
		const random = seeded("tables", 31), good = fileOf(randomTable(random, 60, 3)), bad = (change: (bytes: Uint8Array, view: DataView) => void, seal = true): string => {
			const bytes = good.slice();
			change(bytes, new DataView(bytes.buffer));
			if (seal) {
				bytes.fill(0, 28, 32);
				new DataView(bytes.buffer).setUint32(28, crc32(bytes as never, 0, bytes.length, 0), true);
			}
			return codeOf(() => new NgramDraft(pinned(bytes)));
		};
		expect(codeOf(() => new NgramDraft(pinned(good)))).to.equal("none");
		expect(codeOf(() => new NgramDraft(pinned(good.slice(0, 31))))).to.equal("DRAFT_TRUNCATED");
		expect(codeOf(() => new NgramDraft(pinned(good.slice(0, -1))))).to.equal("DRAFT_SIZE");
		expect(bad((bytes) => { bytes[0] = 0; })).to.equal("DRAFT_MAGIC");
		expect(bad((bytes) => { bytes[4] = 2; })).to.equal("DRAFT_VERSION");
		expect(bad((bytes) => { bytes[50]! ^= 1; }, false)).to.equal("DRAFT_CRC");
		for (const size of [(b: Uint8Array) => { b[20] = 17; }, (b: Uint8Array) => { b[20]!++; }, (b: Uint8Array) => { b[21] = 4; }, (b: Uint8Array) => { b[16]!++; }])
			expect(bad(size)).to.equal("DRAFT_SIZE");
		for (const header of [5, 6, 22].flatMap((at) => [0, 255].map((value) => (b: Uint8Array) => { b[at] = value; b[7] = 0; })))
			expect(["DRAFT_TABLE", "DRAFT_VOCABULARY"]).to.contain(bad(header));
		expect(bad((bytes) => { bytes[24] = VOCAB; }), "fallback").to.equal("DRAFT_TABLE");
		expect(bad((bytes) => { bytes[26] = 16; }), "its confidence").to.equal("DRAFT_TABLE");
		expect(bad((bytes) => { bytes[32] = 1; }), "first bucket").to.equal("DRAFT_TABLE");
		expect(bad((bytes) => { bytes[34] = 255; }), "a bucket that ends before it begins").to.equal("DRAFT_TABLE");
		expect(bad((bytes) => { bytes[bytes.length - 3]! |= 63; }), "a token beyond the vocabulary").to.equal("DRAFT_TABLE");
	});
	it("takes damaged tables for what they are, whatever the damage", () => {
		const random = seeded("damage", 32), good = fileOf(randomTable(random, 40, 4)), texts = Array.from({ length: 20 }, () => random.below(VOCAB));
		for (let i = 0; i < rounds(2000); i++) {
			const bytes = good.slice();
			for (let k = random.from(1, 3); k > 0; k--)
				bytes[random.below(bytes.length)] = random.below(256);
			bytes.fill(0, 28, 32);
			new DataView(bytes.buffer).setUint32(28, crc32(bytes as never, 0, bytes.length, 0), true);
			let draft: NgramDraft | undefined;
			const code = codeOf(() => { draft = new NgramDraft(pinned(bytes)); });
			expect(code === "none" || code.startsWith("DRAFT_"), code).to.equal(true);
			// Whatever passes, drafts tokens of its vocabulary.
			if (!draft || texts.some((token) => token >= draft!.vocabSize))
				continue;
			draft.reset(texts);
			for (const token of propose(draft, 8))
				expect(token).to.be.within(0, draft.vocabSize - 1);
		}
	}).timeout(60000);
	it("refuses what can't be, by its name", () => {
		const table = fileOf(randomTable(seeded("bounds", 33), 20, 2)), memory = pinned(table), drafts: Draft[] = [new NgramDraft(memory), new LookupDraft(VOCAB), new MixedDraft(memory), new ModelDraft(new TinyModel(smallModel(), { contextLength: 16 }))];
		for (const draft of drafts) {
			for (const token of [-1, SHAPE.vocabSize, 0.5, NaN, "3" as never]) {
				expect(codeOf(() => draft.push(token)), draft.name).to.equal("DRAFT_TOKEN");
				expect(codeOf(() => draft.reset([1, token])), draft.name).to.equal("DRAFT_TOKEN");
			}
			for (const count of [0, -1, 33, 1.5, NaN])
				expect(codeOf(() => draft.propose(new Int32Array(40), count)), draft.name).to.equal("DRAFT_COUNT");
			expect(codeOf(() => draft.propose(new Int32Array(3), 4))).to.equal("DRAFT_COUNT");
			expect(codeOf(() => draft.reset([1, 2], 3))).to.equal("DRAFT_COUNT");
			for (const least of [-1, 16, 0.5])
				expect(codeOf(() => draft.propose(new Int32Array(4), 2, least))).to.equal("DRAFT_LEAST");
		}
		for (const capacity of [15, 65537, 20.5])
			expect(codeOf(() => new LookupDraft(VOCAB, { capacity }))).to.equal("DRAFT_CAPACITY");
		for (const vocab of [0, 65536, 1.5])
			expect(codeOf(() => new LookupDraft(vocab))).to.equal("DRAFT_VOCABULARY");
		const entry = { context: [1], token: 1, confidence: 1 };
		for (const wrong of [{ token: VOCAB }, { token: -1 }, { confidence: DRAFT_SURE + 1 }])
			expect(codeOf(() => fileOf({ ...randomTable(seeded("writer", 34), 1, 1), entries: [{ ...entry, ...wrong }] }))).to.equal("DRAFT_VOCABULARY");
	});
	it("a table drafts what a slow search of its entries finds, and goes on as if it had come", () => {
		const random = seeded("search", 35);
		for (let i = 0; i < rounds(20); i++) {
			const vocab = random.pick([VOCAB, 700]), table = randomTable(random, random.pick([1, 30, 300]), random.pick([1, 3, 16]), vocab), file = fileOf(table), memory = pinned(file), draft = new NgramDraft(memory);
			const bits = 8 * file[21]! - file[22]! - 4, log2 = file[20]!;
			for (let k = 0; k < 10; k++) {
				const text = Array.from({ length: random.below(24) }, () => random.below(vocab)), known = table.entries.length ? random.pick(table.entries).context : [];
				text.push(...[...known].reverse());
				draft.reset(text);
				const expected: number[] = [], sure: number[] = [];
				for (let n = 0; n < 5; n++) {
					const { token, confidence } = slowGuess(table, [...text, ...expected], bits, log2) ?? table.fallback;
					expected.push(token);
					sure.push(confidence);
				}
				expect(propose(draft, 5)).to.deep.equal(expected);
				const least = random.below(16), until = sure.findIndex((confidence) => confidence < least);
				expect(propose(draft, 5, least)).to.deep.equal(until < 0 ? expected : expected.slice(0, until));
			}
		}
	}).timeout(60000);
	it("lookup goes on as the text went on after its longest repeated ending", () => {
		const random = seeded("lookup", 36), draft = new LookupDraft(6);
		expect(propose(draft, 4)).to.deep.equal([]);
		draft.reset([1, 2, 3]);
		expect(propose(draft, 4)).to.deep.equal([]);
		draft.push(2);
		expect(propose(draft, 4)).to.deep.equal([3, 2, 3, 2]);
		for (let i = 0; i < rounds(200); i++) {
			const text = Array.from({ length: random.from(1, 60) }, () => random.below(i % 2 ? 3 : 6));
			draft.reset(text);
			expect(propose(draft, 1)[0] ?? -1, text.join()).to.equal(slowLookup(text));
		}
	}).timeout(60000);
	it("both together: tokens of the one or the other, and of lookup once it is right more often", () => {
		const random = seeded("mixed", 37), table = randomTable(random, 200, 3, 12), memory = pinned(fileOf(table)), mixed = new MixedDraft(memory), one = new NgramDraft(memory), other = new LookupDraft(12);
		for (let i = 0; i < rounds(300); i++) {
			const text = Array.from({ length: random.from(1, 50) }, () => random.below(12));
			for (const draft of [mixed, one, other])
				draft.reset(text);
			expect([propose(one, 1)[0], propose(other, 1)[0]]).to.contain(propose(mixed, 1)[0]);
		}
		// A text that repeats itself, as the table does not know it.
		const period = [3, 1, 4, 1, 5, 9, 2, 6, 5, 8, 11];
		mixed.reset([]);
		let right = 0;
		for (let i = 0; i < 10 * period.length; i++) {
			const token = period[i % period.length]!;
			right += i >= 5 * period.length && propose(mixed, 1)[0] === token ? 1 : 0;
			mixed.push(token);
		}
		expect(right).to.equal(5 * period.length);
		expect(propose(mixed, 3)).to.deep.equal(period.slice(0, 3));
	}).timeout(60000);
	it("keeps the newer half of a full text, and drafts the same of the same tail", () => {
		const random = seeded("capacity", 38), memory = pinned(fileOf(randomTable(random, 200, 4))), small = new MixedDraft(memory, { capacity: 16 }), large = new NgramDraft(memory, { capacity: 4096 }), plain = new NgramDraft(memory, { capacity: 16 });
		for (let i = 0; i < rounds(3000); i++) {
			const token = random.below(VOCAB);
			for (const draft of [small, large, plain])
				draft.push(token);
			expect(small.length).to.be.within(Math.min(i + 1, 8), 16);
			expect(propose(plain, 3)).to.deep.equal(propose(large, 3));
		}
	}).timeout(60000);
	it("a model drafts its own greedy continuation, whatever was drafted before", () => {
		const model = new TinyModel(smallModel(), { contextLength: 32 }), engine = new MicroEngine(new TinyModel(smallModel(), { contextLength: 32 })), draft = new ModelDraft(model), random = seeded("model", 39);
		expect(propose(draft, 2)).to.deep.equal([]);
		const text = [1];
		draft.reset(text);
		for (let i = 0; i < rounds(24); i++) {
			const expected = engine.generate(text, { greedy: true, maxTokens: 4, stopAtEnd: false }).tokens;
			expect(propose(draft, 4)).to.deep.equal(expected);
			const token = i % 3 ? expected[0]! : random.below(SHAPE.vocabSize);
			text.push(token);
			draft.push(token);
			if (i % 7 === 6) {
				text.length -= 3;
				draft.reset(text);
			}
		}
		draft.reset(Array.from({ length: 31 }, () => 5));
		expect(propose(draft, 8).length).to.equal(2);
		draft.push(5);
		draft.push(5);
		expect(propose(draft, 8)).to.deep.equal([]);
	}).timeout(60000);
	it("allocates nothing while tokens come", () => {
		const memory = pinned(fileOf(randomTable(seeded("memory", 40), 100, 4))), into = new Int32Array(4);
		for (const draft of [new MixedDraft(memory), new ModelDraft(new TinyModel(smallModel(), { contextLength: 40 }))]) {
			const go = (count: number): void => {
				for (let i = 0; i < count; i++) {
					draft.push(i);
					draft.propose(into, 4);
				}
			};
			draft.reset([1, 2]);
			go(3);
			const { chunksUsed, slotsUsed } = memoryUse();
			go(30);
			const after = memoryUse();
			// What asking costs: a slot has 16 bytes or 32, and 30 tokens would take one each.
			expect(after.chunksUsed - chunksUsed, draft.name).to.be.at.most(160);
			expect((after.slotsUsed - slotsUsed) / 30, draft.name).to.be.below(16);
		}
	});
});
