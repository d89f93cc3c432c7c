/** Poincare embeddings of a small tree: read, trained, rounded, measured. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot, packageRoot } from "../../tools/build/paths.ts";
import { floatKeys, integerKeys, reconstruct } from "../../tools/train/poincare/evaluate.ts";
import { decodeEmbeddings } from "../../tools/train/poincare/file.ts";
import { closeHierarchy } from "../../tools/train/poincare/hierarchy.ts";
import { ONE, quantisePoincare } from "../../tools/train/poincare/train.ts";

const folder = join(cacheRoot(), "tests", "poincare");
const cli = (...args: string[]): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "train-hierarchy", ...args], { encoding: "utf8" });

/** The tree in which n hangs below floor((n - 1) / 3). */
const tree = (points: number): [string, string][] => Array.from({ length: points - 1 }, (_, i) => [`n${i + 1}`, `n${Math.floor(i / 3)}`]);

describe("train-hierarchy", () => {
	it("refuses a file that is absent, a line without parent, and a circle", () => {
		mkdirSync(folder, { recursive: true });
		const bad = join(folder, "bad.tsv"), out = join(folder, "bad.bin");
		expect(cli("nothing.tsv", "-o", out).stderr).to.match(/there is no file nothing\.tsv/);
		writeFileSync(bad, "cat\tanimal\ndog\n");
		expect(cli(bad, "-o", out).stderr).to.match(/bad\.tsv:2 is no child<TAB>parent: dog/);
		writeFileSync(bad, "a\tb\nb\tc\nc\ta\n");
		expect(cli(bad, "-o", out)).to.include({ status: 1 }).property("stderr").match(/a is its own ancestor/);
	}).timeout(60000);

	it("closes pairs, and leaves a point with itself out", () => {
		const { names, pairs } = closeHierarchy([["cat", "feline"], ["feline", "animal"], ["animal", "animal"], ["cat", "animal"]]);
		expect(names).to.deep.equal(["cat", "feline", "animal"]);
		expect(pairs.map((pair) => pair.join()).sort()).to.deep.equal(["0,1", "0,2", "1,2"]);
	});

	it("ranks as computed by hand, and ties never help", () => {
		const hierarchy = closeHierarchy([["child", "parent"], ["other", "parent"]]);	// child, parent, other
		expect(reconstruct(hierarchy, () => [9, 1, 2])).to.deep.equal({ map: 1, meanRank: 1 });
		expect(reconstruct(hierarchy, () => [2, 2, 2])).to.deep.equal({ map: 0.5, meanRank: 2 });
	});

	it("keeps rounded points inside the ball, and ranks them alike in doubles and whole numbers", () => {
		const dims = 8, points = Float64Array.from({ length: 64 * dims }, (_, i) => Math.sin(i * i + 1));
		for (let at = 0; at < points.length; at += dims) {
			const row = points.subarray(at, at + dims), norm = Math.hypot(...row);
			row.forEach((x, i) => row[i] = x / norm * (1 - 1e-7));
		}
		const rounded = quantisePoincare(points, dims), whole = integerKeys(rounded, dims), exact = floatKeys(rounded, dims, ONE);
		for (let at = 0; at < points.length; at += dims)
			expect(rounded.subarray(at, at + dims).reduce((sum, x) => sum + x * x, 0)).to.be.below(ONE * ONE);
		for (let p = 0; p < 64; p++) {
			const a = whole(p), b = exact(p);
			for (let i = 0; i < 64; i++)
				expect(Number(a[i]!) / 2 ** 30 / b[i]! || 1).to.be.closeTo(1, 1e-6);
		}
	});

	it("gives a small tree back, the same with the same seed, in a file that can be read", () => {
		const pairs = join(folder, "tree.tsv"), out = join(folder, "tree.bin");
		writeFileSync(pairs, `# a tree\n${tree(121).map((pair) => `${pair.join("\t")}\n`).join("")}`);
		const first = cli(pairs, "-o", out, "--epochs", "400", "--negatives", "20", "--json"), result = JSON.parse(first.stdout) as { points: number; pairs: number; map: number; map_integer: number; mean_rank_integer: number };
		expect(result.points).to.equal(121);
		// Chance is about 0.05.
		expect(result.map_integer).to.be.above(0.9);
		expect(result.map_integer).to.be.closeTo(result.map, 0.002);
		const bytes = readFileSync(out), { dims, points } = decodeEmbeddings(bytes);
		expect([dims, points.length]).to.deep.equal([5, 605]);
		expect(readFileSync(`${out}.names`, "utf8").split("\n").length).to.equal(122);
		expect(() => decodeEmbeddings(bytes.subarray(0, 100))).to.throw(/take 1222 bytes, and the file has 100/);
		expect(JSON.parse(cli(pairs, "-o", out, "--evaluate", "--json").stdout)).to.include({ map_integer: result.map_integer });
		cli(pairs, "-o", out, "--epochs", "400", "--negatives", "20");
		expect(readFileSync(out).equals(bytes)).to.equal(true);
	}).timeout(120000);
});
