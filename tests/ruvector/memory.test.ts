import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { type MemoryConfig, MemoryStore, type RememberOptions, SemanticMemory } from "ruvllm-esp32/ruvector";
import { decay } from "ruvllm-esp32/ruvector/memory/retention";

const code = (body: () => unknown): string => {
	try {
		body();
	}
	catch (error) {
		return error instanceof RuvllmError ? error.code : (error as Error).name;
	}
	return "none";
};
let time = 0;
const make = (config: Partial<MemoryConfig> = {}, store?: MemoryStore): SemanticMemory => {
	time = 1000000;
	return new SemanticMemory({ capacity: 16, storeBytes: 4096, ...config }, { now: () => time, store });
};
const DAY = 86400;

describe("ruvector: SemanticMemory", () => {
	it("refuses what is no setting, no text, no context", () => {
		for (const config of [{ capacity: 0 }, { capacity: 5000 }, { textBytes: 15 }, { episodeHalfLife: 0 }, { storeBytes: 3 }])
			expect(code(() => make(config)), JSON.stringify(config)).to.equal("MEMORY_CONFIG");
		const memory = make({ textBytes: 32 }), wrong: RememberOptions[] = [{ kind: "dream" as "fact" }, { importance: 256 }, { importance: 0.5 }, { hours: -1 }, { hours: 70000 }, { context: ["a", "b", "c", "d"] }];
		for (const options of wrong)
			expect(code(() => memory.remember("text", options)), JSON.stringify(options)).to.equal("MEMORY_CONFIG");
		for (const text of ["", "   ", "x".repeat(33)])
			expect(code(() => memory.remember(text))).to.equal("MEMORY_TEXT");
		expect(code(() => memory.recall("x", 9))).to.equal("MEMORY_CONFIG");
		expect(code(() => memory.text(0))).to.equal("RangeError");
		expect(memory.forget(-1)).to.equal(false);
		expect(memory.recall("anything")).to.deep.equal([]);
		expect(memory.size).to.equal(0);
	});
	it("recalls by meaning, kind and context", () => {
		const memory = make();
		memory.remember("The spare key is under the blue flower pot");
		memory.remember("Tom watered the flowers", { kind: "episode", context: ["garden", "Tom"] });
		memory.remember("Hold the button of the router for ten seconds to restart it", { kind: "procedure" });
		memory.remember("Anna watered the flowers", { kind: "episode", context: ["balcony", "Anna"] });
		expect(memory.recall("where are the keys?")[0]!.id).to.equal(0);
		expect(memory.recall("restarting a router")[0]!.kind).to.equal("procedure");
		expect(memory.recall("flowers", 1, { kind: "fact" })[0]!.id).to.equal(0);
		expect(memory.recall("who watered the flowers", 1, { context: ["anna"] })[0]!.id).to.equal(3);
		expect(memory.recall("who watered the flowers", 1, { context: ["TOM"] })[0]!.id).to.equal(1);
		expect(memory.recall("flowers", 8, { context: ["garden"], onlyContext: true }).map(({ id }) => id)).to.deep.equal([1]);
		expect(memory.recall("flowers", 8).length).to.equal(3);
	});
	it("of equal episodes the newer and the more important come first", () => {
		const memory = make();
		memory.remember("the cat was fed", { kind: "episode" });
		time += 20 * DAY;
		memory.remember("the cat was fed", { kind: "episode" });
		expect(memory.recall("cat fed", 2).map(({ id }) => id)).to.deep.equal([1, 0]);
		expect(memory.recall("cat fed", 2)[1]!.age).to.equal(20 * DAY);
		memory.remember("the cat was fed", { kind: "episode", importance: 255 });
		expect(memory.recall("cat fed", 1)[0]!.id).to.equal(2);
	});
	it("forgets what expires, and what is least worth keeping when it is full; never what is of importance 255", () => {
		const memory = make({ capacity: 3 });
		memory.remember("pinned", { importance: 255, kind: "episode" });
		memory.remember("soon gone", { hours: 2 });
		memory.remember("faint", { importance: 10 });
		time += 3 * 3600;
		expect(memory.expire()).to.equal(1);
		expect(memory.size).to.equal(2);
		memory.remember("strong", { importance: 200 });
		time += 300 * DAY;
		expect(memory.remember("new")).to.equal(2);
		expect([0, 1, 2].map((id) => memory.text(id))).to.deep.equal(["pinned", "strong", "new"]);
		const full = make({ capacity: 2 });
		full.remember("a", { importance: 255 });
		full.remember("b", { importance: 255 });
		expect(code(() => full.remember("c"))).to.equal("MEMORY_FULL");
		expect(full.size).to.equal(2);
	});
	it("what is recalled fades more slowly", () => {
		const memory = make({ capacity: 2, episodeHalfLife: DAY });
		memory.remember("breakfast was eggs", { kind: "episode" });
		memory.remember("lunch was soup", { kind: "episode" });
		for (let i = 0; i < 5; i++)
			memory.recall("what was breakfast", 1);
		time += 4 * DAY;
		memory.remember("dinner was bread", { kind: "episode" });
		expect(memory.text(0)).to.equal("breakfast was eggs");
		expect(memory.text(1)).to.equal("dinner was bread");
	});
	it("makes room when texts fill the store", () => {
		const memory = make({ capacity: 16, storeBytes: 1024, textBytes: 200 });
		for (let i = 0; i < 40; i++) {
			memory.remember(`note ${i} `.repeat(12), { importance: 100 });
			time += 60;
		}
		expect(memory.size).to.be.within(2, 15);
		expect(memory.recall("note 39", 1)[0]!.text).to.contain("note 39");
		expect(code(() => make({ storeBytes: 64, textBytes: 200 }).remember("long ".repeat(30)))).to.equal("STORAGE_FULL");
	});
	it("is there again after a restart", () => {
		const store = new MemoryStore(4096), memory = make({}, store);
		memory.remember("The spare key is under the pot", { importance: 200, context: ["hall"] });
		memory.remember("gone in a day", { hours: 24 });
		const saved = store.save(), flash = new Memory(saved.length);
		new Uint8Array(flash as unknown as ArrayBuffer).set(saved);
		const again = make({}, new MemoryStore(flash));
		expect(again.size).to.equal(2);
		expect(again.recall("key", 1, { context: ["hall"], onlyContext: true })[0]!.importance).to.equal(200);
		expect(code(() => make({ capacity: 1 }, new MemoryStore(flash)))).to.equal("MEMORY_CONFIG");
	});
	it("fades by halves, never upwards", () => {
		expect([0, DAY, 2 * DAY, 16 * DAY, 40 * DAY].map((age) => decay(age, DAY))).to.deep.equal([65536, 32768, 16384, 1, 0]);
		for (let age = 0, before = 65536; age < 20 * DAY; age += 5000) {
			expect(decay(age, DAY)).to.be.most(before);
			before = decay(age, DAY);
		}
		expect(decay(1e9, 0)).to.equal(65536);
	});
	it("128 memories take about 4 KB of RAM beside their texts", () => {
		const { table, scratch } = make({ capacity: 128 }).memoryBudget();
		expect(table + scratch).to.be.most(5120);
	});
});
