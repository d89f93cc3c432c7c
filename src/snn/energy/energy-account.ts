/**
 * EnergyAccount: what each part of a device costs, in joules. It adds up whole microseconds and instructions; only reports multiply,
 * in floating point, with a chip's published currents. So a figure is as good as its tier says:
 *
 *   time    "measured" on this device, "emulated" (instructions counted, with assumed cycles each), "projected" (arithmetic)
 *   joules  always "projected": no board of this project has been measured
 *
 * Cost: one entry for each part and state that occurs (42 at most); adding is a few hundred instructions.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { EnergyState } from "ruvllm-esp32/snn/energy/currents";
import { type Core, EnergyModel, type EnergyOptions } from "ruvllm-esp32/snn/energy/energy-model";

export type EnergyPart = "sleep" | "gate" | "wake" | "memory" | "model" | "radio" | "action";
export type Tier = "measured" | "emulated" | "projected";

export const PARTS: readonly EnergyPart[] = ["sleep", "gate", "wake", "memory", "model", "radio", "action"];
/* The weaker later: a sum is as good as its weakest part. */
const TIERS: readonly Tier[] = ["measured", "emulated", "projected"];

export interface EnergyRow {
	part: EnergyPart;
	state: EnergyState;
	seconds: number;
	timeTier: Tier;
	joules: number;
	/** Of all joules, 0 to 1. */
	share: number;
	tier: "projected";
}

export interface EnergyReport {
	chip: string;
	clockHertz: number;
	volts: number;
	/** By part, then by state. */
	rows: EnergyRow[];
	seconds: number;
	joules: number;
	/** Watts; 0 when no time has passed. */
	averagePower: number;
	/** Joules an hour. */
	perHour: number;
	tier: "projected";
	/** What was assumed or replaced. */
	notes: readonly string[];
}

interface Entry {
	part: EnergyPart;
	state: EnergyState;
	microseconds: number;
	instructions: number;
	tier: Tier;
}

function amount(value: number, sum: number, unit: string): number {
	if (!Number.isInteger(value) || value < 0)
		throw new RuvllmError("ENERGY_AMOUNT", `${String(value)} is no number of ${unit}; give an integer from 0`);
	if (sum + value > Number.MAX_SAFE_INTEGER)
		throw new RuvllmError("ENERGY_AMOUNT", `the ${unit} are more than 2^53 in all; report, and start a new account`);
	return value;
}

export class EnergyAccount {
	readonly model: EnergyModel;
	#entries: Entry[] = [];

	/** @throws RuvllmError ENERGY_CHIP, ENERGY_CLOCK, ENERGY_STATE, ENERGY_FIGURE */
	constructor(options: EnergyOptions) {
		this.model = new EnergyModel(options);
	}

	#entry(part: EnergyPart, state: EnergyState, tier: Tier): Entry {
		if (!PARTS.includes(part))
			throw new RuvllmError("ENERGY_PART", `there is no part "${String(part)}"; choose one of ${PARTS.join(", ")}`);
		if (!TIERS.includes(tier))
			throw new RuvllmError("ENERGY_TIER", `there is no tier "${String(tier)}"; choose one of ${TIERS.join(", ")}`);
		/* A state without a figure is refused now, not in the report. */
		this.model.microamperes(state);
		let entry = this.#entries.find((one) => one.part === part && one.state === state);
		if (!entry)
			this.#entries.push(entry = { part, state, microseconds: 0, instructions: 0, tier });
		if (TIERS.indexOf(tier) > TIERS.indexOf(entry.tier))
			entry.tier = tier;
		return entry;
	}

	/**
	 * A part had the chip in a state for this long.
	 * @param microseconds an integer from 0; the sum stays below 2^53 (285 years)
	 * @param tier how the time is known
	 * @throws RuvllmError ENERGY_AMOUNT, ENERGY_PART, ENERGY_STATE, ENERGY_TIER; ENERGY_FIGURE for a state without a published current
	 */
	spend(part: EnergyPart, state: EnergyState, microseconds: number, tier: Tier = "projected"): void {
		amount(microseconds, 0, "microseconds");
		const entry = this.#entry(part, state, tier);
		entry.microseconds += amount(microseconds, entry.microseconds, "microseconds");
	}

	/**
	 * A part ran this many instructions, as counted on the emulated processor.
	 * @param core "active": the processor; "gate": the low-power core, while the rest of the chip sleeps deeply
	 * @throws as `spend`; ENERGY_FIGURE for a core that does not run RISC-V code
	 */
	compute(part: EnergyPart, instructions: number, core: Core = "active"): void {
		amount(instructions, 0, "instructions");
		this.model.secondsPerInstruction(core);
		const entry = this.#entry(part, core, "emulated");
		entry.instructions += amount(instructions, entry.instructions, "instructions");
	}

	/** One wake from light sleep, by ESP-IDF's own figure. From deep sleep: measure the start, and spend it as "active". */
	wake(part: EnergyPart = "wake"): void {
		this.spend(part, "active", this.model.lightWakeMicroseconds, "projected");
	}

	/** Whole microseconds, rounded up, that instructions take: to know how long the rest of a period is. @throws as `compute` */
	microseconds(instructions: number, core: Core = "active"): number {
		return Math.ceil(amount(instructions, 0, "instructions") * this.model.secondsPerInstruction(core) * 1e6);
	}

	/** Forgets all that was added. */
	reset(): void {
		this.#entries = [];
	}

	/** Watts, on average over all time that was added; 0 when there is none. */
	averagePower(): number {
		return this.report().averagePower;
	}

	/** Joules an hour. */
	perHour(): number {
		return this.report().perHour;
	}

	/**
	 * Days that a battery lasts at this pace: its charge by the average current. That is a linear regulator, which draws the current it gives; what
	 * the battery, the regulator and the board lose is not in it. Infinity when nothing was drawn.
	 * @param milliampereHours above 0 @throws RuvllmError ENERGY_AMOUNT
	 */
	batteryDays(milliampereHours: number): number {
		if (!(typeof milliampereHours === "number" && milliampereHours > 0 && milliampereHours < Infinity))
			throw new RuvllmError("ENERGY_AMOUNT", `a battery of ${String(milliampereHours)} milliampere hours is none; give a number above 0`);
		return milliampereHours / (this.averagePower() / this.model.volts * 1000) / 24;
	}

	/** All figures; JSON as it is, a table with energyTable (ruvllm-esp32/snn/energy/energy-table). */
	report(): EnergyReport {
		const { chip, clockHertz, volts, notes } = this.model;
		const rows = this.#entries.map(({ part, state, microseconds, instructions, tier }): EnergyRow => {
			const seconds = microseconds / 1e6 + (instructions && instructions * this.model.secondsPerInstruction(state as Core));
			return { part, state, seconds, timeTier: tier, joules: this.model.microamperes(state) / 1e6 * volts * seconds, share: 0, tier: "projected" };
		});
		rows.sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || (a.state < b.state ? -1 : 1));
		const seconds = rows.reduce((sum, row) => sum + row.seconds, 0), joules = rows.reduce((sum, row) => sum + row.joules, 0);
		for (const row of rows)
			row.share = joules ? row.joules / joules : 0;
		const averagePower = seconds ? joules / seconds : 0;
		return { chip, clockHertz, volts, rows, seconds, joules, averagePower, perHour: averagePower * 3600, tier: "projected", notes };
	}
}
