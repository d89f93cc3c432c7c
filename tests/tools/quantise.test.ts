/** Types of weights: grids come back, errors are bounded, quantize and inspect say what they did. */

import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot, packageRoot } from "../../tools/build/paths.ts";
import { dequantiseGrouped, type GroupedType, quantiseGrouped } from "../../tools/convert/grouped.ts";
import { random } from "./support/checkpoint.ts";

const TYPES: readonly GroupedType[] = ["int4", "ternary", "binary"];
const CLI = join(packageRoot, "bin/ruvllm-esp32.mjs"), folder = join(cacheRoot(), "tests");
const cli = (...args: string[]): string => execFileSync(process.execPath, [CLI, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe("tools/convert: grouped weights", () => {
	for (const type of TYPES)
		it(`${type}: what lies on its grid comes back, rows and groups that end early too`, () => {
			const next = random(11);
			for (const [rows, columns] of [[1, 1], [9, 31], [8, 32], [17, 70], [3, 172]] as const) {
				const once = dequantiseGrouped(quantiseGrouped(type, "m", [Float32Array.from({ length: rows * columns }, next)], columns));
				const twice = dequantiseGrouped(quantiseGrouped(type, "m", [once], columns));
				twice.forEach((value, i) => expect(Math.abs(value - once[i]!), `${rows} x ${columns}, ${i}`).to.be.at.most(1e-4));
			}
		});
	it("each type errs less than the next lower one, and not by more than its step", () => {
		const next = random(5), weights = Float32Array.from({ length: 64 * 96 }, next);
		const errors = TYPES.map((type) => {
			const back = dequantiseGrouped(quantiseGrouped(type, "m", [weights], 96));
			return back.reduce((sum, value, i) => sum + (value - weights[i]!) ** 2, 0) / weights.length;
		});
		expect(errors[0]).to.be.below(errors[1]!);
		expect(errors[1]).to.be.below(errors[2]!);
		expect(errors[0]).to.be.below((0.5 / 7) ** 2 / 12 * 1.2);
	});
	it("takes zeros and tiny values", () => {
		for (const type of TYPES) {
			const section = quantiseGrouped(type, "m", [new Float32Array(64), new Float32Array(64).fill(1e-30)], 64);
			expect(section.shift).to.be.within(0, 60);
			dequantiseGrouped(section).forEach((value) => expect(Math.abs(value)).to.be.below(1e-8));
		}
	});
});

describe("ruvllm-esp32 quantize, inspect", () => {
	it("refuse types that are none, and INT8 models with other matrices", () => {
		for (const args of [["quantize", "stories", "--type", "int3", "-o", "x"], ["quantize", "stories", "-o", "x"]])
			expect(spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" }).status, args.join(" ")).to.equal(2);
		const mixed = spawnSync(process.execPath, [CLI, "quantize", "stories", "--type", "int8", "--embedding", "int4", "-o", join(folder, "x.ruvm")], { encoding: "utf8" });
		expect(mixed.status).to.equal(1);
		expect(mixed.stderr).to.match(/INT8 has no other matrices/);
	}).timeout(60000);
	it("change the type, keep the rest, and show it", () => {
		mkdirSync(folder, { recursive: true });
		const output = join(folder, "quantized.ruvm");
		const result = JSON.parse(cli("quantize", "stories", "--type", "ternary", "--attention", "int4", "-o", output, "--json")) as { bytes: number; bytes_before: number; metadata: Record<string, string> };
		expect(result.bytes).to.be.below(result.bytes_before / 2);
		expect(result.metadata.name).to.equal("stories-260k");
		const shown = JSON.parse(cli("inspect", output, "--json")) as { crc: string; shape: { quantType: string }; parameters: number; sections: { name: string; type: string }[]; metadata: Record<string, string> };
		expect(shown).to.deep.include({ crc: "ok", parameters: 263872 });
		expect(shown.shape.quantType).to.equal("Ternary");
		expect(shown.metadata.digest).to.equal(result.metadata.digest);
		expect(shown.sections.find(({ name }) => name === "layers.0.qkv")!.type).to.equal("Int4Tiles");
		expect(shown.sections.find(({ name }) => name === "layers.0.down")!.type).to.equal("TernaryTiles");
	}).timeout(60000);
	it("shows a damaged file as far as it goes, and says that it is damaged", () => {
		const bytes = readFileSync(join(packageRoot, "models/stories.ruvm")), damaged = join(folder, "damaged.ruvm");
		bytes[5000]! ^= 1;
		writeFileSync(damaged, bytes);
		const { status, stdout } = spawnSync(process.execPath, [CLI, "inspect", damaged], { encoding: "utf8" });
		expect(status).to.equal(1);
		expect(stdout).to.match(/checksum WRONG/);
		expect(stdout).to.match(/layers\.4\.down/);
		writeFileSync(damaged, bytes.subarray(0, 9000));
		expect(spawnSync(process.execPath, [CLI, "inspect", damaged], { encoding: "utf8" }).stderr).to.match(/copy it again/);
	}).timeout(60000);
});
