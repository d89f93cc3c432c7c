/**
 * Embeddings of one bit a dimension: which words does a model of 260 thousand parameters find alike?
 *
 *     npx ruvllm-esp32 run examples/embedding
 */

import { print } from "ruvllm-esp32/platform/console";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { BinaryEmbedding, hammingDistance, MicroEngine, TinyModel } from "ruvllm-esp32/engine";

const engine = new MicroEngine(new TinyModel(openAsset("stories.ruvm") as never, { contextLength: 32 }));
const embedding = new BinaryEmbedding(engine), { embedDim, vocabSize } = engine.model.shape;
print(`${vocabSize} tokens of ${embedDim} dimensions: ${vocabSize * embedDim} bytes as INT8, ${vocabSize * embedding.bytes} as bits\n\n`);

// Tokens that are words of their own: ids behind begin and the space that encode puts in front.
const words = ["mom", "girl", "boy", "happy", "sad", "big", "little", "said", "play", "day"]
	.map((word) => ({ word, ids: engine.encode(word) })).filter(({ ids }) => ids.length === 2).map(({ word, ids }) => ({ word, bits: embedding.lookup(ids[1]!) }));
for (const { word, bits } of words) {
	const nearest = words.filter((other) => other.word !== word).map((other) => ({ word: other.word, distance: hammingDistance(bits, other.bits) })).sort((a, b) => a.distance - b.distance);
	print(`${word.padEnd(8)} is nearest to ${nearest.slice(0, 3).map((other) => `${other.word} (${other.distance} of ${embedDim} bits)`).join(", ")}\n`);
}

const texts = ["The little dog ran in the park", "A small dog played in the garden", "She was sad and cried", "He was so sad that he cried", "They ate a big cake"];
const codes = texts.map((text) => embedding.encode(text));
print("\nbits that differ between texts\n");
texts.forEach((text, i) => print(`${codes.map((code) => String(hammingDistance(codes[i]!, code)).padStart(3)).join("")}  ${text}\n`));
