/** A gate for days: silence, hiss, sensors that hang, saturation, restarts, counters that wrap. Nothing of it may wake it or make it forget. */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { findGate } from "../../../tools/snn/gate/tables.ts";
import { measured } from "../figures.ts";
import { shippedGates, testStreams } from "../streams.ts";

interface Line {
	what: string;
	wakes?: number;
	hours?: number;
	microseconds?: number;
	events?: number;
	places?: number;
	seconds?: number;
	restart?: number;
	wrap?: number;
}

/** What is cut and wrapped has events of the test part. */
const SECONDS = 600;

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const name of shippedGates()) {
		const { samples } = testStreams(name, { data, seed: 5, seconds: SECONDS })[0]!.build();
		const assets = new Map([["table", findGate(name)], ["recording", new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)]]);
		for (const { what, wakes, hours, microseconds, events, places, restart, wrap } of await runProgram<Line>("benches/snn/endurance/program.ts", { assets }))
			if (wakes !== undefined)
				figures.push(measured(`${name}, ${what}: wakes in ${hours} h`, wakes, "", { limit: 0, note: `heard in ${(microseconds! / 1e6).toFixed(1)} s` }));
			else
				figures.push(
					measured(`${name}, restarts: events that differ`, restart!, "", { limit: 0, note: `${places} places in a recording of the test part with ${events} wakes: saved, and loaded in another detector` }),
					measured(`${name}, counters past 2^32: events that differ`, wrap!, "", { limit: 0, note: "32, 256 and 1024 ticks behind the start" }),
				);
	}
	return figures;
}
