import { expect } from "chai";
import { SNNEventDetector, SnnTable } from "ruvllm-esp32/snn";
import { differences, eventsOf, lostByRestart, lostByWrap, wakesIn } from "../../benches/snn/endurance/cases";
import { hiss, square, stuck } from "../../benches/snn/endurance/signals";
import { rounds } from "../support/arguments";
import { seeded } from "../support/random";
import { burst, type SmallGate, smallTable } from "../support/small-gate";

const table = (options: SmallGate = {}): SnnTable => SnnTable.copy(smallTable(options));
const HOUR = 3600, RATE = 8000;

describe("snn/endurance", () => {
	it("does not wake in an hour of silence, hiss or saturation", () => {
		const sound = table({ flags: 1, threshold: 60 }), seconds = rounds(HOUR);
		/* Made one after the other: small boards have no room for all. */
		const signals: Record<string, () => Int16Array> = { silence: () => new Int16Array(RATE), hiss: () => hiss(RATE, 20), clipped: () => hiss(RATE, 60000), square: () => square(RATE, 32), stuck: () => stuck(RATE, [32767]) };
		for (const [name, make] of Object.entries(signals))
			expect(wakesIn(sound, make(), seconds), name).to.equal(0);
	}).timeout(600000);
	it("does not wake in a day of a sensor that hangs", () => {
		const sensor = table({ kind: "sensor", channels: 3, flags: 1 });
		for (const value of [0, 32767, -32768])
			expect(wakesIn(sensor, stuck(200, [value, -1, value]), rounds(24 * HOUR)), String(value)).to.equal(0);
	}).timeout(600000);
	it("loses nothing by a restart in any place, nor where counters pass 2^32", () => {
		const draw = seeded("restarts", 9), samples = new Int16Array(3 * 6000);
		for (let i = 0; i < 3; i++)
			samples.set(burst((n) => draw.below(n), 6000, 3500, 1200), 6000 * i);
		for (const options of [{}, { flags: 1, threshold: 20 }]) {
			const gate = table(options);
			expect(eventsOf(new SNNEventDetector({ table: gate }), samples).length).to.be.above(1);
			for (let i = 0; i < rounds(20) + 2; i++)
				expect(lostByRestart(gate, samples, 1 + draw.below(samples.length - 1))).to.equal(0);
			for (const ticks of [32, 64, 256])
				expect(lostByWrap(gate, samples, ticks), `${ticks}`).to.equal(0);
		}
	}).timeout(600000);
	it("tells when something was lost", () => {
		const event = { at: 64, seconds: 0.008, confidence: 3, strength: 1, channels: 1, spikes: 2 };
		expect(differences([event], [event])).to.equal(0);
		expect(differences([event], [{ ...event, at: 128 }], 64)).to.equal(0);
		expect([differences([event], []), differences([], [event]), differences([event], [{ ...event, spikes: 3 }])]).to.deep.equal([1, 1, 2]);
	});
});
