import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { host } from "ruvllm-esp32/platform/runtime";
import { EmbedderKernel, textFeatures } from "ruvllm-esp32/platform/text";
import { EMBEDDING_ONE, similarity, TextEmbedder } from "ruvllm-esp32/ruvector/embedding/text-embedder";
import { bytesOf, itWith, rounds } from "../support/arguments";
import { seeded } from "../support/random";
import { smallEmbedder } from "../support/small-embedder";

const codeOf = (action: () => unknown): string => {
	try {
		action();
	}
	catch (error) {
		if (error instanceof RuvllmError)
			return error.code;
		throw error;
	}
	return "none";
};

const features = (text: string | Uint8Array): string => Array.from(new Uint32Array(textFeatures(text))).join(",");
const memoryOf = (bytes: Uint8Array): Memory => {
	const memory = new Memory(Math.max(1, bytes.length));
	new Uint8Array(memory as never).set(bytes);
	return memory;
};

describe("ruvector: embedding", () => {
	it("refuses what is no embedder, and says why", () => {
		const good = smallEmbedder(5, 16, 32);
		expect(codeOf(() => new TextEmbedder(memoryOf(good)))).to.equal("none");
		for (const bad of [new Uint8Array(1), good.slice(0, 31), good.slice(0, good.length - 1)])
			expect(codeOf(() => new TextEmbedder(memoryOf(bad)))).to.equal("EMBEDDER_FILE");
		for (const bad of [undefined, null, {}, [], "file", new ArrayBuffer(64), new Uint8Array(64)])
			expect(() => new EmbedderKernel(bad as never, 0, 64)).to.throw(TypeError);
		for (const [offset, count] of [[-1, 10], [0, good.length + 1], [good.length + 1, 0], [1, -1], [1, good.length - 1]])
			expect(() => new EmbedderKernel(memoryOf(good), offset!, count!)).to.throw(RangeError);
	});
	it("refuses damaged files, whatever byte is wrong", () => {
		const random = seeded("damage", 11), good = smallEmbedder(3, 16, 8), memory = memoryOf(good), view = new Uint8Array(memory as never);
		for (let i = 0; i < rounds(10000); i++) {
			const at = random.below(good.length), was = view[at]!, fixed = random.below(4) === 0 && (at < 16 || at > 19);
			view[at] = was ^ 1 << random.below(8);
			// With a right checksum it is a good file, or the sizes are refused.
			if (fixed) {
				const copy = view.slice();
				copy.fill(0, 16, 20);
				new DataView(copy.buffer).setUint32(16, crc32(copy as never, 0, copy.length, 0), true);
				view.set(copy);
			}
			let refused = true;
			try {
				new EmbedderKernel(memory, 0, good.length).embed("a text", new Uint8Array(256), 0);
				refused = false;
			}
			catch (error) {
				if (!(error instanceof RangeError))
					throw error;
			}
			if (!refused && !fixed)
				throw new Error(`a file with another byte ${at} passed`);
			view.set(good);
		}
	}).timeout(60000);
	it("refuses what is no text, and buffers that are too small", () => {
		const embedder = new TextEmbedder(memoryOf(smallEmbedder(5, 16, 32)));
		for (const bad of [undefined, null, 1, {}, [], true])
			expect(codeOf(() => embedder.embed(bad as never))).to.equal("TEXT");
		if (host !== "riscv") // It has no room for such a text.
			expect(codeOf(() => embedder.embed(new Uint8Array(1 << 18 | 1)))).to.equal("TEXT");
		for (const bad of [undefined, 1, "text"])
			expect(() => embedder.kernel.embed("a", bad as never, 0)).to.throw(TypeError);
		for (const offset of [-1, 1, 16, 1e9])
			expect(() => embedder.kernel.embed("a", new Uint8Array(16), offset)).to.throw(RangeError);
		expect(codeOf(() => similarity(new Int8Array(3), new Int8Array(4)))).to.equal("VECTOR");
	});
	it("folds case, accents and punctuation", () => {
		for (const [one, other] of [["What's UP?", "whats up"], ["Café, naïve", "cafe naive"], ["  a\tb\n", "A B"], ["ΑΒΓ ЖЗЁ", "αβγ жзё"], ["it’s", "its"], ["10-20", "10 20"]])
			expect(features(one!)).to.equal(features(other!));
		expect(features("a b")).to.not.equal(features("b a"));
		expect(features("")).to.equal("");
		expect(features("?! ... —")).to.equal("");
		// Bytes that are no UTF-8 separate words.
		expect(features(new Uint8Array([97, 0xff, 98, 0xc3, 99, 0xe2, 0x82]))).to.equal(features("a b c"));
		expect(features("x".repeat(40))).to.equal(features("x".repeat(32)));
	});
	it("gives each text one length, and equal texts equal vectors", () => {
		const random = seeded("texts", 3), embedder = new TextEmbedder(memoryOf(smallEmbedder(7, 64, 100)));
		for (let i = 0; i < rounds(300); i++) {
			const text = random.bytes(1 + random.below(60)).map((c) => 97 + c % 27), vector = embedder.embed(text);
			const square = similarity(vector, vector), again = embedder.embed(text);
			if (similarity(vector, again) !== square)
				throw new Error("the same text, other numbers");
			// Rounding moves a length of 256 by at most 4; a number above 127 is cut.
			if (square && Math.abs(square - EMBEDDING_ONE) > 2100 && !vector.some((v) => v === 127 || v === -127))
				throw new Error(`the square is ${square}`);
		}
		expect(embedder.embed("")).to.deep.equal(new Int8Array(64));
	});
	itWith(["words"], "what means the same is near, by the shipped file", (path) => {
		const embedder = new TextEmbedder(bytesOf(path).buffer as never);
		expect(embedder.dims).to.equal(64);
		const near = (a: string, b: string): number => similarity(embedder.embed(a), embedder.embed(b));
		for (const [a, b, other] of [
			["turn the lights off", "switch off the lamp", "what is my bank balance"],
			["will it rain tomorrow", "is it going to be wet outside", "set an alarm for seven"],
			["wake me up at six", "set an alarm for six in the morning", "play some jazz music"],
			["how much money is in my account", "what is my bank balance", "who is the president"],
		])
			expect(near(a!, b!), `${a!} / ${b!}`).to.be.above(near(a!, other!));
		// The bits are the same on every host.
		const vector = embedder.embed("Set an alarm for seven o'clock, please!");
		expect(crc32(vector.buffer, 0, 64, 0)).to.equal(1052638977);
	});
});
