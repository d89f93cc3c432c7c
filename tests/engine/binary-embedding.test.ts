import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { BinaryEmbedding, hammingDistance, MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { SHAPE, smallModel } from "../support/small-model";

describe("engine: binary embeddings", () => {
	const engine = new MicroEngine(new TinyModel(smallModel(), { contextLength: 16 })), embedding = new BinaryEmbedding(engine);
	it("refuses tokens that are none, texts that are too long, and unequal lengths", () => {
		for (const token of [-1, SHAPE.vocabSize, 0.5, NaN])
			expect(() => embedding.lookup(token), String(token)).to.throw(RuvllmError, /vocabulary/);
		expect(() => embedding.encode("a text of more tokens than there is room for")).to.throw(RuvllmError, /shorten/);
		expect(() => hammingDistance(new Uint8Array(3), new Uint8Array(4))).to.throw(RuvllmError, /3 and 4/);
	});
	it("counts the bits that differ", () => {
		expect(hammingDistance(Uint8Array.of(0, 255, 1), Uint8Array.of(0, 0, 3))).to.equal(9);
		expect(hammingDistance(new Uint8Array(0), new Uint8Array(0))).to.equal(0);
	});
	it("has the signs of the tokens' vectors beside their mean, the same each time", () => {
		const { embedDim, vocabSize } = SHAPE, vectors = Array.from({ length: vocabSize }, (_, token) => Array.from(engine.model.embed(token)));
		const mean = vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + Math.trunc(vector[i]! / vocabSize), 0));
		for (const token of [0, 7, 100, vocabSize - 1]) {
			const bits = embedding.lookup(token);
			expect(bits.length).to.equal(embedDim / 8);
			for (let i = 0; i < embedDim; i++)
				expect(bits[i >> 3]! >> (i & 7) & 1, `token ${token}, bit ${i}`).to.equal(vectors[token]![i]! >= mean[i]! ? 1 : 0);
			expect(hammingDistance(bits, embedding.lookup(token))).to.equal(0);
		}
	});
	it("gives a text the same bits again", () => {
		expect(hammingDistance(embedding.encode("the"), embedding.encode("the"))).to.equal(0);
		expect(embedding.encode("the").length).to.equal(embedding.bytes);
	});
});
