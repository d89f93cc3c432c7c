/** The figures of one chip at one clock, checked: what EnergyAccount multiplies with. A board's own measurements can replace them. */

import { CHIPS, type ChipName } from "ruvllm-esp32/core/chips";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { CHIP_ENERGY, CYCLES_PER_INSTRUCTION, type EnergyState, MILLIVOLTS, STATES } from "ruvllm-esp32/snn/energy/currents";

export interface EnergyOptions {
	chip: ChipName;
	/** Of the processor, one that the data sheet gives a current for: 80, 160 or 240 million; the highest by default. */
	clockHertz?: number;
	/** Measured currents in microamperes, from 0, in place of published ones. */
	currents?: Partial<Record<EnergyState, number>>;
	/** Measured cycles of an instruction of the processor, 1 to 100; 1.5 by default, which is an assumption. */
	cyclesPerInstruction?: number;
	/** The same of the low-power core; 4 (ESP32-S2, S3) or 2 (ESP32-C6) by default, assumptions too. */
	gateCyclesPerInstruction?: number;
}

/** Where instructions run: on the processor, or on the low-power core. */
export type Core = "active" | "gate";

function positive(value: number, name: string, low: number, high: number): number {
	if (!(typeof value === "number" && value >= low && value <= high))
		throw new RuvllmError("ENERGY_FIGURE", `${name} is ${String(value)}; it must be a number from ${low} to ${high}`);
	return value;
}

export class EnergyModel {
	readonly chip: ChipName;
	readonly clockHertz: number;
	readonly volts = MILLIVOLTS / 1000;
	/** What was assumed or replaced, in sentences for people. */
	readonly notes: readonly string[];
	readonly #currents: Partial<Record<EnergyState, number>>;
	readonly #cycles: Record<Core, number | undefined>;
	readonly #hertz: Record<Core, number | undefined>;

	/** @throws RuvllmError ENERGY_CHIP, ENERGY_CLOCK, ENERGY_STATE, ENERGY_FIGURE */
	constructor({ chip, clockHertz, currents = {}, cyclesPerInstruction, gateCyclesPerInstruction }: EnergyOptions) {
		if (typeof chip !== "string" || !Object.hasOwn(CHIP_ENERGY, chip))
			throw new RuvllmError("ENERGY_CHIP", `there is no chip ${JSON.stringify(String(chip))}; choose one of ${Object.keys(CHIP_ENERGY).join(", ")}`);
		const figures = CHIP_ENERGY[chip], clocks = Object.keys(figures.active).map(Number), clock = clockHertz ?? Math.max(...clocks);
		if (!Object.hasOwn(figures.active, clock))
			throw new RuvllmError("ENERGY_CLOCK", `no current is published for the ${CHIPS[chip].title} at ${String(clock)} hertz; choose one of ${clocks.join(", ")}`);
		const notes: string[] = [], own = Object.entries(currents).filter(([, value]) => value !== undefined);
		for (const [state, value] of own) {
			positive(value, `the current of ${state}`, 0, 2_000_000);
			if (!STATES.includes(state as EnergyState))
				throw new RuvllmError("ENERGY_STATE", `there is no state "${state}"; choose one of ${STATES.join(", ")}`);
			notes.push(`${state}: ${value} microamperes, given`);
		}
		const cycles = cyclesPerInstruction ?? CYCLES_PER_INSTRUCTION, gateCycles = gateCyclesPerInstruction ?? figures.core?.cyclesPerInstruction;
		notes.push(`${positive(cycles, "cyclesPerInstruction", 1, 100)} cycles an instruction, ${cyclesPerInstruction === undefined ? "assumed" : "given"}`);
		if (gateCycles !== undefined)
			notes.push(`${positive(gateCycles, "gateCyclesPerInstruction", 1, 100)} cycles an instruction of the low-power core, ${gateCyclesPerInstruction === undefined ? "assumed" : "given"}`);
		this.chip = chip;
		this.clockHertz = clock;
		this.notes = notes;
		this.#currents = { ...figures.currents, active: figures.active[clock]!, ...Object.fromEntries(own) as typeof currents };
		this.#cycles = { active: cycles, gate: gateCycles };
		this.#hertz = { active: clock, gate: figures.core?.hertz };
	}

	/** Microamperes. @throws RuvllmError ENERGY_STATE for what is none; ENERGY_FIGURE when nothing is published: give `currents` */
	microamperes(state: EnergyState): number {
		if (!STATES.includes(state))
			throw new RuvllmError("ENERGY_STATE", `there is no state "${String(state)}"; choose one of ${STATES.join(", ")}`);
		const current = this.#currents[state];
		if (current === undefined)
			throw new RuvllmError("ENERGY_FIGURE", this.#hertz.gate === undefined ? `the ${CHIPS[this.chip].title} has no low-power core; its gate runs as "active"`
				: `nothing is published of the ${CHIPS[this.chip].title}'s low-power core at work; measure it, and give currents: { gate: ... }`);
		return current;
	}

	/** Cycles of the clock an instruction takes, and the clock. @throws RuvllmError ENERGY_STATE, ENERGY_FIGURE for a core that does not run such code */
	secondsPerInstruction(core: Core): number {
		if (core !== "active" && core !== "gate")
			throw new RuvllmError("ENERGY_STATE", `instructions run as "active" or as "gate", not as "${String(core)}"`);
		const cycles = this.#cycles[core], hertz = this.#hertz[core];
		if (cycles === undefined || hertz === undefined)
			throw new RuvllmError("ENERGY_FIGURE", `the ${CHIPS[this.chip].title} has no low-power core that runs RISC-V code; its gate runs as "active"`);
		return cycles / hertz;
	}

	/** What leaving light sleep takes, as "active". */
	get lightWakeMicroseconds(): number {
		return CHIP_ENERGY[this.chip].lightWakeMicroseconds;
	}
}
