/** The low-power core: its image gives what the desktop gives, bit for bit, in 8 KB that the machine enforces, and wakes for events alone. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError } from "../../tools/build/errors.ts";
import { packageRoot } from "../../tools/build/paths.ts";
import { missingForRiscv } from "../../tools/build/qemu.ts";
import { buildUlp, ULP_BYTES, ULP_STACK } from "../../tools/build/ulp.ts";
import { traceOnDesktop } from "../../tools/build/ulp-desktop.ts";
import { crc32 } from "../../tools/convert/crc32.ts";
import { countGate } from "../../tools/snn/ulp/count.ts";
import { runUlp } from "../../tools/snn/ulp/run.ts";
import { type GateShape, HEART, liveSamples, MOTION, SOUND, tableOfShape } from "../../tools/snn/ulp/shapes.ts";

const LATENCY: GateShape = { kind: "sensor", channels: 2, encodings: ["delta", "latency", "rate"], hidden: 21, first: 11, delays: [1, 3, 15], rate: 50, hop: 10, threshold: 40 };
const SMALL: GateShape = { kind: "sound", channels: 1, hidden: 7, delays: [0], rate: 16000, hop: 32, threshold: 90 };
/** Too many samples for one tick's frames to be kept: a frame at a time. */
const WIDE: GateShape = { kind: "sensor", channels: 5, encodings: ["rate"], hidden: 12, delays: [0, 1], rate: 200, hop: 50, threshold: 60 };
const SHAPES: Record<string, [GateShape, number]> = {
	sound: [SOUND, 8000 * 20 + 17], "sound, small": [SMALL, 30000], motion: [MOTION, 4001], heart: [HEART, 4002], latency: [LATENCY, 5000], wide: [WIDE, 20003],
};

function requireBoard(context: Mocha.Context): void {
	const install = missingForRiscv();
	if (install && process.env.CI === "true")
		throw new Error(`the emulated low-power core is missing, and CI skips nothing: ${install}`);
	if (install)
		context.skip();
}

const failure = (work: Promise<unknown>): Promise<Error> => work.then(() => { throw new Error("nothing was thrown"); }, (error: Error) => error);
const folder = mkdtempSync(join(tmpdir(), "ulp-test-"));
after(() => rmSync(folder, { recursive: true }));

describe("hosts/ulp", () => {
	for (const [name, [shape, frames]] of Object.entries(SHAPES))
		it(`gives the desktop's ticks and events in 8 KB, and wakes the main processor for each event alone: ${name}`, async function () {
			requireBoard(this);
			for (const seed of [1, 2]) {
				const table = tableOfShape(shape, seed), samples = liveSamples(frames, shape.channels, seed + 10);
				const image = await buildUlp(table, "virt"), desktop = await traceOnDesktop(table, samples), { sizes } = image;
				expect(sizes.code + sizes.table + sizes.state + sizes.stack + sizes.free).to.equal(ULP_BYTES);
				expect(image.binary.length).to.be.at.most(sizes.code + sizes.table + sizes.state);
				const run = await runUlp(image, samples), whole = shape.kind === "sound" ? 32 : 1;
				expect(desktop.events.length, "events").to.be.greaterThan(2);
				expect(run.events).to.deep.equal(desktop.events);
				expect([run.ticks, run.digest]).to.deep.equal([desktop.ticks, desktop.digest]);
				expect([run.frames, run.woken, run.inVain]).to.deep.equal([frames - frames % whole, desktop.events.length, 0]);
				expect(run.stack, "stack").to.be.within(100, ULP_STACK);
				// Awake it prints a line, of some digits; else it sleeps: its instructions are all those.
				expect(run.awake / run.woken).to.be.within(500, 8000);
			}
		}).timeout(120000);
	it("gives the same when both processors run at once", async function () {
		requireBoard(this);
		const table = tableOfShape(SOUND, 3), samples = liveSamples(80000, 1, 4);
		const desktop = await traceOnDesktop(table, samples), run = await runUlp(await buildUlp(table, "virt"), samples, { counted: false });
		expect([run.ticks, run.digest]).to.deep.equal([desktop.ticks, desktop.digest]);
		// Emulated time is no measure: of events that come while it is awake, the main processor hears of the last.
		const heard = run.events.map((event) => JSON.stringify(event));
		expect(desktop.events.map((event) => JSON.stringify(event))).to.include.members(heard);
		expect([heard.length, new Set(heard).size]).to.deep.equal([run.woken, run.woken]);
	}).timeout(120000);
	it("counts the same instructions in each run, and more where there is more to hear", async function () {
		requireBoard(this);
		const table = tableOfShape(SOUND, 1), samples = liveSamples(32000, 1, 2);
		const first = await countGate(table, samples), silent = await countGate(table, new Int16Array(32000));
		expect(await countGate(table, samples)).to.deep.equal(first);
		expect(first.mean).to.be.within(1.2 * silent.mean, 400);
		expect(first.worst).to.be.within(first.mean, 400);
		expect(silent.events).to.equal(0);
	}).timeout(120000);
	it("learns where it is asked to, with the same results", async function () {
		requireBoard(this);
		const table = tableOfShape(HEART, 1), samples = liveSamples(2000, 1, 9);
		const run = await runUlp(await buildUlp(table, "virt", { learning: true }), samples);
		expect(run.digest).to.equal((await traceOnDesktop(table, samples)).digest);
	}).timeout(120000);
	it("names what does not fit, and what is no table", async function () {
		requireBoard(this);
		const table = tableOfShape(SOUND, 1), damaged = Uint8Array.from(table), wrong = Uint8Array.from(table);
		const tooLarge = await failure(buildUlp(table, "virt", { bytes: 6000 }));
		expect(tooLarge).to.be.instanceOf(BuildError);
		expect(tooLarge.message).to.match(/^the gate does not fit in the 6000 bytes of the low-power core: \d+ too many;/);
		damaged[200]! ^= 1;
		expect((await failure(buildUlp(damaged, "virt"))).message).to.match(/no table of a gate: fault 4 /);
		// An encoder of a band that the filterbank does not have.
		wrong[84 + 20 * 3 + 1] = 10;
		new DataView(wrong.buffer).setUint32(12, crc32(wrong, 16, wrong.length - 16, 0), true);
		expect((await failure(buildUlp(wrong, "virt"))).message).to.match(/no table of a gate: fault \d+ .*, encoder 3$/);
		expect((await failure(buildUlp(new Uint8Array(0), "virt"))).message).to.match(/no table/);
		expect((await failure(buildUlp(table, "esp32" as "virt"))).message).to.match(/no low-power target "esp32"/);
		const image = await buildUlp(table, "virt");
		expect((await failure(runUlp({ ...image, target: "esp32s3" }, new Int16Array(32)))).message).to.match(/runs images for "virt"/);
		expect((await failure(runUlp(image, new Int16Array(17 << 20)))).message).to.match(/too many/);
	}).timeout(120000);
	it("stops a core that leaves its memory", async function () {
		requireBoard(this);
		const image = await buildUlp(tableOfShape(HEART, 1), "virt");
		const code = (words: number[]): Buffer => Buffer.from(Uint32Array.from(words).buffer);
		// lui a0, page; lw or sw a0, 0(a0)
		const at = (page: number, instruction: number): Buffer => code([(page | 0x537) >>> 0, instruction]);
		for (const [page, instruction, cause] of [[0x80000000, 0x00052503, 5], [0x80102000, 0x00a52023, 7], [0x80104000, 0x00052503, 5], [0x82000000, 0x00a52023, 7], [0x10000000, 0x00052503, 5]] as const)
			expect((await failure(runUlp({ ...image, binary: at(page, instruction) }, new Int16Array(100)))).message)
				.to.equal(`the low-power core stopped: cause ${cause} at 0x80100004, address 0x${page.toString(16)}`);
	}).timeout(120000);
	it("is a command that prints how the memory is used", async function () {
		requireBoard(this);
		const table = join(folder, "table.rvsn"), output = join(folder, "ulp.bin"), samples = join(folder, "x.i16");
		writeFileSync(table, tableOfShape(HEART, 1));
		writeFileSync(samples, Buffer.from(liveSamples(2000, 1, 3).buffer));
		const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
			spawnSync(process.execPath, [join(packageRoot, "bin/tool.mjs"), "tools/snn/ulp/main.ts", ...args], { encoding: "utf8", env: { ...process.env, IDF_PATH: "" } });
		const made = run(table, "--target", "virt", "-o", output, "--run", samples);
		expect(made.status, made.stderr).to.equal(0);
		expect(made.stdout).to.match(/code +\d+\ntable +444\nstate +\d+\nstack +576\nfree +\d+\nall +8176\n\{"tick"/);
		expect(readFileSync(output)).to.deep.equal((await buildUlp(tableOfShape(HEART, 1), "virt")).binary);
		const refused = run(table, "-o", output);
		expect([refused.status, refused.stderr]).to.deep.equal([1, "an image for the esp32s3 needs ESP-IDF's ulp component: install ESP-IDF and set IDF_PATH (its export.sh does)\n"]);
		expect(run(samples, "--target", "virt").stderr).to.match(/no table of a gate/);
	}).timeout(120000);
});
