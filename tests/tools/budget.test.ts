import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHIPS, type ChipName } from "ruvllm-esp32/core/chips";
import { ModelConfig } from "ruvllm-esp32/engine/model-config";
import { packageRoot } from "../../tools/build/paths.ts";
import { memoryMap, type MemoryMap, type Wanted } from "../../tools/cli/memory-map.ts";
import { xsHeap } from "../../tools/cli/xs-heap.ts";

const CHIP_NAMES = Object.keys(CHIPS) as ChipName[];
const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-budget-"));
const file = (name: string, content: string): string => {
	writeFileSync(join(folder, name), content);
	return join(folder, name);
};
const wanted = (chip: ChipName, more: Partial<Wanted> = {}): Wanted =>
	({ chip, shape: ModelConfig.forVariant(chip), xs: xsHeap(chip), radio: true, indexBytes: 0, ...more });
const sum = (parts: { bytes: number }[]): number => parts.reduce((total, { bytes }) => total + bytes, 0);

function cli(...args: string[]): { code: number | null; out: string; err: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "budget", ...args], { encoding: "utf8", input: "" });
	return { code: status, out: stdout, err: stderr };
}

describe("tools/cli: budget", () => {
	const wrong: [string, number, RegExp, string[]][] = [
		["no chip", 2, /--variant/, []],
		["an unknown chip", 1, /no chip "esp8266"; choose one of esp32, /, ["--variant", "esp8266"]],
		["a context of nothing", 1, /takes 1 to/, ["--variant", "esp32c3", "--context", "0"]],
		["a context longer than the model's", 1, /takes 1 to/, ["--variant", "esp32c3", "--context", "40000"]],
		["a missing model", 1, /no model/, ["--variant", "esp32c3", "-m", "/nonexistent.ruvm"]],
		["a missing firmware", 1, /no file/, ["--variant", "esp32c3", "--firmware", "/nonexistent.bin"]],
		["an index of less than nothing", 1, /0 or more/, ["--variant", "esp32c3", "--index", "-1"]],
	];
	for (const [name, code, sentence, args] of wrong)
		it(`${name}: exit code ${code}`, () => {
			const result = cli(...args);
			expect(result.code, result.err).to.equal(code);
			expect(result.err).to.match(sentence);
		});
	it("refuses a map that does not fit, with numbers, and ends with 1", () => {
		const { code, out } = cli("--variant", "esp32s2", "--context", "512");
		expect(code).to.equal(1);
		expect(out).to.match(/DOES NOT FIT/).and.match(/MISSING +[\d,]+/).and.match(/wants \d+ bytes of RAM, \d+ are available/).and.match(/PSRAM/);
		const large = cli("--variant", "esp32c3", "--firmware", file("large.bin", "x".repeat(4_000_000)), "--json");
		expect(large.code).to.equal(1);
		const map = JSON.parse(large.out) as MemoryMap;
		expect(map.flash.left).to.be.below(0);
		expect(map.advice.join(" ")).to.match(new RegExp(`lacks ${-map.flash.left} bytes of flash`)).and.match(/INT4 weights would save \d+/);
	});
	it("finds a context that fits, and one more step does not", () => {
		const shipped = cli("--variant", "esp32c3", "--json");
		expect(shipped.code, shipped.out).to.equal(0);
		const { contextLength, ram } = JSON.parse(shipped.out) as MemoryMap;
		expect(cli("--variant", "esp32c3", "--context", String(contextLength)).code).to.equal(0);
		expect(cli("--variant", "esp32c3", "--context", String(contextLength + 16)).code).to.equal(1);
		expect(cli("--variant", "esp32c3", "--context", String(contextLength), "--index", String(ram.left + 1)).code).to.equal(1);
		expect((JSON.parse(cli("--variant", "esp32c3", "--no-radio", "--json").out) as MemoryMap).contextLength).to.be.above(contextLength);
	});
});

describe("tools/cli: memory maps", () => {
	it("add up to the chip, and the shape of each chip fits it beside the radio", () => {
		for (const chip of CHIP_NAMES) {
			const map = memoryMap(wanted(chip, { contextLength: ModelConfig.forVariant(chip).maxSeqLen }));
			expect(map.fits, `${chip}: ${map.advice.join("; ")}`).to.equal(true);
			expect(sum(map.ram.parts) + map.ram.left).to.equal(CHIPS[chip].sram);
			expect(sum(map.flash.parts) + map.flash.left).to.equal(map.flash.total);
		}
	});
	it("take one piece of the ESP32's memory, not two", () => {
		const shape = { ...ModelConfig.forVariant("esp32"), maxSeqLen: 2048 };
		const map = memoryMap(wanted("esp32", { shape, radio: false }));
		expect(map.fits).to.equal(true);
		expect(map.ram.available).to.equal(CHIPS.esp32.block);
	});
	it("read the heap of XS from the manifest, the chip's own lines last", () => {
		const creation = { static: 0, chunk: { initial: 100 }, heap: { initial: 10 }, stack: 5, keys: { initial: 1, name: 2, symbol: 3 } };
		const path = file("manifest.json", JSON.stringify({ creation, platforms: { esp32: { creation: { heap: { initial: 20 } } }, "esp32/esp32c3": { creation: { nativeStack: 4096, stack: 6 } } } }));
		expect(xsHeap("esp32c3", path)).to.deep.equal({ slots: 320, chunks: 100, stack: 96, keys: 24, cStack: 4096 });
		expect(xsHeap("esp32", path)).to.deep.equal({ slots: 320, chunks: 100, stack: 80, keys: 24, cStack: 10240 });
		expect(() => xsHeap("esp32", file("bare.json", "{}"))).to.throw(/"creation" lacks stack/);
		expect(() => xsHeap("esp32", file("half.json", "{"))).to.throw(/half\.json can't be read as a manifest/);
		expect(() => xsHeap("esp32", join(packageRoot, "no.json"))).to.throw(/no\.json can't be read as a manifest/);
	});
	it("take the memory of XS from the manifest of an app", () => {
		const stack = (...args: string[]): number => (JSON.parse(cli("--variant", "esp32c3", "--json", "--context", "64", ...args).out) as MemoryMap).ram.parts.find(({ name }) => name === "XS stack")!.bytes;
		expect(stack()).to.equal(512 * 16);
		// Deepest of a federation's boards, in slots: docs/moddable.md.
		expect(stack("--manifest", join(packageRoot, "examples/federation/manifest.json"))).to.equal(1024 * 16);
		expect(cli("--variant", "esp32c3", "--manifest", "no.json").code).to.equal(1);
	});
	it("know the settings that take RAM from the chip", () => {
		const settings = readFileSync(join(packageRoot, "hosts/esp32/esp32s3/sdkconfig.defaults"), "utf8");
		expect(settings).to.contain("INSTRUCTION_CACHE_32KB=y").and.contain("DATA_CACHE_64KB=y");
		expect(CHIPS.esp32s3.settings).to.equal((32 - 16 + 64 - 32) * 1024);
	});
});
