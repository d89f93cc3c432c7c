/** GGUF and safetensors: the same model in each format is the same model. */

import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { assemble } from "../../tools/convert/assemble.ts";
import type { FloatModel } from "../../tools/convert/float-model.ts";
import { ggufModel, readGguf } from "../../tools/convert/gguf.ts";
import { readLlama2c } from "../../tools/convert/llama2c.ts";
import { parseLlama2cTokenizer } from "../../tools/convert/llama2c-tokenizer.ts";
import { readSafetensors } from "../../tools/convert/safetensors.ts";
import { ggufVocabulary, huggingFaceVocabulary } from "../../tools/convert/vocabularies.ts";
import { Session } from "../../tools/cli/session.ts";
import { cacheRoot } from "../../tools/build/paths.ts";
import { sharedData } from "../../tools/test/data.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { random, type Sizes, SIZES, writeTokenizer, writeV0 } from "./support/checkpoint.ts";
import { blocks, coarse, huggingFaceConfig, tensorsOf, writeGguf, writeSafetensors } from "./support/formats.ts";

/** Columns in whole blocks of 32, for GGUF's quantised types. */
const BLOCKS: Sizes = { dim: 32, hidden: 64, layers: 2, heads: 4, kvHeads: 2, vocab: 300, length: 64 };
const pieces = (s: Sizes): string[] => parseLlama2cTokenizer(writeTokenizer(s), s.vocab).pieces.map((bytes) => new TextDecoder().decode(bytes));

function codeOf(action: () => unknown): string {
	try {
		action();
	}
	catch (error) {
		expect(error, (error as Error).stack).to.be.instanceOf(RuvllmError);
		return (error as RuvllmError).code;
	}
	return "none";
}

function expectSame(model: FloatModel, s: Sizes, seed: number, map: (data: Float32Array, matrix: boolean) => Float32Array): void {
	for (const { name, layer, rows, data } of tensorsOf(s, seed)) {
		const found = layer < 0 ? model[name as "embedding" | "finalNorm"] : model.layers[layer]![name as "wq"];
		expect(found, `${name} ${layer}`).to.deep.equal(map(data, rows > 0));
	}
	expect(model.output).to.equal(undefined);
}

/** The texts of a GGUF file's tokens alone. */
function tokensOf(bytes: Buffer): string[] {
	const key = Buffer.from("tokenizer.ggml.tokens"), start = bytes.indexOf(key) + key.length + 16, out: string[] = [];
	let at = start;
	while (out.length < 32000) {
		const length = Number(bytes.readBigUInt64LE(at));
		out.push(bytes.toString("utf8", at + 8, at + 8 + length));
		at += 8 + length;
	}
	return out;
}

describe("tools/convert: GGUF", () => {
	it("refuses what it does not run, by name", () => {
		const whole = writeGguf(SIZES, 1, "F32", pieces(SIZES));
		expect(codeOf(() => readGguf(Buffer.from("GGUX")))).to.equal("CHECKPOINT_FIELD");
		for (const length of [0, 3, 8, 20, 500, whole.length - 40])
			expect(codeOf(() => ggufModel(readGguf(whole.subarray(0, length))))).to.match(/^CHECKPOINT_(TRUNCATED|FIELD)$/);
		expect(() => ggufModel(readGguf(writeGguf(SIZES, 1, "F32", pieces(SIZES), { "general.architecture": "gpt2" })))).to.throw(RuvllmError, /gpt2/);
		expect(() => ggufModel(readGguf(writeGguf(SIZES, 1, "F32", pieces(SIZES), { "llama.rope.scaling.type": "yarn" })))).to.throw(RuvllmError, /yarn/);
		expect(() => ggufVocabulary(readGguf(writeGguf(SIZES, 1, "F32", pieces(SIZES), { "tokenizer.ggml.model": "bert" })))).to.throw(RuvllmError, /bert/);
		const old = Buffer.from(whole);
		old.writeUInt32LE(1, 4);
		expect(codeOf(() => readGguf(old))).to.equal("CHECKPOINT_VERSION");
	});
	it("reads F32, F16, Q8_0 and Q4_0 to the last bit", () => {
		expectSame(ggufModel(readGguf(writeGguf(SIZES, 3, "F32", pieces(SIZES)))), SIZES, 3, (data) => data);
		expectSame(ggufModel(readGguf(writeGguf(SIZES, 3, "F16", pieces(SIZES)))), SIZES, 3, (data, matrix) => matrix ? coarse(data) : data);
		for (const type of ["Q8_0", "Q4_0"] as const)
			expectSame(ggufModel(readGguf(writeGguf(BLOCKS, 4, type, pieces(BLOCKS)))), BLOCKS, 4, (data, matrix) => matrix ? blocks(data, type).values : data);
	});
	it("makes the same file as llama2.c's format does", () => {
		const file = readGguf(writeGguf(SIZES, 7, "F32", pieces(SIZES)));
		const ours = assemble(readLlama2c(writeV0(SIZES, 7)), parseLlama2cTokenizer(writeTokenizer(SIZES), SIZES.vocab), { name: "x" });
		const theirs = assemble(ggufModel(file), ggufVocabulary(file), { name: "x" });
		expect(Buffer.compare(Buffer.from(theirs.subarray(32, 8000)), Buffer.from(ours.subarray(32, 8000)))).to.equal(0);
		expect(theirs.length).to.equal(ours.length);
	});
	it("survives ten thousand damaged files with a typed error or a model", () => {
		const seed = 20261127, next = random(seed), whole = writeGguf(SIZES, 1, "F16", pieces(SIZES).slice(0, 270));
		for (let i = 0; i < 10000; i++) {
			const bytes = Buffer.from(whole);
			for (let k = 0; k < 3; k++)
				bytes[Math.floor((next() + 0.5) * (k === 0 ? 1500 : bytes.length))] = Math.floor((next() + 0.5) * 256);
			expect(codeOf(() => { const file = readGguf(bytes); ggufModel(file); ggufVocabulary(file); }), `seed ${seed}, file ${i}`).to.match(/^(none|CHECKPOINT_\w+|TOKENIZER_\w+)$/);
		}
	}).timeout(120000);
	it("encodes as llama.cpp does: its own vectors for Llama's vocabulary", async function () {
		const shared = sharedData();
		if (!shared) {
			if (process.env.CI === "true")
				throw new Error("the shared data are absent, and CI skips nothing");
			this.skip();
		}
		const file = join(shared, "gguf", "ggml-vocab-llama-spm.gguf"), tokens = tokensOf(readFileSync(file));
		// Its scores are the order of its merges, runs of spaces last; they are not read from this copy, whose numbers have been through a text filter.
		const vocabulary = { pieces: tokens.map((piece) => new TextEncoder().encode(piece.replaceAll("\u2581", " "))), scores: tokens.map((piece, i) => i < 259 ? -1e11 : /^\u2581\u2581+$/.test(piece) ? -1e9 : 259 - i) };
		// The vocabulary runs in a model of its size, which says nothing.
		const vocab = vocabulary.pieces.length, sizes: Sizes = { dim: 16, hidden: 16, layers: 1, heads: 2, kvHeads: 1, vocab, length: 16 };
		const path = join(cacheRoot(), "tests", "vocabulary.ruvm");
		mkdirSync(join(cacheRoot(), "tests"), { recursive: true });
		writeFileSync(path, assemble(readLlama2c(writeV0(sizes, 1)), vocabulary, { name: "vocabulary" }));
		const texts = readFileSync(`${file}.inp`, "utf8").split("\n__ggml_vocab_test__\n"), wanted = readFileSync(`${file}.out`, "utf8").split("\n");
		const session = await Session.start("desktop", path);
		try {
			for (const [i, text] of texts.entries()) {
				const { ids } = await session.request<{ ids: number[] }>({ do: "encode", text });
				expect(ids.slice(1).join(" "), JSON.stringify(text)).to.equal(wanted[i]!.trim());
			}
		}
		finally {
			session.close();
		}
		expect(texts.length).to.be.above(40);
	}).timeout(120000);
});

describe("tools/convert: safetensors", () => {
	it("refuses what it does not run, by name", () => {
		const whole = writeSafetensors(SIZES, 1, "F32"), config = huggingFaceConfig(SIZES);
		for (const length of [0, 7, 8, 100, whole.length - 1])
			expect(codeOf(() => readSafetensors(whole.subarray(0, length), config))).to.match(/^CHECKPOINT_(TRUNCATED|FIELD)$/);
		for (const [field, value] of [["rope_scaling", { factor: 2 }], ["hidden_act", "gelu"], ["attention_bias", true], ["model_type", "mistral"], ["sliding_window", 64], ["head_dim", 99]] as const)
			expect(() => readSafetensors(whole, { ...config, [field]: value }), field).to.throw(RuvllmError, new RegExp(field));
		expect(() => readSafetensors(whole, { ...config, hidden_size: undefined })).to.throw(RuvllmError, /hidden_size/);
		expect(() => readSafetensors(whole, { ...config, intermediate_size: 25 })).to.throw(RuvllmError, /gate_proj.*25/);
		expect(() => readSafetensors(whole, { ...config, num_hidden_layers: 1 })).to.throw(RuvllmError, /layers\.1/);
	});
	it("reads F32, F16 and BF16, by both kinds of names, to the last bit", () => {
		for (const dtype of ["F32", "F16", "BF16"] as const)
			expectSame(readSafetensors(writeSafetensors(SIZES, 5, dtype), huggingFaceConfig(SIZES)), SIZES, 5, dtype === "F32" ? (data) => data : coarse);
		const params = { dim: SIZES.dim, n_layers: SIZES.layers, n_heads: SIZES.heads, n_kv_heads: SIZES.kvHeads, max_seq_len: SIZES.length };
		expectSame(readSafetensors(writeSafetensors(SIZES, 5, "F32", "meta"), params), SIZES, 5, (data) => data);
	});
	it("survives ten thousand damaged files with a typed error or a model", () => {
		const seed = 20261128, next = random(seed), whole = writeSafetensors(SIZES, 1, "F16");
		for (let i = 0; i < 10000; i++) {
			const bytes = Buffer.from(whole);
			for (let k = 0; k < 3; k++)
				bytes[Math.floor((next() + 0.5) * (k === 0 ? 2000 : bytes.length))] = Math.floor((next() + 0.5) * 256);
			expect(codeOf(() => readSafetensors(bytes, huggingFaceConfig(SIZES))), `seed ${seed}, file ${i}`).to.match(/^(none|CHECKPOINT_\w+)$/);
		}
	}).timeout(120000);
	it("takes Hugging Face's vocabularies of Llama, and refuses others", () => {
		for (const text of ["", "[]", '{"model":{"type":"WordPiece"}}', '{"model":{"type":"BPE","vocab":{},"merges":[],"byte_fallback":false}}', '{"model":{"type":"BPE","vocab":{"a":7},"merges":[],"byte_fallback":true}}'])
			expect(codeOf(() => huggingFaceVocabulary(text)), text).to.equal("TOKENIZER_FORMAT");
		const vocab = Object.fromEntries(["<unk>", "<s>", "</s>", "<0x00>", "\u2581", "a", "b", "ab", "\u2581ab"].map((piece, i) => [piece, i]));
		const found = huggingFaceVocabulary(JSON.stringify({ model: { type: "BPE", vocab, merges: ["a b", "\u2581 ab"], byte_fallback: true, unk_token: "<unk>" }, normalizer: { type: "Prepend" } }));
		expect(found.pieces.map((bytes) => new TextDecoder().decode(bytes))).to.deep.equal(["<unk>", "<s>", "</s>", "<0x00>", " ", "a", "b", "ab", " ab"]);
		expect(found.scores.slice(7)).to.deep.equal([-0, -1]);
		expect(found.options).to.include({ bos: 1, eos: 2, unknown: 0, byteBase: 3, addDummyPrefix: true });
	});
});
