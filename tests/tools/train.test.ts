/** One command trains a model on a small text, and it has learned. */

import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot, packageRoot } from "../../tools/build/paths.ts";

const folder = join(cacheRoot(), "tests", "train");
const cli = (...args: string[]): string => execFileSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Little stories by a rule: who goes where, and what for. */
function text(): string {
	const who = ["Ada", "Tom", "the cat", "Grandma", "Max", "the little dog"], place = ["the river", "the market", "school", "the forest", "the garden"], what = ["a red apple", "a blue ball", "some bread", "a shiny stone", "an old book"];
	const out: string[] = [];
	let n = 1;
	for (let i = 0; i < 700; i++) {
		n = n * 48271 % 2147483647;
		const [a, b, c] = [who[n % who.length]!, place[(n >> 4) % place.length]!, what[(n >> 8) % what.length]!];
		out.push(`One day ${a} went to ${b}. There ${a} found ${c}. It was nice to have ${c}, so ${a} took it home from ${b} and was happy.`);
	}
	return out.join("\n<|endoftext|>\n");
}

function requireTools(context: Mocha.Context): void {
	const missing = spawnSync("python3", ["-c", "import numpy"]).status !== 0;
	if (missing && process.env.CI === "true")
		throw new Error("python3 with numpy is missing, and CI skips nothing: apt-get install python3-numpy");
	if (missing)
		context.skip();
}

describe("tools/train", () => {
	it("refuses what is not there, by its name", () => {
		const { status, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "train", "nothing.txt", "-o", "x.ruvm"], { encoding: "utf8" });
		expect(status).to.equal(1);
		expect(stderr).to.match(/there is no file nothing\.txt/);
	}).timeout(60000);
	for (const type of ["int8", "ternary"])
		it(`one command trains a model of ${type} on a small text, in minutes; it knows how the stories go`, function () {
			requireTools(this);
			mkdirSync(folder, { recursive: true });
			const source = join(folder, "stories.txt"), model = join(folder, `${type}.ruvm`);
			writeFileSync(source, text());
			const started = Date.now();
			const result = JSON.parse(cli("train", source, "-o", model, "--type", type, "--epochs", type === "int8" ? "12" : "16", "--dim", "32", "--hidden", "96", "--layers", "2", "--heads", "4", "--kv-heads", "2", "--vocab", "320", "--max-seq", "128", "--json")) as { bytes: number; held_bits_per_byte: number };
			expect((Date.now() - started) / 60000).to.be.below(5);
			// Chance is 8; a story has some nine bits to choose in 110 bytes.
			expect(result.held_bits_per_byte).to.be.below(type === "int8" ? 0.25 : 0.6);
			const told = JSON.parse(cli("generate", "-m", model, "--greedy", "-n", "60", "--json", "One day Tom went to")) as { text: string };
			expect(told.text).to.match(/There .* found/);
		}).timeout(600000);
});
