/** What the shipped gates cost on a low-power core: instructions of RV32IMC for each sample, bytes of its image, and whether it gives the same bits as here. */

import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { traceOnDesktop } from "../../../tools/build/ulp-desktop.ts";
import { findGate, type GateName, headOf } from "../../../tools/snn/gate/tables.ts";
import { runUlp } from "../../../tools/snn/ulp/run.ts";
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
		const note = `the first ${SECONDS[gate]} s of a test stream at 10 dB, seed ${SEED}: ${events} wakes; reading a sample not included`, emulated = { tier: "emulated", note } as const;
		figures.push(
			{ figure: `${gate}, a sample of a channel, mean`, value: Math.round(mean * 10) / 10, unit: "instructions", limit: LIMITS[gate], ...emulated },
			{ figure: `${gate}, a sample of a channel, tick that took most`, value: Math.round(worst * 10) / 10, unit: "instructions", ...emulated },
			{ figure: `${gate}, at once, most`, value: atOnce, unit: "instructions", tier: "emulated", note: "so long it does not listen" },
			{ figure: `${gate}, image with stack`, value: sizes.code + sizes.table + sizes.state + sizes.stack, unit: "bytes", limit: ALL_BYTES, tier: "measured" },
			{ figure: `${gate}, code`, value: sizes.code, unit: "bytes", limit: CODE_BYTES, tier: "measured" }, { figure: `${gate}, table`, value: sizes.table, unit: "bytes", tier: "measured" },
			{ figure: `${gate}, state`, value: sizes.state, unit: "bytes", limit: STATE_BYTES, tier: "measured" },
			{ figure: `${gate}, each tick as on the desktop`, value: Number(there.digest === here.digest && there.ticks === here.ticks), limit: 1, atLeast: true, tier: "emulated", note: "CRC-32 of every tick's output, threshold, hidden spikes and counts" },
		);
	}
	const threshold = await thresholdCost();
	return [...figures, { figure: "energy threshold, a sample", value: threshold, unit: "instructions", tier: "emulated", note: "what recall compares with, in C: a tick of 128 samples of sound" }];
}
