import { expect } from "chai";
import { CHIPS, type ChipName } from "ruvllm-esp32/core/chips";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { CHIP_ENERGY, STATES } from "ruvllm-esp32/snn/energy/currents";
import { EnergyAccount, PARTS } from "ruvllm-esp32/snn/energy/energy-account";
import { EnergyModel } from "ruvllm-esp32/snn/energy/energy-model";
import { energyTable, withUnit } from "ruvllm-esp32/snn/energy/energy-table";
import { codeOf } from "../support/code-of";

const near = (value: number, other: number): void => { expect(Math.abs(value - other)).to.be.at.most(Math.abs(other) * 1e-12); };
const HOUR = 3_600_000_000;

describe("snn/energy", () => {
	describe("figures", () => {
		it("refuses chips, clocks, states and figures that are none", () => {
			for (const chip of ["", "esp8266", "toString", undefined, null, 5])
				expect(codeOf(() => new EnergyModel({ chip: chip as never })), String(chip)).to.equal("ENERGY_CHIP");
			for (const clockHertz of [0, -1, NaN, Infinity, 160, 240_000_000, "160000000.5" as never])
				expect(codeOf(() => new EnergyModel({ chip: "esp32c3", clockHertz })), String(clockHertz)).to.equal("ENERGY_CLOCK");
			expect(codeOf(() => new EnergyModel({ chip: "esp32c3", currents: { idle: 5 } as never }))).to.equal("ENERGY_STATE");
			for (const current of [-1, NaN, Infinity, "5" as never])
				expect(codeOf(() => new EnergyModel({ chip: "esp32c3", currents: { active: current } })), String(current)).to.equal("ENERGY_FIGURE");
			for (const cycles of [0.5, -1, NaN, 101, "2" as never]) {
				expect(codeOf(() => new EnergyModel({ chip: "esp32s3", cyclesPerInstruction: cycles }))).to.equal("ENERGY_FIGURE");
				expect(codeOf(() => new EnergyModel({ chip: "esp32s3", gateCyclesPerInstruction: cycles }))).to.equal("ENERGY_FIGURE");
			}
			const model = new EnergyModel({ chip: "esp32c6" });
			expect(codeOf(() => model.microamperes("hibernation" as never))).to.equal("ENERGY_STATE");
			expect(codeOf(() => model.secondsPerInstruction("transmit" as never))).to.equal("ENERGY_STATE");
		});
		it("know every chip: sleep draws less than work, a faster clock more", () => {
			expect(Object.keys(CHIP_ENERGY)).to.deep.equal(Object.keys(CHIPS));
			for (const [name, { active, currents }] of Object.entries(CHIP_ENERGY)) {
				const byClock = Object.keys(active).map(Number).sort((a, b) => a - b).map((clock) => active[clock]!);
				for (let i = 1; i < byClock.length; i++)
					expect(byClock[i]!, name).to.be.above(byClock[i - 1]!);
				expect(currents["light-sleep"]!, name).to.be.below(byClock[0]!);
				expect(currents["deep-sleep"]!, name).to.be.below(currents["light-sleep"]!);
				if (currents.gate !== undefined)
					expect(currents.gate, name).to.be.within(currents["deep-sleep"]!, byClock[0]!);
			}
		});
		it("that are not published are asked for, not guessed", () => {
			expect(codeOf(() => new EnergyModel({ chip: "esp32c6" }).microamperes("gate"))).to.equal("ENERGY_FIGURE");
			expect(new EnergyModel({ chip: "esp32c6", currents: { gate: 300 } }).microamperes("gate")).to.equal(300);
			expect(() => new EnergyModel({ chip: "esp32c3" }).microamperes("gate")).to.throw(RuvllmError, /no low-power core/);
			expect(codeOf(() => new EnergyModel({ chip: "esp32c3" }).secondsPerInstruction("gate"))).to.equal("ENERGY_FIGURE");
			expect(codeOf(() => new EnergyModel({ chip: "esp32" }).secondsPerInstruction("gate"))).to.equal("ENERGY_FIGURE");
			expect(codeOf(() => new EnergyModel({ chip: "esp32" }).microamperes("gate"))).to.equal("none");
		});
		it("say what was assumed", () => {
			expect(new EnergyModel({ chip: "esp32s3" }).notes.join("; ")).to.match(/1.5 cycles an instruction, assumed; 4 cycles .*, assumed/);
			expect(new EnergyModel({ chip: "esp32c3", cyclesPerInstruction: 1.2, currents: { active: 21000 } }).notes).to.deep.equal(["active: 21000 microamperes, given", "1.2 cycles an instruction, given"]);
		});
	});

	describe("account", () => {
		it("refuses amounts, parts, states and tiers that are none, and stays as it was", () => {
			const account = new EnergyAccount({ chip: "esp32c3" });
			for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 53 + 2, "5" as never, undefined as never]) {
				expect(codeOf(() => account.spend("sleep", "deep-sleep", bad)), String(bad)).to.equal("ENERGY_AMOUNT");
				expect(codeOf(() => account.compute("model", bad)), String(bad)).to.equal("ENERGY_AMOUNT");
				expect(codeOf(() => account.microseconds(bad)), String(bad)).to.equal("ENERGY_AMOUNT");
			}
			expect(codeOf(() => account.spend("brain" as never, "active", 1))).to.equal("ENERGY_PART");
			expect(codeOf(() => account.spend("model", "idle" as never, 1))).to.equal("ENERGY_STATE");
			expect(codeOf(() => account.spend("model", "active", 1, "guessed" as never))).to.equal("ENERGY_TIER");
			expect(codeOf(() => account.compute("gate", 1, "gate"))).to.equal("ENERGY_FIGURE");
			expect(account.report().rows).to.deep.equal([]);
			account.spend("sleep", "deep-sleep", Number.MAX_SAFE_INTEGER);
			expect(codeOf(() => account.spend("sleep", "deep-sleep", 1))).to.equal("ENERGY_AMOUNT");
			for (const bad of [0, -1, NaN, Infinity, "1000" as never])
				expect(codeOf(() => account.batteryDays(bad)), String(bad)).to.equal("ENERGY_AMOUNT");
		});
		it("of nothing is nothing", () => {
			const account = new EnergyAccount({ chip: "esp32" }), { rows, seconds, joules, averagePower } = account.report();
			expect([rows.length, seconds, joules, averagePower, account.perHour(), account.batteryDays(1000)]).to.deep.equal([0, 0, 0, 0, 0, Infinity]);
		});
		it("multiplies current, voltage and time", () => {
			const account = new EnergyAccount({ chip: "esp32c3", clockHertz: 160_000_000 });
			account.spend("sleep", "deep-sleep", HOUR);
			near(account.report().joules, 5e-6 * 3.3 * 3600);
			near(account.batteryDays(1000), 1000 / 0.005 / 24);
			account.spend("radio", "transmit", 2_000_000, "measured");
			const { rows, seconds, joules } = account.report();
			near(seconds, 3602);
			near(rows[1]!.joules, 0.335 * 3.3 * 2);
			near(rows[0]!.share + rows[1]!.share, 1);
			near(account.averagePower(), joules / seconds);
			near(account.perHour(), joules / seconds * 3600);
		});
		it("turns instructions into time by clock and cycles, on either core", () => {
			const account = new EnergyAccount({ chip: "esp32s3", clockHertz: 240_000_000 });
			account.compute("model", 1_600_000);
			near(account.report().seconds, 0.01);
			account.compute("gate", 17_500, "gate");
			const [gate, model] = account.report().rows;
			expect([gate!.part, gate!.state, gate!.timeTier, model!.part, model!.state, model!.timeTier]).to.deep.equal(["gate", "gate", "emulated", "model", "active", "emulated"]);
			near(gate!.seconds, 0.004);
			near(gate!.joules, 190e-6 * 3.3 * 0.004);
			expect(account.microseconds(17_501, "gate")).to.equal(4001);
			const measured = new EnergyAccount({ chip: "esp32s3", clockHertz: 240_000_000, cyclesPerInstruction: 3, currents: { active: 60000 } });
			measured.compute("model", 1_600_000);
			near(measured.report().joules, 0.06 * 3.3 * 0.02);
		});
		it("adds what belongs together, in the order of parts, and keeps the weakest tier", () => {
			const account = new EnergyAccount({ chip: "esp32c6" });
			account.spend("radio", "receive", 500, "measured");
			account.spend("radio", "transmit", 100, "measured");
			account.spend("radio", "receive", 500, "measured");
			account.spend("memory", "active", 10, "measured");
			account.compute("memory", 1000);
			account.wake();
			const rows = account.report().rows.map(({ part, state, timeTier, tier }) => `${part} ${state} ${timeTier} ${tier}`);
			expect(rows).to.deep.equal(["wake active projected projected", "memory active emulated projected", "radio receive measured projected", "radio transmit measured projected"]);
			near(account.report().rows[2]!.seconds, 0.001);
			account.reset();
			expect(account.report().rows).to.deep.equal([]);
		});
		it("takes every part in every state that has a figure", () => {
			for (const chip of Object.keys(CHIP_ENERGY) as ChipName[]) {
				const account = new EnergyAccount({ chip, currents: { gate: 200 } });
				for (const part of PARTS)
					for (const state of STATES)
						account.spend(part, state, 1000);
				expect(account.report().rows.length).to.equal(PARTS.length * STATES.length);
			}
		});
	});

	describe("table", () => {
		it("gives three digits and a unit", () => {
			for (const [value, text] of [[0, "0 J"], [1, "1 J"], [0.9999, "1 J"], [0.5, "500 mJ"], [1234.5, "1235 J"], [12.345, "12.3 J"], [4.2e-5, "42 µJ"], [9.99e-10, "0.999 nJ"], [1e-12, "0.001 nJ"]] as const)
				expect(withUnit(value, "J"), String(value)).to.equal(text);
		});
		it("shows each figure with its tier, and what was assumed; JSON has the same", () => {
			const account = new EnergyAccount({ chip: "esp32s3", clockHertz: 160_000_000 });
			account.spend("sleep", "deep-sleep", HOUR, "measured");
			account.compute("model", 50_000_000);
			const text = energyTable(account.report()), lines = text.split("\n");
			expect(lines[0]!).to.match(/^ESP32-S3 at 160 MHz, 3.3 V: .* on average, .* an hour$/);
			expect(lines[2]!).to.match(/^part +state +time +known +energy +share +tier$/);
			expect(lines[4]!).to.match(/^sleep +deep-sleep +3600 s +measured +95 mJ +60.6 % +projected$/);
			expect(lines[5]!).to.match(/^model +active +469 ms +emulated +61.7 mJ +39.4 % +projected$/);
			expect(lines[6]!).to.match(/^all +3600 s +157 mJ +100.0 % +projected$/);
			expect(text).to.match(/1.5 cycles an instruction, assumed/);
			const again = JSON.parse(JSON.stringify(account.report())) as { rows: { tier: string }[]; tier: string };
			expect([again.rows.length, again.rows[0]!.tier, again.tier]).to.deep.equal([2, "projected", "projected"]);
		});
	});
});
