import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseLlama2cTokenizer } from "../../tools/convert/llama2c-tokenizer.ts";
import { readLlama2c } from "../../tools/convert/llama2c.ts";
import { argmax, LlamaFloat, negativeLogLikelihood } from "../../tools/reference/llama-float.ts";
import { requireShared } from "./support/shared.ts";

/** A piece as it is printed: byte pieces are their byte, and the first piece loses its space. */
function printed(piece: Uint8Array, first: boolean): string {
	const text = Buffer.from(piece).toString("latin1");
	const byte = text.match(/^<0x([0-9A-F]{2})>$/);
	return byte ? String.fromCharCode(parseInt(byte[1]!, 16)) : first ? text.replace(/^ /, "") : text;
}

describe("tools/reference: the float reference", () => {
	it("reproduces the published greedy text of stories260K", function () {
		const llm = join(requireShared(this), "llm");
		const model = readLlama2c(readFileSync(join(llm, "stories260K.bin")));
		const { pieces } = parseLlama2cTokenizer(readFileSync(join(llm, "tok512.bin")), model.config.vocabSize);
		const reference = new LlamaFloat(model);
		let token = 1, text = "";
		for (let position = 0; position < 200; position++) {
			token = argmax(reference.forward(token, position));
			text += printed(pieces[token]!, position === 0);
		}
		expect(text).to.equal(readFileSync(join(llm, "expected_greedy_200.txt"), "latin1"));
	});
	it("gives the published logits after the begin token", function () {
		const llm = join(requireShared(this), "llm");
		const { logits_fp64: expected } = JSON.parse(readFileSync(join(llm, "logits_bos.json"), "utf8")) as { logits_fp64: number[] };
		const logits = new LlamaFloat(readLlama2c(readFileSync(join(llm, "stories260K.bin")))).forward(1, 0);
		expect(logits.length).to.equal(expected.length);
		logits.forEach((value, i) => expect(value).to.be.closeTo(expected[i]!, 2e-3));
	});
	it("measures loss in nats", () => {
		expect(negativeLogLikelihood(Float32Array.of(0, 0, 0, 0), 2)).to.be.closeTo(Math.log(4), 1e-6);
		expect(argmax(Float32Array.of(1, 3, 3, 2))).to.equal(1);
	});
});
