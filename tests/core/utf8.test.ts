import { expect } from "chai";
import { decodeUtf8, encodeUtf8, sequenceLength } from "ruvllm-esp32/core/utf8";

describe("core/utf8", () => {
	it("replaces bytes that are no UTF-8, one by one", () => {
		const bad: [number[], string][] = [
			[[0xff], "\ufffd"], [[0x80], "\ufffd"], [[0xc0, 0x80], "\ufffd\ufffd"], [[0xe2, 0x82], "\ufffd\ufffd"],
			[[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"], [[0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"], [[0x61, 0xf0, 0x62], "a\ufffdb"],
		];
		for (const [bytes, text] of bad)
			expect(decodeUtf8(Uint8Array.from(bytes))).to.equal(text);
	});
	it("replaces lone surrogates", () => {
		expect(Array.from(encodeUtf8("a\ud800b"))).to.deep.equal([0x61, 0xef, 0xbf, 0xbd, 0x62]);
	});
	it("encodes and decodes characters of each length", () => {
		const text = "a\u00e9\u20ac\u{1f600}\u{10ffff}\u07ff\u0800\uffff";
		const bytes = encodeUtf8(text);
		expect(decodeUtf8(bytes)).to.equal(text);
		expect(Array.from(encodeUtf8("\u20ac"))).to.deep.equal([0xe2, 0x82, 0xac]);
		expect(bytes.length).to.equal(1 + 2 + 3 + 4 + 4 + 2 + 3 + 3);
	});
	it("knows the length of a sequence by its first byte", () => {
		expect([0x41, 0xc3, 0xe2, 0xf0, 0x80, 0xc1, 0xf5].map(sequenceLength)).to.deep.equal([1, 2, 3, 4, 0, 0, 0]);
	});
});
