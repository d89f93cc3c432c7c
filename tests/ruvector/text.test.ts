import { expect } from "chai";
import { textFeatures } from "ruvllm-esp32/platform/text";
import { hash, nGrams, spread } from "ruvllm-esp32/ruvector/text/hash";
import { stem } from "ruvllm-esp32/ruvector/text/stem";
import { words } from "ruvllm-esp32/ruvector/text/words";
import { rounds } from "../support/arguments";
import { seeded } from "../support/random";

/** What native/text-features.c finds, by the functions of src/ruvector/text; sorted. */
function features(text: string): string {
	const out: number[] = [];
	let previous: number | undefined;
	for (const word of words(text)) {
		const marked = hash(`<${word}>`), letters = Array.from(word).length;
		out.push(spread(marked));
		for (const n of [3, 4])
			if (letters + 2 > n)
				out.push(...nGrams(word, n).map((gram) => spread(hash(gram) + 1 | 0)));
		if (previous !== undefined)
			out.push(spread(Math.imul(hash(" ", previous) ^ marked, 0x01000193)));
		previous = marked;
	}
	return out.sort((a, b) => a - b).join(",");
}

describe("ruvector: words, stems and hashes", () => {
	it("finds words", () => {
		for (const [text, expected] of [
			["", ""], ["...", ""], ["What's the TIME?", "whats the time"], ["café Übergröße", "cafe ubergrose"], ["ЖЗЁ ΑΒ", "жзё αβ"],
			["10:30 a.m.", "10 30 a m"], ["東京　大阪", "東京 大阪"], ["“it’s”", "its"], ["y".repeat(50), "y".repeat(32)],
		])
			expect(words(text!).join(" ")).to.equal(expected);
	});
	it("finds stems", () => {
		for (const group of [["defeat", "defeats", "defeated", "defeating"], ["city", "cities"], ["stop", "stopped", "stopping"], ["make", "makes", "making"], ["glass"], ["bus"]])
			expect(new Set(group.map(stem)).size, group.join()).to.equal(1);
		for (const [word, expected] of [["is", "is"], ["as", "as"], ["glass", "glass"], ["analysis", "analysis"], ["sing", "sing"], ["red", "red"], ["", ""]])
			expect(stem(word!)).to.equal(expected);
		expect(nGrams("abc", 4)).to.deep.equal(["<abc", "abc>"]);
		expect(nGrams("a", 4)).to.deep.equal(["<a>"]);
	});
	it("a stem is no longer than its word, and the same again", () => {
		const random = seeded("stems", 2);
		for (let i = 0; i < rounds(2000); i++) {
			const word = Array.from(random.bytes(1 + random.below(12)), (c) => "abdeginsty"[c % 10]!).join("");
			if (stem(word).length > word.length || !stem(word).length)
				throw new Error(`${word} becomes ${stem(word)}`);
		}
	});
	it("has the same features as the kernel, for any text", () => {
		const random = seeded("features", 8), letters = Array.from("abcdeXYZ09 '’.,-éÉßñ ЖжΩω東京😀×\t");
		for (let i = 0; i < rounds(400); i++) {
			let text = "";
			for (let n = random.below(40); n; n--)
				text += random.pick(letters);
			const native = Array.from(new Uint32Array(textFeatures(text))).sort((a, b) => a - b).join(",");
			if (features(text) !== native)
				throw new Error(`other features: ${JSON.stringify(text)}`);
		}
	});
});
