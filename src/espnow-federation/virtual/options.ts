/** Settings of a virtual world, and what it counts. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { isPhyRate, RETRIES } from "ruvllm-esp32/espnow-federation/virtual/phy";

export interface WorldOptions {
	/** All that is random comes from it: 0 to 2^32 - 1. */
	seed: number;
	/** Of unicast frames to peers that name none, and of broadcasts; "1M" by default, as in ESP-IDF. */
	rate?: PhyRate;
	broadcastRate?: PhyRate;
	/** Bytes of the longest datagram: 250 (by default) or 1470. */
	mtu?: 250 | 1470;
	/** Chance, 0 to 1, that a frame which the MAC layer received, and acknowledged, is lost on its way to the program. */
	loss?: number;
	/** Chance that a receiver does not hear an attempt: a unicast frame is sent again, and costs its airtime again. */
	airLoss?: number;
	/** Chance that an acknowledgement is not heard: what arrived is sent again, at last reported as not delivered. */
	acknowledgementLoss?: number;
	/** Chance that a frame reaches the program twice. */
	duplicate?: number;
	/** Chance that a frame is held back, by up to `reorderMicroseconds` (4,000 by default), and may be overtaken. */
	reorder?: number;
	reorderMicroseconds?: number;
	/** On the way to the program, at most: evenly spread, in the order of arrival. */
	jitterMicroseconds?: number;
	/** One way through both boards' radio stacks and tasks; the channel is free meanwhile. */
	stackMicroseconds?: number;
	/** Frames that wait in a board, to be sent, and to be read; 16 by default. */
	queue?: number;
	/** Attempts after the first; 6 by default. */
	macRetries?: number;
	/** Slots of 9 us and a contention window of 15 at all rates, as where all stations are ERP; false by default: 20 us, and 31 at DSSS rates. */
	shortSlots?: boolean;
}

/** Chances are of 2^32. */
export type WorldSettings = Readonly<Required<WorldOptions>>;

const WHOLE: readonly [keyof WorldOptions, number, number, number][] = [
	["seed", 0, 0xffffffff, 0], ["reorderMicroseconds", 1, 1e9, 4000], ["jitterMicroseconds", 0, 1e9, 0], ["stackMicroseconds", 0, 1e9, 0],
	["queue", 1, 65536, 16], ["macRetries", 0, 255, RETRIES],
];
const CHANCES: readonly (keyof WorldOptions)[] = ["loss", "airLoss", "acknowledgementLoss", "duplicate", "reorder"];
const RATES: readonly (keyof WorldOptions)[] = ["rate", "broadcastRate"];

/** @throws RuvllmError VIRTUAL_OPTIONS, which names the option */
export function checkOptions(options: WorldOptions): WorldSettings {
	const out: Record<string, unknown> = {}, given = options as unknown as Record<string, unknown>;
	if (typeof options !== "object" || options === null || options.seed === undefined)
		throw wrong("a virtual world needs a seed");
	for (const [name, low, high, usual] of WHOLE) {
		const value = given[name] ?? usual;
		if (!Number.isInteger(value) || (value as number) < low || (value as number) > high)
			throw wrong(`${name} is ${String(value)}; give an integer from ${low} to ${high}`);
		out[name] = value;
	}
	for (const name of CHANCES) {
		const value = given[name] ?? 0;
		if (typeof value !== "number" || !(value >= 0 && value <= 1))
			throw wrong(`${name} is ${String(value)}; give a chance from 0 to 1`);
		out[name] = Math.round(value * 4_294_967_296);
	}
	for (const name of RATES) {
		const value = given[name] ?? "1M";
		if (!isPhyRate(value))
			throw wrong(`${name} is ${String(value)}; "1M", "54M" and "MCS7" are rates`);
		out[name] = value;
	}
	out.mtu = given.mtu ?? 250;
	if (out.mtu !== 250 && out.mtu !== 1470)
		throw wrong(`mtu is ${String(out.mtu)}; give 250 or 1470`);
	out.shortSlots = given.shortSlots ?? false;
	if (typeof out.shortSlots !== "boolean")
		throw wrong(`shortSlots is ${String(out.shortSlots)}; give true or false`);
	for (const name of Object.keys(given))
		if (!Object.hasOwn(out, name))
			throw wrong(`a virtual world has no option "${name}"`);
	return out as unknown as WorldSettings;
}

export const wrong = (sentence: string): RuvllmError => new RuvllmError("VIRTUAL_OPTIONS", sentence);

/** Counters since the start. */
export class WorldStatistics {
	/** Datagrams that radios took; what became of them: acknowledged, failed after all attempts, broadcast, discarded by a board's death. */
	sent = 0;
	acknowledged = 0;
	failed = 0;
	broadcast = 0;
	discarded = 0;
	/** Transmissions, attempts counted each; bytes and microseconds on the air, with MAC headers; acknowledgements in the time alone. */
	frames = 0;
	bytes = 0;
	airtimeMicroseconds = 0;
	/** Attempts after a frame's first. */
	retries = 0;
	/** Times that frames began together, and frames that were part of it. */
	collisions = 0;
	collided = 0;
	/** Datagrams that a receiver's MAC layer took, once for each receiver; they and `duplicated` are arrived, lost, dropped (queue full), abandoned (board dead) or on their way. */
	heard = 0;
	arrived = 0;
	lost = 0;
	dropped = 0;
	abandoned = 0;
	duplicated = 0;
	reordered = 0;
}

/** Counters of a board, over its reboots. */
export class BoardStatistics {
	/** Transmissions, bytes and airtime as in WorldStatistics, without acknowledgements. */
	frames = 0;
	bytes = 0;
	airtimeMicroseconds = 0;
	/** Datagrams that reached its queue. */
	arrived = 0;
	/** Processor time that was spent. */
	busyMicroseconds = 0;
}
