/** What listening costs at most, without an emulator: the low-power core as if it never rested. */

import { EnergyAccount } from "ruvllm-esp32/snn/energy/energy-account";
import type { ChipName } from "ruvllm-esp32/core/chips";

export interface ListeningEnergy {
	chip: string;
	/** Watts. */
	averagePower: number;
	/** Joules. */
	joules: number;
	tier: "projected";
	note: string;
}

/** Of the gate alone: what wakes cost depends on what they start. */
export function listeningEnergy(seconds: number, chip: ChipName = "esp32s3"): ListeningEnergy {
	const account = new EnergyAccount({ chip });
	account.spend("gate", "gate", Math.round(seconds * 1e6));
	const { averagePower, joules } = account.report();
	return { chip, averagePower, joules, tier: "projected", note: "at most: the low-power core at work all the time, the rest in deep sleep; data sheet current" };
}
