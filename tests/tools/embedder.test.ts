/** tools/train/embedder: its features are those of the firmware, and its file is one that the firmware takes. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hash, nGrams, spread } from "ruvllm-esp32/ruvector/text/hash";
import { stem } from "ruvllm-esp32/ruvector/text/stem";
import { words } from "ruvllm-esp32/ruvector/text/words";
import { packageRoot } from "../../tools/build/paths.ts";
import { crc32 } from "../../tools/convert/crc32.ts";

const TEXTS = ["", "What's the TIME, please?", "Café — naïve Übergröße × 10:30", "ЖЗЁ ΑΒΓ 東京　大阪 😀", `${"long".repeat(20)} a I`, "“it’s” \u0000\ufffd x"];
const STEMS = ["cities", "defeated", "stopping", "glasses", "making", "his", "analysis", "employee", "tries", "used"];

/** What a script in tools/train/embedder prints, as JSON; undefined where its Python is absent. */
function python<T>(script: string, ...args: string[]): T | undefined {
	const { status, stdout, stderr, error } = spawnSync("python3", ["-c", script, ...args], { encoding: "utf8", cwd: join(packageRoot, "tools/train/embedder"), env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
	if (error || /No module named 'numpy'/.test(stderr)) {
		if (process.env.CI === "true")
			throw new Error("python3 or numpy is absent, and CI skips nothing");
		return undefined;
	}
	expect(status, stderr).to.equal(0);
	return JSON.parse(stdout) as T;
}

describe("tools/train/embedder", () => {
	it("finds the words and hashes of the firmware", function () {
		const found = python<{ words: string[]; hashes: number[] }[]>(`
import json, sys
from features import *
print(json.dumps([{"words": ["".join(map(chr, w)) for w in words(t)], "hashes": [x for w in words(t) for x in [mix(of_word(w)[0])] + [mix(g + 1 & MASK) for g in of_word(w)[1]]]} for t in json.loads(sys.argv[1])]))`, JSON.stringify(TEXTS.map((text) => text.replace("\u0000", " "))));
		if (!found)
			return this.skip();
		TEXTS.forEach((text, i) => {
			expect(found[i]!.words).to.deep.equal(words(text));
			expect(found[i]!.hashes).to.deep.equal(words(text).flatMap((word) => [
				spread(hash(`<${word}>`)), ...[3, 4].flatMap((n) => Array.from(word).length + 2 > n ? nGrams(word, n).map((gram) => spread(hash(gram) + 1 | 0)) : []),
			]));
		});
	});
	it("finds the stems of the firmware", function () {
		const found = python<string[]>("import json, sys\nfrom passages import stem\nprint(json.dumps([stem(w) for w in json.loads(sys.argv[1])]))", JSON.stringify(STEMS));
		if (!found)
			return this.skip();
		expect(found).to.deep.equal(STEMS.map(stem));
	});
	it("writes a file with the sizes and the checksum that it says", function () {
		const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-embedder-")), path = join(folder, "small.rvem");
		try {
			const bytes = python<number>("import sys\nimport numpy as np\nfrom export import save\nprint(save(sys.argv[1], np.arange(160).reshape(10, 16) % 15 - 7))", path);
			if (bytes === undefined)
				return this.skip();
			const file = readFileSync(path), sum = file.readUInt32LE(16);
			file.fill(0, 16, 20);
			expect(file.length).to.equal(bytes).and.equal(32 + 80 + file.readUInt32LE(12));
			expect([file.toString("latin1", 0, 4), file.readUInt16LE(6), file.readUInt32LE(8), crc32(file, 0, file.length, 0)]).to.deep.equal(["RVEM", 16, 10, sum]);
			// Row 0 counts up from -7: dimension 0 low, dimension 8 high.
			expect(file[32]).to.equal(1 | 9 << 4);
			expect(JSON.parse(file.toString("utf8", 112))).to.include({ name: "words" });
		}
		finally {
			rmSync(folder, { recursive: true });
		}
	});
});
