import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { AnomalyDetector, MISSING } from "ruvllm-esp32/ruvector";
import { AnomalyStep, stateBytes } from "ruvllm-esp32/platform/anomaly";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { type Random, seeded } from "../support/random";

const codeOf = (action: () => unknown): string => {
	try {
		action();
	}
	catch (error) {
		if (error instanceof RuvllmError)
			return error.code;
		throw error;
	}
	return "none";
};

/** Noise around 1000 that is nearly normal: a sum of four uniform numbers, deviation about 23. */
const noise = (draw: Random): number => 1000 + draw.below(41) + draw.below(41) + draw.below(41) + draw.below(41) - 80;

/** A detector that has learned noise of two channels. */
function learned(draw: Random, samples = 600): AnomalyDetector {
	const detector = new AnomalyDetector({ channels: 2 });
	for (let i = 0; i < samples; i++)
		detector.learn([noise(draw), noise(draw)]);
	return detector;
}

/** Feeds up to `most` samples; the first alarm of that kind, or undefined. */
function firstOf(detector: AnomalyDetector, kind: string, most: number, next: (i: number) => number[]): { channel: number } | undefined {
	for (let i = 0; i < most; i++) {
		const found = detector.detect(next(i));
		if (found.anomalous && found.kind === kind)
			return { channel: found.channel };
	}
	return undefined;
}

describe("ruvector/anomaly", () => {
	it("refuses options and samples that it can't take", () => {
		for (const options of [{ channels: 0 }, { channels: 17 }, { channels: 1.5 }, { channels: 1, patterns: 1 }, { channels: 1, patterns: 2000 }, { channels: 4, taps: 9 },
			{ channels: 1, taps: 0 }, { channels: 1, taps: 32, stride: 33 }, { channels: "2" as never }])
			expect(codeOf(() => new AnomalyDetector(options))).to.equal("ANOMALY_OPTION");
		const detector = new AnomalyDetector({ channels: 2 });
		for (const sample of [[1], [1, 2, 3], [1, 0.5], [1, NaN], [1, 2 ** 31], ["1", 2] as never, undefined as never, null as never])
			expect(codeOf(() => detector.detect(sample))).to.equal("ANOMALY_SAMPLE");
		for (const [label, samples] of [["", [[1, 2]]], ["x", []], [5 as never, [[1, 2]]]] as [string, number[][]][])
			expect(codeOf(() => detector.learnClass(label, ...samples))).to.equal("ANOMALY_CLASS");
	});
	it("the native step checks its memory, its sizes and its state", () => {
		const bytes = stateBytes(1, 4, 1, 8), memory = new Memory(bytes + 6);
		expect(stateBytes(17, 1, 1, 8)).to.equal(0);
		expect(stateBytes(-1, 1 << 30, 4, 8)).to.equal(0);
		expect(() => new AnomalyStep(new Memory(bytes + 5), 1, 4, 1, 8)).to.throw(RangeError);
		expect(() => new AnomalyStep(memory, 1, 99, 1, 8)).to.throw(RangeError);
		expect(() => new AnomalyStep(new ArrayBuffer(bytes + 6) as never, 1, 4, 1, 8)).to.throw(TypeError);
		const step = new AnomalyStep(memory, 1, 4, 1, 8);
		expect(() => step.run(0)).to.throw(RangeError);
		step.reset();
		const state = new Uint8Array(memory as unknown as ArrayBuffer), draw = seeded("states that scripts write", 20261124);
		for (let i = 0; i < rounds(2000); i++) {
			state[draw.below(draw.below(2) ? 160 : state.length)] = draw.below(256);
			try {
				step.run(draw.below(2));
				step.signature();
			}
			catch (error) {
				expect(error).to.be.instanceOf(RangeError);
				step.reset();
			}
		}
	});
	it("keeps to few false alarms on stationary noise", () => {
		const draw = seeded("noise", 20261125), detector = learned(draw), count = rounds(10000);
		let alarms = 0;
		for (let i = 0; i < count; i++)
			alarms += detector.detect([noise(draw), noise(draw)]).anomalous ? 1 : 0;
		expect(alarms).to.be.below(11);
	}).timeout(60000);
	it("names a spike, with its channel and how far it is", () => {
		const draw = seeded("spike", 3), detector = learned(draw), found = detector.detect([noise(draw), 3000]);
		expect([found.anomalous, found.kind, found.channel]).to.deep.equal([true, "spike", 1]);
		expect(found.deviation).to.be.within(1970, 2030);
		expect(found.expected).to.be.within(970, 1030);
		expect(found.score).to.be.above(found.threshold - 1);
	});
	it("names a level shift", () => {
		const draw = seeded("level shift", 4), found = firstOf(learned(draw), "levelShift", 40, () => [noise(draw) - 300, noise(draw)]);
		expect(found?.channel).to.equal(0);
	});
	it("names a drift", () => {
		const draw = seeded("drift", 5), found = firstOf(learned(draw), "drift", 600, (i) => [noise(draw), noise(draw) + (i >> 2)]);
		expect(found?.channel).to.equal(1);
	});
	it("names a sensor that is frozen", () => {
		const draw = seeded("frozen", 6), found = firstOf(learned(draw), "frozen", 64, () => [noise(draw), 1003]);
		expect(found?.channel).to.equal(1);
	});
	it("names a collective anomaly: values that are normal, in an order that is not", () => {
		const detector = new AnomalyDetector({ channels: 1, taps: 8 }), wave = (i: number): number => [0, 70, 100, 70, 0, -70, -100, -70][i & 7]! * 10;
		for (let i = 0; i < 1000; i++)
			detector.learn([wave(i)]);
		let before = 0;
		for (let i = 0; i < 200; i++)
			before += detector.detect([wave(i)]).anomalous ? 1 : 0;
		expect(before).to.equal(0);
		expect(firstOf(detector, "collective", 8, (i) => [wave(2 - i)])).to.not.equal(undefined);
	});
	it("names the class that an anomaly is nearest to", () => {
		const draw = seeded("classes", 8), detector = learned(draw);
		const hot = (): number[] => [noise(draw) + 500, noise(draw)], worn = (): number[] => [noise(draw), 1000 + (draw.below(2) ? 400 : -400)];
		detector.learnClass("overheating", ...Array.from({ length: 20 }, hot));
		detector.learnClass("bearing wear", ...Array.from({ length: 20 }, worn));
		const saved = detector.save();
		const most = (next: () => number[]): string => {
			const labels: Record<string, number> = {};
			detector.load(saved);
			for (let i = 0; i < 30; i++) {
				const { label } = detector.detect(next());
				if (label)
					labels[label] = (labels[label] ?? 0) + 1;
			}
			return Object.keys(labels).sort((a, b) => labels[b]! - labels[a]!)[0] ?? "";
		};
		expect(most(hot)).to.equal("overheating");
		expect(most(worn)).to.equal("bearing wear");
	});
	it("bears constants, saturated values and missing ones", () => {
		const detector = new AnomalyDetector({ channels: 2 });
		for (let i = 0; i < 300; i++)
			expect(detector.learn([5, MISSING]).anomalous).to.equal(false);
		for (let i = 0; i < 300; i++)
			expect(detector.detect([5, MISSING]).anomalous).to.equal(false);
		expect(detector.detect([2147483647, MISSING]).channel).to.equal(0);
		const draw = seeded("extremes", 9), extremes = [2147483647, -2147483647, MISSING, 0, 1, -1];
		for (let i = 0; i < rounds(3000); i++) {
			const found = detector.detect([draw.pick(extremes), draw.pick(extremes)]);
			expect(found.score).to.be.within(0, 65535);
			expect(found.threshold).to.be.within(0, 65535);
		}
	});
	it("does the same again from the same, and after save and load", () => {
		const run = (detector: AnomalyDetector, draw: Random): string => {
			let text = "";
			for (let i = 0; i < 200; i++)
				text += `${detector.detect([noise(draw), noise(draw) + (i === 90 ? 500 : 0)]).score},`;
			return text;
		};
		const one = learned(seeded("again", 10)), two = learned(seeded("again", 10)), saved = one.save(), three = new AnomalyDetector({ channels: 2 });
		three.load(saved);
		const first = run(one, seeded("again", 11));
		expect(run(two, seeded("again", 11))).to.equal(first);
		expect(run(three, seeded("again", 11))).to.equal(first);
		expect(three.save().join()).to.equal(one.save().join());
	});
	it("refuses damaged saves without a change", () => {
		const draw = seeded("damage", 12), detector = learned(draw, 100), saved = detector.save();
		for (let i = 0; i < rounds(10000); i++) {
			const bytes = saved.slice(0, draw.below(8) ? saved.length : draw.below(saved.length));
			if (bytes.length)
				bytes[draw.below(bytes.length)]! ^= 1 << draw.below(8);
			expect(codeOf(() => detector.load(bytes)), `${i}`).to.equal("ANOMALY_FILE");
		}
		expect(codeOf(() => detector.load("text" as never))).to.equal("ANOMALY_FILE");
		expect(codeOf(() => new AnomalyDetector({ channels: 1 }).load(saved))).to.equal("ANOMALY_FILE");
		expect(detector.save().join()).to.equal(saved.join());
	}).timeout(60000);
	it("takes about 4 KB for 128 patterns, and allocates nothing while it runs", () => {
		const detector = new AnomalyDetector({ channels: 8 }), sample = new Int32Array(8);
		expect(detector.bytes).to.be.below(4400);
		detector.detect(sample);
		const { collections } = memoryUse();
		for (let i = 0; i < 2000; i++) {
			sample[i & 7] = i;
			detector.detect(sample);
		}
		expect(memoryUse().collections).to.equal(collections);
	});
});
