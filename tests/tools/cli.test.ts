import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { SIZES, writeTokenizer, writeV0 } from "./support/checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-"));
const file = (name: string, content: string | Buffer): string => {
	writeFileSync(join(folder, name), content);
	return join(folder, name);
};

function cli(...args: string[]): { code: number | null; out: string; err: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), ...args], { encoding: "utf8", input: "" });
	return { code: status, out: stdout, err: stderr };
}

/** A small model with random weights, made by the command itself. */
function smallModel(): string {
	const model = join(folder, "small.ruvm");
	const { code, err } = cli("convert", file("small.bin", writeV0(SIZES, 11)), "--tokenizer", file("small.tok", writeTokenizer(SIZES)), "-o", model, "--json");
	expect(code, err).to.equal(0);
	return model;
}

describe("tools/cli: wrong calls", () => {
	const wrong: [string, number, RegExp, string[]][] = [
		["an unknown option", 2, /unknown option/, ["generate", "--bogus"]],
		["an unknown command", 2, /unknown command/, ["bogus"]],
		["a number that is none", 2, /no number/, ["generate", "-t", "warm", "x"]],
		["a missing model", 1, /there is no model/, ["generate", "-m", "/nonexistent.ruvm", "x"]],
		["an empty model", 1, /is empty/, ["generate", "-m", file("empty.ruvm", ""), "x"]],
		["a model that is none", 1, /RUVM/, ["generate", "-m", file("text.ruvm", "this is only a text, but a long one for a header"), "x"]],
		["a missing text", 1, /there is no text file/, ["perplexity", "--text", "/nonexistent.txt"]],
		["an empty text", 1, /is empty/, ["perplexity", "--text", file("empty.txt", " \n")]],
		["no text", 2, /required option/, ["perplexity"]],
		["a missing checkpoint", 1, /there is no file/, ["convert", "/nonexistent.bin", "--tokenizer", "x", "-o", join(folder, "never.ruvm")]],
		["a missing script", 1, /there is no file/, ["run", "/nonexistent.ts"]],
		["an unknown host", 1, /no host/, ["bench", "--host", "abacus"]],
		["an unknown format", 1, /no format "poem"/, ["bench", "--format", "poem"]],
		["no test at all", 1, /left out/, ["bench", "-p", "0", "-n", "0"]],
		["more tokens than the context holds", 1, /context holds 1 to 100/, ["bench", "--context", "100", "-p", "0", "-n", "101"]],
		["three cores", 2, /--cores is 3/, ["generate", "--cores", "3", "x"]],
	];
	for (const [name, code, sentence, args] of wrong)
		it(`${name}: one sentence, exit code ${code}`, () => {
			const result = cli(...args);
			expect(result.code, result.err).to.equal(code);
			expect(result.err).to.match(sentence);
			expect(result.err.trim().split("\n").length, result.err).to.be.at.most(2);
		});
	it("a prompt longer than the context, and settings out of range", () => {
		const model = smallModel();
		const long = cli("generate", "-m", model, "x".repeat(100));
		expect(long.code).to.equal(1);
		expect(long.err).to.match(/the prompt has \d+ tokens, the context holds 32/);
		const hot = cli("generate", "-m", model, "-t", "99", "x", "--json");
		expect(hot.code).to.equal(2);
		expect(JSON.parse(hot.out)).to.have.nested.property("error.code", "CONFIG_TEMPERATURE");
	});
});

describe("tools/cli: JSON", () => {
	const model = (): string => smallModel();
	it("generate: the promised fields, the same text for the same seed", () => {
		const args = ["generate", "-m", model(), "ab", "-n", "8", "-s", "5", "--json"];
		const [one, two] = [cli(...args), cli(...args)].map(({ out, err }) => JSON.parse(out || `{"failed": ${JSON.stringify(err)}}`) as Record<string, unknown>);
		expect(one).to.include.all.keys("model", "host", "prompt", "tokens", "text", "tokens_per_second", "first_token_ms", "seed", "digest");
		expect(one!.tokens).to.deep.equal(two!.tokens);
		expect(one!.seed).to.equal(5);
	});
	it("bench and perplexity: the promised fields", () => {
		const small = model();
		const { results } = JSON.parse(cli("bench", "-m", small, "-n", "16", "--json").out) as { results: Record<string, unknown>[] };
		expect(results[0]).to.include.all.keys("model", "quant", "host", "test", "tokens_per_second", "outside_kernels", "tier");
		const text = file("text.txt", "Once upon a time there was a text that a model had to predict.");
		const scored = JSON.parse(cli("perplexity", "-m", small, "--text", text, "--window", "16", "--reference", join(folder, "small.bin"), "--json").out) as Record<string, number>;
		expect(scored).to.include.all.keys("model", "host", "tokens", "nats_per_token", "bits_per_byte", "top1_agreement");
		expect(Math.abs(scored.nats_per_token! / scored.reference_nats_per_token! - 1)).to.be.below(0.02);
	});
	it("run: a person's file, its output and its exit code", () => {
		const script = file("hello.ts", 'import { args, exit } from "ruvllm-esp32/platform/runtime";\nconst n: number = args.length;\nconsole.log(`hello ${n}`);\nexit(7);\n');
		const result = cli("run", script, "a", "b");
		expect(result.out).to.equal("hello 2\n");
		expect(result.code).to.equal(7);
	});
	it("run: a stack that names the TypeScript file and line", () => {
		const script = file("throws.ts", 'interface Unused { a: number }\n\nfunction deep(): never {\n\tthrow new RangeError("deliberate");\n}\ndeep();\n');
		const result = cli("run", script);
		expect(result.code).to.equal(1);
		expect(result.err).to.match(/RangeError: deliberate/).and.match(/throws\.ts:4/);
	});
});
