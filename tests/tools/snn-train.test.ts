/** Training of spiking gates: what is refused, tables, judging, tuning, and an easy task from beginning to end. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BuildError } from "../../tools/build/errors.ts";
import { packageRoot } from "../../tools/build/paths.ts";
import { Random } from "../../tools/snn/streams/random.ts";
import type { Stream } from "../../tools/snn/streams/stream.ts";
import { energyRatios, energyWakes, judgeBaseline, tuneBaseline } from "../../tools/train/snn/baseline.ts";
import { falsePerHour, judge, medianLatency, recall, together } from "../../tools/train/snn/judge.ts";
import { activityOf, wakesOf } from "../../tools/train/snn/output-stage.ts";
import { testTable, trainTask } from "../../tools/train/snn/pipeline.ts";
import { encodeCounts, runGate, runNetwork, sequenceFile, trainWeights } from "../../tools/train/snn/programs.ts";
import { type GateTable, type OutputSettings, readTable, type SensorEncoder, writeTable } from "../../tools/train/snn/table-file.ts";
import { TASKS } from "../../tools/train/snn/tasks/index.ts";
import type { Task } from "../../tools/train/snn/tasks/task.ts";
import { tuneThreshold } from "../../tools/train/snn/tune.ts";

const rate: SensorEncoder = { kind: "rate", channel: 0, target: 0, window: 0, slow: 6, smooth: 1, step: 16 * 200, smallest: 1, largest: 65535 };
const settings: OutputSettings = { threshold: -20, adaptive: true, k: 4, wait: 0, drop: 0, raise: 0, fade: 5, refractory: 12, settle: 10 };

/** Random weights, which wake now and then. */
function someTable(hidden = 7, recurrent = true, output: Partial<OutputSettings> = {}): GateTable {
	const random = new Random(5), int8 = (n: number): number[] => Array.from({ length: n }, () => random.below(61) - 20), encoders: SensorEncoder[] = [rate, { ...rate, kind: "delta", channel: 1, target: 2, step: 900 }, { ...rate, kind: "latency", window: 20 }];
	return {
		name: "some table", kind: "sensor", channels: 2, rate: 100, hop: 4, encoders,
		weights: { hidden, lines: 6, decayOut: 220, bias: -2, delays: [0, 2, 9], in: int8(3 * 6 * hidden), recurrent: recurrent ? int8(hidden * hidden) : [], decay: Array.from({ length: hidden }, (_, i) => 100 + 20 * i), out: int8(hidden).map((w) => 2 * w) },
		output: { ...settings, ...output },
	};
}

/** Two channels of noise, in which the first is loud for half a second now and then. */
function bursts(seed: number, seconds = 600): Stream {
	const random = new Random(seed), samples = Int16Array.from({ length: 200 * seconds }, () => 20 * random.gauss()), events: Stream["events"] = [];
	for (let start = 2000; start + 400 < 100 * seconds; start += 800 + random.below(800)) {
		events.push({ start, end: start + 50, label: "burst" });
		for (let i = start; i < start + 50; i++)
			samples[2 * i]! += 600 * Math.sin(i);
	}
	return { rate: 100, channels: 2, unit: "mg", samples, events, segments: [], snr: 20, seed };
}

describe("snn training: bad input", () => {
	const weights = someTable().weights;
	it("refuses tables that can't be written", () => {
		expect(() => writeTable({ ...someTable(), weights: { ...weights, in: [1, 2] } })).to.throw(BuildError, /7 neurons, 6 lines and 3 delays/);
		expect(() => writeTable(someTable(7, true, { threshold: 40000 }))).to.throw(BuildError, /some table doesn't fit/);
		expect(() => writeTable({ ...someTable(), name: "n".repeat(32) })).to.throw(BuildError, /longer than 31/);
	});
	it("refuses bytes that are no table, or a damaged one", () => {
		const bytes = writeTable(someTable());
		expect(() => readTable(Buffer.alloc(200))).to.throw(BuildError, /no table/);
		expect(() => readTable(bytes.subarray(0, 300))).to.throw(BuildError, /damaged/);
		bytes[100]! ^= 1;
		expect(() => readTable(bytes)).to.throw(BuildError, /damaged/);
	});
	it("passes on what the gate and the trainer refuse", async () => {
		const fails = async (promise: Promise<unknown>, complaint: RegExp): Promise<void> => {
			const error = await promise.then(() => undefined, (error: unknown) => error);
			expect(error).to.be.instanceOf(BuildError).with.property("message").that.matches(complaint);
		};
		await fails(encodeCounts({ ...someTable(), hop: 65 }, new Int16Array(10)), /refuses the table: encode: fault/);
		await fails(trainWeights(Buffer.from("RIFF"), {}), /holds no sequences/);
		await fails(trainWeights(sequenceFile([{ counts: new Uint8Array(60), labels: { rate: 1, length: 10, events: [] } }], 6, 1), {}), /shorter than a window/);
		await fails(trainWeights(Buffer.from("RIFF"), { neurons: 4 }), /"neurons=4" is no option/);
		await fails(trainWeights(Buffer.from("RIFF"), { hidden: 33 }), /hidden is 33, not 1 to 32/);
	}).timeout(60000);
	it("says which tasks there are", () => {
		const { status, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/tool.mjs"), "tools/train/snn/main.ts", "smells"], { encoding: "utf8" });
		expect(status).to.equal(1);
		expect(stderr).to.match(/sound, falls, heart/);
	});
});

describe("snn training: parts", () => {
	it("tables come back from their bytes, and the gate takes them", async () => {
		const weightsOfFive = someTable(5, false).weights;
		for (const table of [someTable(), someTable(8, false, { adaptive: false, threshold: 9, wait: 30, drop: 8, raise: 25, fade: 6 }), { ...someTable(5, false), weights: { ...weightsOfFive, lines: 10, in: new Array<number>(3 * 10 * 5).fill(-3) }, name: "sound", kind: "sound" as const, channels: 1, output: settings, rate: 8000, hop: 128, encoders: TASKS.sound.encoders }]) {
			const bytes = writeTable(table);
			expect(readTable(bytes)).to.deep.equal(table);
			expect(await encodeCounts(bytes, new Int16Array(table.hop * table.channels * 40))).to.have.length(40 * table.weights.lines);
		}
	}).timeout(60000);
	it("wakes in an event or shortly behind are hits, and count once", () => {
		const labels = { rate: 10, length: 36000, events: [{ start: 100, end: 120 }, { start: 200, end: 220 }, { start: 224, end: 230 }] };
		const all = judge(labels, [99, 100, 110, 125, 126, 226, 9000], 0.5);
		expect(all).to.deep.equal({ events: 3, hits: 2, falseWakes: 3, hours: 1, latencies: [0, 0.2] });
		expect([recall(all), falsePerHour(together([all, all])), medianLatency(all)]).to.deep.equal([2 / 3, 3, 0.2]);
		expect(recall(judge({ ...labels, events: [] }, [], 1))).to.equal(1);
		expect(medianLatency(judge(labels, [], 1))).to.be.NaN;
	});
	it("the output stage wakes when the gate does", async () => {
		const { samples } = bursts(3, 900);
		for (const [recurrent, output] of [[true, {}], [true, { adaptive: false, threshold: 25 }], [true, { wait: 20, drop: 8 }], [false, { raise: 2, fade: 3, k: 2 }], [true, { wait: 4, drop: 12, raise: 1, fade: 2, threshold: -40 }]] as const) {
			const table = someTable(9, recurrent, output), counts = await encodeCounts(table, samples), run = await runGate(table, samples);
			expect(await runNetwork(table, counts)).to.deep.equal(run.u);
			expect(wakesOf({ u: run.u, activity: activityOf(counts, 6) }, table.output), JSON.stringify(output)).to.deep.equal(run.wakes);
			expect(run.wakes.length).to.be.above(3);
		}
	}).timeout(60000);
	it("tuning finds the threshold between events and the rest", () => {
		const u = new Int32Array(4000), events = [1000, 2000, 3000].map((start) => ({ start, end: start + 10 }));
		events.forEach(({ start }) => u[start + 3] = 500);
		u[1500] = u[2500] = 200;
		const heard = [{ u, activity: new Int32Array(4000), labels: { rate: 1, length: 4000, events }, group: "a" }], fixed = { ...settings, adaptive: false, k: 0, refractory: 5, settle: 10 };
		const { output, recall: found, falseWakes } = tuneThreshold(heard, 1, 1, fixed, 0);
		expect([found, falseWakes]).to.deep.equal([1, 0]);
		expect(output.threshold).to.be.within(340, 360);
	});
	it("an energy threshold is tuned alike, and filters what lies outside its band", () => {
		const stream = bursts(4, 300), { baseline, groups } = tuneBaseline([{ group: "a", stream }], 0.5, 1, 0);
		expect(recall(groups.get("a")!)).to.equal(1);
		expect(judgeBaseline(baseline, bursts(5, 300), 0.5)).to.include({ falseWakes: 0 });
		const tone = (hz: number): Stream => ({ ...stream, rate: 8000, channels: 1, samples: Int16Array.from({ length: 24000 }, (_, i) => (i < 16000 ? 10 : 3000) * Math.sin(2 * Math.PI * hz * i / 8000)), events: [] });
		const wakes = (hz: number, band?: readonly [number, number]): number => energyWakes(energyRatios(tone(hz), { window: 0.1, mean: 1, rise: 8, fall: 0.3, least: 1, band }), 8000, 20, 1).length;
		expect([wakes(50), wakes(1000), wakes(20, [200, 3500]), wakes(1000, [200, 3500])]).to.deep.equal([1, 1, 0, 1]);
	});
});

describe("snn training: an easy task", () => {
	const task: Task = {
		name: "bursts", kind: "sensor", channels: 2, rate: 100, hop: 8, encoders: [rate, { ...rate, channel: 1 }], delays: [0, 3],
		tail: 1, refractory: 1, settle: 2, falseWakes: 0, grid: { k: [undefined, 8], wait: [[0, 0]], raise: [[0, 5]] },
		trainer: { hidden: 4, first: 4, window: 200, batch: 32, iterations: 200, quiet: 5 },
		training: ({ seed }) => [{ group: "loud", build: () => bursts(seed) }, { group: "loud", only: "output", build: () => bursts(seed + 1) }],
		tests: ({ seed }) => [{ group: "loud", build: () => bursts(seed + 2) }],
	};
	it("is learned, and the same seed learns the same", async () => {
		const lines: string[] = [], { table } = await trainTask(task, { seed: 3, say: (line) => lines.push(line) });
		const { all, neurons } = await testTable(table, task.tail, task.tests({ seed: 3 }));
		expect([recall(all), all.falseWakes]).to.deep.equal([1, 0]);
		expect(neurons).to.be.within(0.001, 4);
		expect(lines.join("\n")).to.match(/stream 2 of 2: loud/).and.match(/200 of 200: loss/);
		expect(writeTable((await trainTask(task, { seed: 3 })).table).equals(writeTable(table))).to.equal(true);
	}).timeout(60000);
});
