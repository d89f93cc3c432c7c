/**
 * The same device three ways, with its energy: A, which is always awake and runs the model on every window of sound; B, whose gate wakes it;
 * C, whose gate's wakes are looked at once more, whether they are coherent. All that is assumed stands here.
 */

import type { ChipName } from "ruvllm-esp32/core/chips";
import { EnergyAccount } from "ruvllm-esp32/snn/energy/energy-account";
import type { ModelCost } from "./cost.ts";

/** A's windows, and how often one ends, in seconds. */
export const WINDOW = 1, HOP = 0.25;
/** ASSUMED: ROM and bootloader at a start from deep sleep, before the firmware's first instruction; microseconds. Espressif publishes none. */
export const BOOTLOADER = 100_000;
/** The check of coherence, at most, with 10 lines (docs/coherence.md). */
export const COHERENCE = 47_000;

export interface Work {
	seconds: number;
	/** Samples a second, and instructions for each. */
	rate: number;
	gate: number;
	model: ModelCost;
	/** Starts of the processor, and answers of the model. */
	wakes: number;
	runs: number;
	/** Samples of a tick. */
	hop: number;
}

const micro = (seconds: number): number => Math.round(seconds * 1e6);

/** Awake all the time. */
export function always(chip: ChipName, { seconds, model }: Work): { account: EnergyAccount; load: number } {
	const account = new EnergyAccount({ chip });
	account.spend("model", "active", micro(seconds));
	return { account, load: model.instructions * account.model.secondsPerInstruction("active") / HOP };
}

/** The low-power core listens in deep sleep, and starts the processor. It never halts: between samples of sound it waits for the next (docs/ulp.md). */
export function gated(chip: ChipName, { seconds, model, wakes, runs }: Work, check: number): EnergyAccount {
	const account = new EnergyAccount({ chip });
	account.spend("gate", "gate", micro(seconds));
	account.spend("wake", "active", BOOTLOADER * wakes);
	account.compute("wake", (model.start + check) * wakes);
	account.compute("model", model.instructions * runs);
	return account;
}

/** The low-power core listens while the processor sleeps lightly, its RAM kept. ASSUMED: it adds as much current as in deep sleep. */
export function gatedInLightSleep(chip: ChipName, { seconds, model, wakes, runs }: Work): EnergyAccount {
	const { model: known } = new EnergyAccount({ chip }), asleep = known.microamperes("light-sleep");
	const account = new EnergyAccount({ chip, currents: { gate: asleep + known.microamperes("gate") - known.microamperes("deep-sleep") } });
	account.spend("gate", "gate", micro(seconds));
	account.spend("wake", "active", known.lightWakeMicroseconds * wakes);
	account.compute("model", model.instructions * runs);
	return account;
}

/** Without a low-power core: the processor steps the gate, and sleeps lightly between ticks. Nothing starts anew. */
export function lightlyGated(chip: ChipName, { seconds, rate, gate, model, runs, hop }: Work): EnergyAccount {
	const account = new EnergyAccount({ chip }), ticks = Math.floor(seconds * rate / hop), instructions = Math.round(gate * rate * seconds);
	const awake = account.microseconds(instructions) + ticks * account.model.lightWakeMicroseconds;
	account.compute("gate", instructions);
	account.spend("wake", "active", ticks * account.model.lightWakeMicroseconds);
	account.spend("sleep", "light-sleep", Math.max(0, micro(seconds) - awake));
	account.compute("model", model.instructions * runs);
	return account;
}

/** Seconds from an event's start until A has answered: the first window that holds it whole, then the model. Undefined: none holds it. */
export function alwaysActs(start: number, end: number, answer: number): number | undefined {
	const closes = Math.ceil(end / HOP) * HOP;
	return closes - WINDOW <= start ? closes - start + answer : undefined;
}
