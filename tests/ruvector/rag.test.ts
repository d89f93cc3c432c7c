import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { chunks, MemoryStore, MicroRAG, type RagConfig, sentences, UNKNOWN } from "ruvllm-esp32/ruvector";
import { rounds } from "../support/arguments";
import { seeded } from "../support/random";

const HOUSE = [
	"The heating is controlled by the grey box in the cellar. Its red button resets the pump.",
	"The garden is watered at six in the morning. Rain stops the watering for a day.",
	"The front door locks itself at ten in the evening. Anna and Tom have keys.",
	"The washing machine needs 45 minutes for a short programme. It must not run at night.",
];
const code = (body: () => unknown): string => {
	try {
		body();
	}
	catch (error) {
		return error instanceof RuvllmError ? error.code : (error as Error).name;
	}
	return "none";
};
const house = (config: Partial<RagConfig> = {}): MicroRAG => {
	const rag = new MicroRAG({ capacity: 16, storeBytes: 4096, ...config });
	for (const text of HOUSE)
		rag.addKnowledge(text);
	return rag;
};
const pinned = (bytes: Uint8Array): Memory => {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
};

describe("ruvector: sentences and chunks", () => {
	it("end where sentences end, not at abbreviations, decimals and initials", () => {
		expect(sentences("Dr. Smith paid 3.50 to J. Doe. \"Why?\" he asked!  See e.g. the manual.\n\nLast line")).to.deep.equal(["Dr. Smith paid 3.50 to J. Doe.", "\"Why?\"", "he asked!", "See e.g. the manual.", "Last line"]);
		expect(sentences(" \n\n ")).to.deep.equal([]);
	});
	it("lose nothing but spaces, and stay below their size", () => {
		const random = seeded("chunks", 4);
		for (let round = 0; round < rounds(300) + 3; round++) {
			const text = Array.from({ length: random.from(1, 60) }, () => random.pick(["a", "bc. ", "def ", "ghij!", "\n\n", "k? ", "lmnopqrstuvwxyz", "  "])).join(""), most = random.from(40, 90);
			const pieces = chunks(text, most);
			expect(pieces.join("").replace(/\s/g, "")).to.equal(text.replace(/\s/g, ""));
			for (const piece of pieces)
				expect(piece.length).to.be.within(1, most);
		}
	});
});

describe("ruvector: stores of records", () => {
	it("refuse sizes that are none, and say when they are full", () => {
		for (const size of [0, 63, 0.5, NaN, -1])
			expect(code(() => new MemoryStore(size)), String(size)).to.equal("STORE_CONFIG");
		const store = new MemoryStore(64);
		store.append(1, new Uint8Array(30));
		expect(code(() => store.append(2, new Uint8Array(8)))).to.equal("STORAGE_FULL");
		store.append(1, new Uint8Array(36));
		expect(code(() => store.append(1, new Uint8Array(48)))).to.equal("STORAGE_FULL");
	});
	it("keep what a map would keep, moving records when room is short, and tell where they went", () => {
		const random = seeded("store", 6), store = new MemoryStore(2000), kept = new Map<number, Uint8Array>(), places = new Map<number, number>();
		store.onMove = (key, offset) => { places.set(key, offset); };
		const all = new Uint8Array(store.bytes as unknown as ArrayBuffer);
		for (let step = 0; step < rounds(2000) + 60; step++) {
			const key = random.below(12), bytes = random.bytes(random.below(90));
			if (random.below(3)) {
				places.set(key, store.append(key, bytes));
				kept.set(key, bytes);
			}
			else {
				store.delete(key);
				kept.delete(key);
			}
			const found = new Map<number, number>();
			store.forEach((one, offset, size) => {
				found.set(one, offset);
				expect(size).to.equal(kept.get(one)!.length);
			});
			expect(found.size).to.equal(kept.size);
			for (const [one, value] of kept) {
				expect(found.get(one)).to.equal(places.get(one));
				expect(Array.from(all.subarray(places.get(one)!, places.get(one)! + value.length))).to.deep.equal(Array.from(value));
			}
		}
	});
	it("are read from flash as they were saved; damaged ones are refused", () => {
		const random = seeded("saved store", 8), store = new MemoryStore(400);
		for (let key = 0; key < 5; key++)
			store.append(key, random.bytes(20 + key));
		store.delete(2);
		const bytes = store.save(), again = new MemoryStore(pinned(bytes));
		let keys = "";
		again.forEach((key, _, size) => { keys += `${key}:${size} `; });
		expect(keys).to.equal("0:20 1:21 3:23 4:24 ");
		expect(code(() => again.append(9, new Uint8Array(1)))).to.equal("STORE_READ_ONLY");
		expect(code(() => again.delete(1))).to.equal("STORE_READ_ONLY");
		for (let round = 0; round < rounds(1000); round++) {
			const damaged = bytes.slice(0, random.below(4) ? bytes.length : 1 + random.below(bytes.length));
			// The twelve bytes from 12 on are not looked at.
			damaged[random.below(2) ? random.below(12) : 16 + random.below(Math.max(1, damaged.length - 16))] = random.below(256);
			if (damaged.length < bytes.length || damaged.some((byte, i) => byte !== bytes[i]))
				expect(code(() => new MemoryStore(pinned(damaged)))).to.equal("STORE_DAMAGED");
		}
	});
});

describe("ruvector: MicroRAG", () => {
	it("refuses settings, texts and questions that are none", () => {
		for (const config of [{ capacity: 0 }, { chunkBytes: 39 }, { candidates: 3 }, { candidates: 17 }, { threshold: 257 }, { gramWeight: -1 }, { storeBytes: 1 }, { vectorWeight: 0.5 }])
			expect(code(() => new MicroRAG(config)), JSON.stringify(config)).to.equal("RAG_CONFIG");
		const rag = house({ capacity: 5 });
		expect(code(() => rag.addKnowledge("  "))).to.equal("RAG_TEXT");
		expect(code(() => rag.retrieve("pump", 0))).to.equal("RAG_CONFIG");
		expect(code(() => rag.retrieve(7 as never, 1))).to.equal("TypeError");
		expect(code(() => rag.text(9))).to.equal("RangeError");
		expect(code(() => rag.addKnowledge("word ".repeat(400)))).to.equal("RAG_FULL");
		expect(rag.size).to.equal(4);
		expect(new MicroRAG({ storeBytes: 256 }).retrieve("anything")).to.deep.equal([]);
		const small = new MicroRAG({ storeBytes: 256, chunkBytes: 100 });
		expect(code(() => small.addKnowledge("A sentence of some length that has to be kept. ".repeat(6)))).to.equal("STORAGE_FULL");
		expect(small.size).to.equal(0);
	});
	it("finds the text that answers, in other forms of its words too", () => {
		const rag = house(), wanted: [string, number][] = [["How do I reset the heating pump?", 0], ["when are the gardens watered", 1], ["Who has a key to the door?", 2], ["how long does washing take", 3], ["waterings in the mornings", 1]];
		for (const [question, document] of wanted)
			expect(rag.retrieve(question)[0]!.document, question).to.equal(document);
	});
	it("answers by a sentence, or through a model, or does not know", () => {
		const rag = house(), answer = rag.answer("Which button resets the pump?");
		expect(answer.text).to.equal("Its red button resets the pump.");
		expect(answer.known).to.equal(true);
		expect(answer.confidence).to.be.above(128);
		const unknown = rag.answer("What is the capital of France?");
		expect(unknown.known).to.equal(false);
		expect(unknown.text).to.equal(UNKNOWN);
		let prompt = "";
		expect(rag.answer("Who has keys for the front door?", { generate: (text) => { prompt = text; return "Anna and Tom"; } }).text).to.equal("Anna and Tom");
		expect(prompt).to.contain("Anna and Tom have keys.");
		expect(prompt).to.contain("Question: Who has keys for the front door?");
	});
	it("forgets documents, and has their room again", () => {
		const rag = house({ capacity: 4, storeBytes: 1400 });
		for (let round = 0; round < 20; round++) {
			expect(rag.removeKnowledge(round === 0 ? 1 : 3 + round)).to.equal(1);
			expect(rag.retrieve("garden watering").every(({ document }) => document !== 1)).to.equal(true);
			expect(rag.addKnowledge(`The garden of round ${round} is watered by the neighbour.`)).to.equal(4 + round);
			expect(rag.answer("Who waters the garden?").text).to.contain(`round ${round}`);
		}
		expect(rag.removeKnowledge(77)).to.equal(0);
		expect(rag.size).to.equal(4);
	});
	it("knows what is in its store, in flash too", () => {
		const store = new MemoryStore(4096), rag = new MicroRAG({ capacity: 16 }, { store });
		for (const text of HOUSE)
			rag.addKnowledge(text);
		const flash = new MicroRAG({ capacity: 16 }, { store: new MemoryStore(pinned(store.save())) });
		expect(flash.size).to.equal(4);
		expect(flash.answer("Which button resets the pump?")).to.deep.equal(rag.answer("Which button resets the pump?"));
		expect(code(() => flash.addKnowledge("New."))).to.equal("STORE_READ_ONLY");
		expect(flash.size).to.equal(4);
		expect(code(() => new MicroRAG({ capacity: 2 }, { store }))).to.equal("RAG_CONFIG");
	});
	it("takes embeddings into account, where there are any", () => {
		// Two meanings as two dimensions: what is hot, and what is cold.
		const embed = (text: string): Int8Array => Int8Array.of(/hot|warm|oven|heat/.test(text) ? 100 : 0, /cold|ice|freez/.test(text) ? 100 : 0, 1, 0);
		const rag = new MicroRAG({ capacity: 8, storeBytes: 2048 }, { embed });
		rag.addKnowledge("The oven stands beside the window.");
		rag.addKnowledge("The freezer stands beside the door.");
		expect(rag.retrieve("something warm")[0]!.document).to.equal(0);
		expect(rag.retrieve("something icecold")[0]!.document).to.equal(1);
	});
	it("256 chunks in flash take 16 KB of RAM at most", () => {
		const empty = new MemoryStore(64);
		expect(new MicroRAG({}, { store: new MemoryStore(pinned(empty.save())) }).memoryBudget().total).to.be.most(16384);
	});
});
