/**
 * What the chain would cost on an ESP32-S3, and what a device costs that is awake all the time and asks its model about every window. Time is
 * counted in instructions; joules are projected from data sheets (docs/energy.md).
 */

import { EnergyAccount } from "ruvllm-esp32/snn/energy/energy-account";
import { energyTable, withUnit } from "ruvllm-esp32/snn/energy/energy-table";

/**
 * Instructions, counted on the emulated processor: the firmware's start and the home model for a token as
 * `ruvllm-esp32 bench snn stages` says. ASSUMED: those of memory and action, and the bootloader's 100 ms.
 */
const START = 34_317_489, TOKEN = 2_050_000, MEMORY = 1_500_000, ACTION = 100_000, BOOTLOADER = 100_000;

export class Costs {
	readonly seconds: number;
	readonly gated = new EnergyAccount({ chip: "esp32s3" });
	readonly always = new EnergyAccount({ chip: "esp32s3" });

	constructor(seconds: number) {
		this.seconds = seconds;
		// The core never halts: between samples it waits for the next.
		this.gated.spend("gate", "gate", seconds * 1_000_000);
		this.always.spend("model", "active", seconds * 1_000_000);
	}
	wake(): void {
		this.gated.spend("wake", "active", BOOTLOADER);
		this.gated.compute("wake", START);
	}
	memory(): void {
		this.gated.compute("memory", MEMORY);
	}
	model(tokens: number): void {
		this.gated.compute("model", TOKEN * tokens);
	}
	action(): void {
		this.gated.compute("action", ACTION);
	}
}

export function costTable({ gated, always, seconds }: Costs): string {
	const often = gated.report().joules, never = always.report().joules;
	return [
		`Gated, ${energyTable(gated.report())}`, "", `Always on: ${withUnit(always.averagePower(), "W")} on average, ${withUnit(never, "J")} in ${seconds} s (projected): ${Math.round(never / often)} times as much.`,
		"Here somebody speaks every 25 seconds; the rarer, the larger the difference.", "",
	].join("\n");
}
