import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { type SNNEvent, SNNEventDetector, SnnTable } from "ruvllm-esp32/snn";
import { rounds } from "../support/arguments";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";
import { burst, sealed, smallTable } from "../support/small-gate";

const detectorOf = (options: object = {}, more: object = {}): SNNEventDetector => new SNNEventDetector({ table: SnnTable.copy(smallTable(options)), ...more });
const eventsOf = (detector: SNNEventDetector, samples: Int16Array): SNNEvent[] => {
	const found: SNNEvent[] = [];
	detector.processAll(samples, (event) => { found.push(event); });
	return found;
};

describe("snn/event-detector", () => {
	it("refuses options and samples that it can't take", () => {
		const table = SnnTable.copy(smallTable());
		for (const options of [{}, { table: smallTable() }, { table, conservative: 1 }, { table, leastCut: 0 }, { table, leastCut: 1.5 }, { table, leastStrength: -1 }, { table, leastStrength: 0.5 }, { table, check: true }])
			expect(codeOf(() => new SNNEventDetector(options as never))).to.equal("SNN_OPTION");
		const detector = detectorOf({ kind: "sensor", channels: 3 });
		for (const samples of [undefined, [1, 2, 3], new Int16Array(4), new Uint8Array(6), new Int32Array(3)])
			expect(codeOf(() => detector.process(samples as never))).to.equal("SNN_SAMPLES");
		expect(detector.process(new Int16Array(0))).to.equal(undefined);
	});
	it("sleeps through silence, steady noise and stuck or saturated samples, and wakes for a burst", () => {
		const draw = seeded("burst", 20261126), detector = detectorOf();
		expect(detector.process(new Int16Array(8000))).to.equal(undefined);
		detector.reset();
		expect(detector.process(new Int16Array(8000).fill(-32768))).to.equal(undefined);
		detector.reset();
		const found = eventsOf(detector, burst((n) => draw.below(n), 16000, 12000, 1600));
		expect(found.length).to.be.within(1, 3);
		const { at, seconds, confidence, strength, channels, spikes } = found[0]!;
		expect(at).to.be.within(12001, 13600);
		expect(at % 64).to.equal(0);
		expect(seconds).to.equal(at / 8000);
		expect(confidence).to.be.within(0, 255);
		expect(strength).to.be.above(-1);
		expect(channels).to.be.within(1, 1023);
		expect(spikes).to.be.above(0);
		expect(detector.raster.length).to.equal(10);
		expect(detector.samples).to.equal(16000);
	});
	it("waits for the end where its table says so: a step of the background has none", () => {
		const draw = seeded("step", 11), noise = (long: number): Int16Array => burst((n) => draw.below(n), 36000, 16000, long, 100, 10);
		const options = { slow: true, settle: 250, refractory: 60, threshold: 320 }, waiting = { ...options, wait: 75, drop: 6 };
		const step = noise(20000), short = noise(3200);
		expect(eventsOf(detectorOf(options), step).length).to.be.above(0);
		expect(eventsOf(detectorOf(waiting), step)).to.deep.equal([]);
		expect(eventsOf(detectorOf(options), short)[0]!.at).to.be.within(16001, 17600);
		const found = eventsOf(detectorOf(waiting), short);
		expect(found.length).to.equal(1);
		/* After the burst of 0.4 s; its highest output counts. */
		expect(found[0]!.at).to.be.within(19201, 20000);
		expect(found[0]!.strength).to.be.above(0);
		expect(found[0]!.confidence).to.equal(Math.floor(255 * found[0]!.strength / (found[0]!.strength + 256)));
		/* A crossing that waits is saved, too. */
		const whole = detectorOf(waiting), other = detectorOf(waiting);
		expect(whole.process(short.subarray(0, 18000))).to.equal(undefined);
		other.load(whole.save());
		expect(eventsOf(other, short.subarray(18000))).to.deep.equal(found);
	});
	it("takes a bias, and thresholds below 0 where they adapt", () => {
		const draw = seeded("below", 12), samples = burst((n) => draw.below(n), 16000, 12000, 1600), plain = detectorOf(), low = detectorOf({ flags: 1, threshold: -80, bias: -20, k: 8 });
		low.process(samples.subarray(0, 11000));
		plain.process(samples.subarray(0, 11000));
		expect(low.threshold).to.be.below(0);
		expect(low.output).to.be.below(low.threshold);
		expect(low.output).to.be.below(plain.output);
		expect(low.process(samples.subarray(11000))).to.not.equal(undefined);
		expect(low.missed()).to.equal(true);
	});
	it("raises its threshold with each wake, which fades", () => {
		const draw = seeded("raise", 13), detector = detectorOf({ raise: 200, fade: 1, refractory: 60 }), samples = burst((n) => draw.below(n), 16000, 12000, 400), { threshold } = detector;
		let raised = 0;
		detector.processAll(samples.subarray(0, 12800), () => { raised = detector.threshold; });
		expect(raised).to.equal(threshold + 800);
		/* 64 ticks of 64 samples take half of it away. */
		const quiet = new Int16Array(4096);
		expect([0, 1, 2, 12].map((blocks) => {
			for (let i = 0; i < blocks; i++)
				detector.process(quiet);
			return detector.threshold;
		})).to.deep.equal([threshold + 400, threshold + 200, threshold + 50, threshold + 1]);
	});
	it("senses a step of a slow sensor, and which channel it was", () => {
		const detector = detectorOf({ kind: "sensor", channels: 2, threshold: 20 }), samples = new Int16Array(2 * 400);
		for (let i = 0; i < 400; i++) {
			samples[2 * i] = 1000;
			samples[2 * i + 1] = -500 + (i >= 300 ? 3000 : 0);
		}
		const found = eventsOf(detector, samples);
		expect(found.length).to.equal(1);
		expect(found[0]!.channels).to.equal(2);
		expect(found[0]!.at).to.be.within(301, 320);
	});
	it("gives the same in pieces of any size, and by process as by processAll", () => {
		const draw = seeded("pieces", 4), samples = burst((n) => draw.below(n), 20000, 9000, 1500), whole = eventsOf(detectorOf(), samples), pieces: SNNEvent[] = [], detector = detectorOf();
		for (let at = 0; at < samples.length;) {
			const next = Math.min(samples.length, at + 1 + draw.below(900)), event = detector.process(samples.subarray(at, next));
			if (event)
				pieces.push(event);
			at = next;
		}
		expect(whole.length).to.be.above(0);
		expect(pieces).to.deep.equal(whole);
		expect(detectorOf().process(samples)).to.deep.equal(whole.at(-1));
	});
	it("goes on from a saved state as if nothing had been", () => {
		const draw = seeded("saves", 5), samples = burst((n) => draw.below(n), 16000, 11000, 1500), whole = detectorOf({ flags: 1, threshold: 20 }, { adapt: true });
		eventsOf(whole, samples.subarray(0, 10037));
		const saved = whole.save(), other = detectorOf({ flags: 1, threshold: 20 }, { adapt: true });
		other.load(saved);
		const first = eventsOf(whole, samples.subarray(10037));
		expect(first.length).to.be.above(0);
		expect(eventsOf(other, samples.subarray(10037))).to.deep.equal(first);
		expect(other.save().join()).to.equal(whole.save().join());
	});
	it("refuses damaged saves without a change", () => {
		const draw = seeded("damage", 6), detector = detectorOf();
		detector.process(burst((n) => draw.below(n), 4000, 3000, 500));
		const saved = detector.save();
		for (let i = 0; i < rounds(5000); i++) {
			const bytes = saved.slice(0, draw.below(8) ? saved.length : draw.below(saved.length));
			if (bytes.length)
				bytes[draw.below(bytes.length)]! ^= 1 << draw.below(8);
			expect(codeOf(() => detector.load(bytes)), `${i}`).to.equal("SNN_STATE");
		}
		for (const bad of [undefined, "text", new Uint8Array(0)])
			expect(codeOf(() => detector.load(bad as never))).to.equal("SNN_STATE");
		expect(codeOf(() => detectorOf({ hidden: 5 }).load(saved))).to.equal("SNN_STATE");
		expect(detector.save().join()).to.equal(saved.join());
	}).timeout(60000);
	it("counts on when 2^32 samples and ticks have passed", () => {
		const draw = seeded("wrap", 7), samples = burst((n) => draw.below(n), 16000, 12000, 1600), plain = eventsOf(detectorOf(), samples), detector = detectorOf();
		const saved = detector.save(), view = new DataView(saved.buffer), early = 6400;
		view.setUint32(16, 2 ** 32 - 100, true);
		view.setUint32(20, 2 ** 32 - early, true);
		detector.load(resealed(saved));
		const found = eventsOf(detector, samples);
		expect(found).to.deep.equal(plain.map((event) => ({ ...event, at: event.at + 2 ** 32 - early, seconds: (event.at + 2 ** 32 - early) / 8000 })));
		expect(detector.samples).to.equal(2 ** 32 - early + 16000);
	});
	it("learns from feedback, once for an event, and forgets", () => {
		const draw = seeded("feedback", 8), detector = detectorOf({ refractory: 4 });
		expect([detector.feedback(true), detector.feedback(false), detector.missed()]).to.deep.equal([false, false, false]);
		const { threshold } = detector, noise = (long: number): Int16Array => burst((n) => draw.below(n), 8000, 4000, long);
		let woke = 0;
		for (let i = 0; i < 8; i++)
			if (detector.process(noise(500))) {
				woke++;
				expect([detector.feedback(false), detector.feedback(true)]).to.deep.equal([true, false]);
			}
		expect(woke).to.be.above(0);
		expect(detector.threshold).to.be.above(threshold);
		expect(detector.threshold).to.equal(threshold + Math.min(128, 16 * woke));
		detector.forget();
		expect(detector.threshold).to.equal(threshold);
	});
	it("lowers its threshold for what it missed", () => {
		const draw = seeded("missed", 9), detector = detectorOf({ threshold: 30000 }), { threshold } = detector;
		expect(detector.process(burst((n) => draw.below(n), 8000, 5000, 1500))).to.equal(undefined);
		expect(detector.missed()).to.equal(true);
		expect(detector.threshold).to.be.below(threshold);
		expect(detector.missed()).to.equal(false);
	});
	it("drops what its checks refuse", () => {
		const draw = seeded("checks", 10), samples = burst((n) => draw.below(n), 16000, 12000, 1600), seen: number[] = [];
		const some = detectorOf({}, { check: (event: SNNEvent, raster: Uint32Array) => { seen.push(event.at, raster.length); return false; } });
		expect(eventsOf(some, samples)).to.deep.equal([]);
		expect(some.dropped).to.equal(seen.length / 2);
		expect(seen[1]).to.equal(10);
		/* All bands at once: coherent. One band alone: not. */
		const careful = detectorOf({}, { conservative: true, leastCut: 1 }), single = detectorOf({ encoders: 1, threshold: 5, hidden: 1 }, { conservative: true });
		expect(eventsOf(careful, samples).length + careful.dropped).to.be.above(0);
		expect(eventsOf(single, samples)).to.deep.equal([]);
		expect(careful.bytes).to.be.above(detectorOf().bytes);
	});
	it("takes under 2 KB, and allocates nothing while nothing happens", () => {
		const detector = detectorOf(), samples = new Int16Array(256);
		expect(detector.bytes).to.be.below(2048);
		detector.process(samples);
		const grown = (): number => {
			const before = memoryUse().chunksUsed;
			for (let i = 0; i < 300; i++)
				detector.process(samples);
			return memoryUse().chunksUsed - before;
		}, first = grown();
		/* What the measure itself takes is the same each time, however many samples there are. */
		expect(first).to.be.below(200);
		const { collections } = memoryUse();
		for (let i = 0; i < rounds(5000); i++)
			detector.process(samples);
		expect(memoryUse().collections).to.equal(collections);
	});
});

/** A saved state's own checksum, after its bytes were changed. */
function resealed(saved: Uint8Array): Uint8Array {
	new DataView(saved.buffer).setUint32(12, crc32(saved as never, 16, saved.length - 16, 0), true);
	return saved;
}
