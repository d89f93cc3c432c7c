import { expect } from "chai";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { host } from "ruvllm-esp32/platform/runtime";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { bytesOf, itWith, rounds } from "../support/arguments";
import { random, smallModel } from "../support/small-model";

function expectRoundTrip(engine: MicroEngine, bytes: Uint8Array, what: string): void {
	const back = engine.decode(engine.encode(bytes));
	let same = back.length === bytes.length;
	for (let i = 0; same && i < bytes.length; i++)
		same = back[i] === bytes[i];
	if (!same)
		throw new Error(`${what}: decode(encode(x)) is not x`);
}

const engineOf = (path: string): MicroEngine => new MicroEngine(new TinyModel(openAsset(path) as never, { contextLength: 64 }));

describe("engine/tokenizer", () => {
	const engine = new MicroEngine(new TinyModel(smallModel()));
	it("gives back invalid UTF-8, NUL, single bytes and nothing", () => {
		for (let b = 0; b < 256; b++)
			expectRoundTrip(engine, Uint8Array.of(b), `byte ${b}`);
		expectRoundTrip(engine, new Uint8Array(0), "nothing");
		const seed = 77, next = random(seed);
		for (let i = 0; i < rounds(2000); i++)
			expectRoundTrip(engine, Uint8Array.from({ length: next() % 40 }, () => next() & 255), `seed ${seed}, text ${i}`);
	});
	it("gives back emoji and other scripts", () => {
		for (const text of ["\u{1f600}", "a\u{1f468}\u200d\u{1f469}\u200d\u{1f467} b", "\u4f60\u597d", "  two  spaces ", "the\tand\n"])
			expectRoundTrip(engine, encodeUtf8(text), text);
	});
	// The emulator takes minutes for the longer one.
	for (const file of host === "riscv" ? ["dev_v2_131KB.txt"] : ["dev_v2_131KB.txt", "train_1.6MB.txt"])
		itWith(["shared", "stories260k", "model"], `gives back every line of ${file}, with both vocabularies`, (shared, ...models) => {
			const text = bytesOf(`${shared}/tinystories/${file}`);
			for (const model of models) {
				const real = engineOf(model);
				for (let from = 0, at = 0; at <= text.length; at++)
					if (at === text.length || text[at] === 10) {
						expectRoundTrip(real, text.slice(from, at), `${model}, line at ${from}`);
						from = at + 1;
					}
			}
		});
	itWith(["shared", "stories260k"], "knows the ids of the published greedy text", (shared, model) => {
		const json = String.fromCharCode(...bytesOf(`${shared}/llm/greedy_ids_60.json`));
		const ids = (JSON.parse(json) as { ids_greedy_60: number[] }).ids_greedy_60;
		expect(engineOf(model!).generate([1], { greedy: true, maxTokens: 60 }).tokens).to.deep.equal(ids.slice(1));
	});
	itWith(["model"], "the shipped model says what its metadata promise", (path) => {
		const real = engineOf(path!);
		expect(real.generate([1], { greedy: true, maxTokens: 32, stopAtEnd: false }).digest).to.equal(real.model.metadata.digest);
	});
});
