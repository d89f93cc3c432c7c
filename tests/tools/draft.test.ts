import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNgramHeader } from "ruvllm-esp32/engine/draft/ngram-file";
import { packageRoot } from "../../tools/build/paths.ts";
import { crc32 } from "../../tools/convert/crc32.ts";
import { learnTable } from "../../tools/draft/table.ts";
import type { SpokenText } from "../../tools/draft/texts.ts";

const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-draft-"));
const cli = (...args: string[]): { code: number | null; out: string; err: string } => {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "draft", ...args], { encoding: "utf8", input: "" });
	return { code: status, out: stdout, err: stderr };
};
const headerOf = (bytes: Uint8Array) => readNgramHeader(new Uint8Array(bytes).buffer as never, (buffer, offset, count, seed) => crc32(new Uint8Array(buffer), offset, count, seed));

/** What a sequence says of itself: the likeliest token is the one that came. */
const spoken = (ids: number[]): SpokenText => ({ ids, likeliest: ids.slice(1) });

describe("tools/cli: draft", () => {
	it("refuses wrong calls", () => {
		const out = join(folder, "never.rvng");
		for (const [code, pattern, args] of [[2, /required option/, ["stories"]], [1, /there is no model/, ["/nonexistent.ruvm", "-o", out]], [1, /--entries is 70000/, ["stories", "-o", out, "--entries", "70000"]],
			[1, /--order is 17/, ["stories", "-o", out, "--order", "17"]], [1, /--tokens is 0/, ["stories", "-o", out, "--tokens", "0"]], [2, /no whole number/, ["stories", "-o", out, "--seed", "1.5"]]] as [number, RegExp, string[]][]) {
			const result = cli(...args);
			expect([result.code, pattern.test(result.err)], `${args.join(" ")}: ${result.err}`).to.deep.equal([code, true]);
		}
	});
	it("makes the same table again, no larger than asked, and other texts' another", () => {
		const make = (name: string, ...more: string[]): Buffer => {
			const path = join(folder, name), { code, err, out } = cli("stories", "-o", path, "--tokens", "4000", "--entries", "300", "--order", "5", "--json", ...more);
			expect(code, err).to.equal(0);
			expect((JSON.parse(out) as { tokens: number }).tokens).to.be.at.least(4000);
			return readFileSync(path);
		};
		const one = make("one.rvng"), again = make("again.rvng"), other = make("other.rvng", "--seed", "9");
		expect(one.equals(again)).to.equal(true);
		expect(one.equals(other)).to.equal(false);
		const { entries, order, vocabSize, modelCrc } = headerOf(one), model = readFileSync(join(packageRoot, "models/stories.ruvm"));
		expect([order, vocabSize, modelCrc]).to.deep.equal([5, 512, crc32(model, 0, model.length, 0)]);
		expect(entries).to.be.within(100, 300);
	}).timeout(120000);
	it("the shipped table is whole, and of the shipped model", () => {
		const table = readFileSync(join(packageRoot, "models/stories-draft.rvng")), model = readFileSync(join(packageRoot, "models/stories.ruvm"));
		expect(headerOf(table).modelCrc).to.equal(crc32(model, 0, model.length, 0));
		expect(table.length).to.be.below(100_000);
	});
	it("keeps the contexts that decide, and no longer ones than needed", () => {
		// 1 is followed by 2 or by 3, as the token before says; all else follows from one token.
		const cycle = [5, 1, 2, 6, 1, 3], texts = Array.from({ length: 6 }, () => spoken(Array.from({ length: 61 }, (_, i) => cycle[i % 6]!)));
		const { entries, fallback } = learnTable(texts, { entries: 100, order: 4, vocabSize: 8 }), known = new Map(entries.map(({ context, token }) => [context.join(" "), token]));
		const guess = (...text: number[]): number => {
			for (let n = Math.min(4, text.length); n > 0; n--)
				if (known.has(text.slice(-n).reverse().join(" ")))
					return known.get(text.slice(-n).reverse().join(" "))!;
			return fallback.token;
		};
		for (let i = 1; i < 12; i++)
			expect(guess(cycle[(i - 1) % 6]!, cycle[i % 6]!)).to.equal(cycle[(i + 1) % 6]!);
		expect(entries.every(({ context }) => context.length <= 2)).to.equal(true);
		expect(entries.length).to.be.within(4, 6);
		expect(learnTable(texts, { entries: 2, order: 4, vocabSize: 8 }).entries.length).to.be.at.most(2);
	});
});
