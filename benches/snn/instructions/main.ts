/** What the shipped gates cost on a low-power core: instructions of RV32IMC for each sample, bytes of its image, and whether it gives the same bits as here. */

import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { traceOnDesktop } from "../../../tools/build/ulp-desktop.ts";
import { findGate, type GateName, headOf } from "../../../tools/snn/gate/tables.ts";
import { runUlp } from "../../../tools/snn/ulp/run.ts";
import { emulated, measured, round } from "../figures.ts";
import { countFitting, fittingImage } from "../fitting.ts";
import { shippedGates, testStreams } from "../streams.ts";
import { thresholdCost } from "../recall/energy-cost.ts";

/** Emulation counts some ten million instructions a second. */
const SECONDS: Readonly<Record<GateName, number>> = { sound: 60, falls: 600, heart: 600 };
const LIMITS: Readonly<Record<GateName, number>> = { sound: 400, falls: 200, heart: 200 };
const ALL_BYTES = 8192, STATE_BYTES = 2048, CODE_BYTES = 4096, SEED = 11;

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const gate of shippedGates()) {
		const table = findGate(gate), { channels, rate } = headOf(table), stream = testStreams(gate, { data, seed: SEED, seconds: 600 })[1]!.build();
		const samples = stream.samples.slice(0, SECONDS[gate] * rate * channels), { mean, worst, atOnce, events, sizes } = await countFitting(table, samples);
		const { image } = await fittingImage(table), there = await runUlp(image, samples), here = await traceOnDesktop(table, samples);
		const note = `the first ${SECONDS[gate]} s of a test stream at 10 dB, seed ${SEED}: ${events} wakes; reading a sample not included`;
		figures.push(
			emulated(`${gate}, a sample of a channel, mean`, round(mean, 1), "instructions", { limit: LIMITS[gate], note }),
			emulated(`${gate}, a sample of a channel, tick that took most`, round(worst, 1), "instructions", { note }), emulated(`${gate}, at once, most`, atOnce, "instructions", { note: "so long it does not listen" }),
			measured(`${gate}, image with stack`, sizes.code + sizes.table + sizes.state + sizes.stack, "bytes", { limit: ALL_BYTES }),
			measured(`${gate}, code`, sizes.code, "bytes", { limit: CODE_BYTES }), measured(`${gate}, table`, sizes.table, "bytes"), measured(`${gate}, state`, sizes.state, "bytes", { limit: STATE_BYTES }),
			emulated(`${gate}, each tick as on the desktop`, Number(there.digest === here.digest && there.ticks === here.ticks), "", { limit: 1, atLeast: true, note: "CRC-32 of every tick's output, threshold, hidden spikes and counts" }),
		);
	}
	const threshold = await thresholdCost();
	return [...figures, emulated("energy threshold, a sample", threshold, "instructions", { note: "what recall compares with, in C, on sound" })];
}
