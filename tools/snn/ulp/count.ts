/** What a gate costs on a low-power core: instructions of rv32imc, counted in QEMU. The tier is "emulated". */

import { buildUlp, type UlpOptions, type UlpSizes } from "../../build/ulp.ts";
import { runUlp, type UlpRun } from "./run.ts";

export interface GateCost {
	/** Instructions for one sample of one channel, reading it not included: mean, and over the tick that took most. */
	mean: number;
	worst: number;
	/** Instructions between two reads of samples, at most: so long the core does not listen. */
	atOnce: number;
	ticks: number;
	events: number;
	sizes: UlpSizes;
}

export const perSample = ({ instructions, frames }: Pick<UlpRun, "instructions" | "frames">, channels = 1): { perSample: number } =>
	({ perSample: frames ? instructions / (frames * channels) : 0 });

/**
 * @param samples interleaved
 * @param options of the image; it is the one that fits in 8 KB
 */
export async function countGate(table: Uint8Array, samples: Int16Array, options: UlpOptions = {}): Promise<GateCost> {
	const image = await buildUlp(table, "virt", options), run = await runUlp(image, samples, { trace: false });
	return {
		mean: perSample(run, image.channels).perSample, worst: run.mostTick / (image.hop * image.channels), atOnce: run.most,
		ticks: run.ticks, events: run.events.length, sizes: image.sizes,
	};
}
