/** ruvllm-esp32 gate: what is refused, kinds of recordings, what it prints and draws, and how it judges. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { headOf } from "../../tools/snn/gate/tables.ts";
import { readLabels } from "../../tools/snn/gate/labels.ts";
import { readRecording } from "../../tools/snn/gate/recording.ts";
import { simulatedRecording } from "../../tools/snn/gate/simulated.ts";
import { writeWav } from "../../tools/snn/streams/wav.ts";
import { motionTable, soundTable } from "./support/gate-tables.ts";

const folder = mkdtempSync(join(tmpdir(), "gate-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
};
const gate = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
	spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "gate", ...args], { encoding: "utf8" });

const sound = file("sound.rvsn", soundTable()), motion = file("motion.rvsn", motionTable());
/** Quiet noise, and a loud second at 5 s. */
const burst = Int16Array.from({ length: 64000 }, (_, i) => Math.round(Math.sin(i * i) * (i >= 40000 && i < 48000 ? 8000 : 60)));
const wav = file("burst.wav", writeWav(burst, 8000, 1));
interface Result { table: string; seconds: number; events: { seconds: number; confidence: number; bands?: number[]; channels?: number[] }[]; energy: { tier: string; watts: number }; judged?: { recall: number; falseWakes: number } }

describe("gate: bad input", () => {
	it("refuses tables, files and options by a sentence", () => {
		const damaged = file("damaged.rvsn", soundTable().fill(9, 100, 110));
		for (const [args, message] of [
			[["--table", "birds", wav], /there is no gate "birds"/], [["--table", wav, wav], /no table of a spiking gate/], [["--table", damaged, wav], /checksum/], [["--table", sound, "absent.wav"], /there is no file absent\.wav/],
			[["--table", sound, sound], /is no \.wav, \.csv or \.i16/], [["--table", motion, wav], /hears 3 channels: give a CSV/], [["--table", motion], /what is simulated is sound/], [["--table", sound, "--least-cut", "40", wav], /is for --conservative/],
			[["--table", sound, "--conservative", "--least-cut", "900", wav], /1 to 240/], [["--table", sound, "--tail", "-1", wav], /below 0/], [["--table", sound, "--labels", "absent.json", wav], /there is no file absent\.json/], [["--table", sound, "--rate", "100", wav], /says its rate itself/],
		] as const) {
			const { status, stderr } = gate(...args);
			expect(status, args.join(" ")).to.be.above(0);
			expect(stderr).to.match(message);
		}
		expect(gate("--rate", "fast", wav).status).to.equal(2);
	}).timeout(60000);
	it("refuses tables of numbers that are none, and labels", () => {
		const head = headOf(motionTable()), read = (text: string, options = {}) => () => readRecording(file("bad.csv", text), head, options);
		expect(read("")).to.throw(/0 columns/);
		expect(read("1,2\n3,4\n")).to.throw(/2 columns; choose with --columns/);
		expect(read("x,y,z\n1,2,3\n1,,3\n")).to.throw(/row 3: "" is no number/);
		expect(read("x,y,z\n1,2,3\n", { columns: ["x", "y", "w"] })).to.throw(/no column "w"; it has x, y, z/);
		expect(read("1,2,3\n", { rate: 0 })).to.throw(/rate of 0/);
		expect(() => readRecording(file("odd.i16", new Uint8Array(7)), head)).to.throw(/not whole/);
		for (const text of ["{", "{}", "[{\"start\":2,\"end\":1}]", "[{\"start\":2,\"end\":5},{\"start\":4,\"end\":6}]", "[7]"])
			expect(() => readLabels(file("bad.json", text), 8000), text).to.throw(/no JSON|labels are|in order/);
	});
});

describe("gate", () => {
	it("prints wakes as text and as JSON, and judges them", () => {
		const labels = file("labels.json", JSON.stringify([{ start: 5, end: 6 }])), { status, stdout } = gate("--table", sound, "--labels", labels, "--json", wav), result = JSON.parse(stdout) as Result;
		expect(status).to.equal(0);
		expect([result.table, result.seconds, result.energy.tier]).to.deep.equal(["test sound", 8, "projected"]);
		expect(result.events.filter(({ seconds }) => seconds > 5 && seconds < 6.2).length).to.be.above(0);
		expect(result.judged!.recall).to.equal(1);
		expect(gate("--table", sound, wav).stdout).to.match(/test sound: sound[^]*confidence +\d+ +bands[^]*wakes? in 8\.0 s; listening costs .*W at most \(esp32s3, projected\)/);
	}).timeout(60000);
	it("hears the same at another rate, and sensors in columns", () => {
		const twice = file("twice.wav", writeWav(Int16Array.from({ length: 128000 }, (_, i) => burst[i >> 1]!), 16000, 1)), head = headOf(soundTable());
		expect(readRecording(twice, head).length).to.equal(64000);
		const rows = Array.from({ length: 600 }, (_, i) => `${i},${i < 400 ? 0 : Math.min(20000, 200 * (i - 400))},${i % 7},${1000}`).join("\n"), csv = file("motion.csv", `t,x,y,z\n${rows}\n`);
		const samples = readRecording(csv, headOf(motionTable()), { columns: ["x", "3", "z"] });
		expect([samples.length, ...samples.slice(0, 3)]).to.deep.equal([1800, 0, 0, 1000]);
		expect(readRecording(csv, headOf(motionTable()), { columns: ["x", "y", "z"], rate: 50 }).length).to.equal(3600);
		const { stdout } = gate("--table", motion, "--columns", "x,y,z", "--json", csv), { events } = JSON.parse(stdout) as Result;
		expect(events.some(({ seconds, channels }) => seconds >= 4 && seconds < 5 && channels!.includes(0))).to.equal(true);
	}).timeout(60000);
	it("draws what it heard, the same each time", () => {
		const svg = join(folder, "a.svg"), again = join(folder, "b.svg");
		copyFileSync(wav, join(folder, "<odd> & name.wav"));
		expect([gate("--table", sound, "--svg", svg, join(folder, "<odd> & name.wav")).status, gate("--table", sound, "--svg", again, join(folder, "<odd> & name.wav")).status]).to.deep.equal([0, 0]);
		const text = readFileSync(svg, "utf8");
		expect(text).to.equal(readFileSync(again, "utf8"));
		expect(text).to.match(/^<svg [^]*prefers-color-scheme:dark[^]*&lt;odd&gt; &amp; name\.wav[^]*class="wake"[^]*<\/svg>\n$/).and.not.match(/NaN|Infinity|undefined/);
	}).timeout(60000);
	it("simulates a room when there is no recording, with labels", () => {
		const { samples, events } = simulatedRecording(8000), { judged, seconds } = JSON.parse(gate("--table", sound, "--json").stdout) as Result;
		expect([samples.length / 8000, seconds]).to.deep.equal([200, 200]);
		expect(events.every(({ start, end }) => end > start + 2000 && end < start + 9000)).to.equal(true);
		expect(judged!.recall).to.be.within(0, 1);
	}).timeout(60000);
});
