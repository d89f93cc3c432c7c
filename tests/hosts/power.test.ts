/** What src/platform/power.d.ts promises of sleeping, on the host that runs this; deep sleep: tests/tools/power.test.ts. */
import { expect } from "chai";
import { after, microseconds } from "ruvllm-esp32/platform/clock";
import {
	clockHertz, deepSleep, gateBytes, gateMemory, lightSleep, loadGate, retain, retained, retainedBytes, startGate, stopGate, wakeCause,
} from "ruvllm-esp32/platform/power";
import { codeOf } from "../support/code-of";

describe("hosts/power", () => {
	describe("sleep", () => {
		it("refuses what wakes nobody, and sources that are none, before it sleeps", () => {
			for (const sleep of [lightSleep, deepSleep]) {
				for (const bad of [undefined, null, 5, "1000"])
					expect(codeOf(() => sleep(bad as never)), String(bad)).to.equal("TypeError");
				for (const none of [{}, { gate: false }, { level: 1 as const }])
					expect(codeOf(() => sleep(none))).to.equal("POWER_NO_WAKE");
				for (const time of [0, -1, 0.5, NaN, Infinity, 31536000000001])
					expect(codeOf(() => sleep({ microseconds: time })), String(time)).to.equal("RangeError");
				for (const pin of [-1, 64, 1.5])
					expect(codeOf(() => sleep({ pin })), String(pin)).to.equal("RangeError");
				for (const sources of [{ microseconds: "5" }, { pin: "1" }, { pin: 1, level: true }, { gate: 1 }])
					expect(codeOf(() => sleep(sources as never))).to.equal("TypeError");
				expect(codeOf(() => sleep({ pin: 1, level: 2 as never }))).to.equal("RangeError");
			}
		});
		it("waits as long as told, and tells what ended it", () => {
			const start = microseconds();
			expect(lightSleep({ microseconds: 30000 })).to.equal("timer");
			expect(microseconds() - start).to.be.within(29000, 2000000);
			expect(wakeCause()).to.equal("timer");
		});
		it("lets timers that came due fire afterwards", async () => {
			let fired = false;
			const waiting = new Promise<void>((resolve) => { after(1, () => { fired = true; resolve(); }); });
			lightSleep({ microseconds: 5000 });
			expect(fired).to.equal(false);
			await waiting;
		});
		it("is refused by name where the host has no pins or no low-power core", () => {
			if (gateBytes() === 0) {
				expect(codeOf(() => lightSleep({ gate: true }))).to.equal("POWER_UNSUPPORTED");
				expect(codeOf(() => deepSleep({ microseconds: 1000, gate: true }))).to.equal("POWER_UNSUPPORTED");
			}
			if (clockHertz() === 0) {
				expect(codeOf(() => lightSleep({ pin: 1, level: 0 }))).to.equal("POWER_UNSUPPORTED");
				expect(codeOf(() => deepSleep({ pin: 1 }))).to.equal("POWER_UNSUPPORTED");
			}
		});
	});

	describe("retained bytes", () => {
		it("refuse what is no bytes, and too many", () => {
			for (const bad of [undefined, null, 1, "x", [1], new ArrayBuffer(4), new Int32Array(1)])
				expect(codeOf(() => retain(bad as never))).to.equal("TypeError");
			expect(codeOf(() => retain(new Uint8Array(retainedBytes() + 1)))).to.equal("RangeError");
		});
		it("give back a copy of the last, none and all of them too", () => {
			expect(retainedBytes()).to.be.within(504, 2040);
			const all = Uint8Array.from({ length: retainedBytes() }, (_, i) => i * 7), part = all.subarray(3, 20);
			for (const bytes of [part, new Uint8Array(0), all]) {
				retain(bytes);
				const back = retained()!;
				expect(Array.from(back)).to.deep.equal(Array.from(bytes));
				back.fill(255);
				expect(Array.from(retained()!)).to.deep.equal(Array.from(bytes));
			}
		});
	});

	describe("low-power core", () => {
		it("refuses what is no program, and no period", () => {
			for (const bad of [undefined, null, 1, "x", new ArrayBuffer(4)])
				expect(codeOf(() => loadGate(bad as never))).to.equal("TypeError");
			expect(codeOf(() => loadGate(new Uint8Array(0)))).to.equal("RangeError");
			for (const period of [0, -1, 0.5, NaN, 2 ** 31])
				expect(codeOf(() => startGate(period)), String(period)).to.equal("RangeError");
		});
		it("is refused by name where there is none; else its memory is a buffer of the size that is told", () => {
			if (gateBytes() > 0)
				expect(gateMemory().byteLength).to.equal(gateBytes());
			else
				for (const call of [() => loadGate(new Uint8Array(4)), () => startGate(1000), stopGate, gateMemory])
					expect(codeOf(call)).to.equal("POWER_UNSUPPORTED");
		});
	});
});
