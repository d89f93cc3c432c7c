/** What gates are tested with: streams of recordings and noises that no table was trained with; and which gates there are. */

import { BuildError } from "../../tools/build/errors.ts";
import { type GateName, GATES, hasGate } from "../../tools/snn/gate/tables.ts";
import { ecgStream } from "../../tools/snn/streams/ecg.ts";
import { fallStream } from "../../tools/snn/streams/falls.ts";
import { soundStream } from "../../tools/snn/streams/sound.ts";
import type { Stream } from "../../tools/snn/streams/stream.ts";

export interface TestOptions {
	data: string;
	/** A folder of WAV files: sound is tested with these backgrounds alone. */
	noise?: string;
	part?: "train" | "test";
	seed: number;
	/** Of sound and falls. An electrocardiogram has 15 minutes. */
	seconds: number;
}

export interface TestStream {
	snr: number;
	/** They are large. */
	build(): Stream;
}

export const SNRS = [20, 10, 0] as const;
/** Seconds behind an event in which a wake counts for it. */
export const TAILS: Readonly<Record<GateName, number>> = { sound: 0.5, falls: 2, heart: 1 };
/** So many electrocardiograms with other noise, as 15 minutes are few. */
const HEARTS = 4;

/** One or several for each SNR, loudest events first. */
export function testStreams(gate: GateName, { data, noise, part = "test", seed, seconds }: TestOptions): TestStream[] {
	return SNRS.flatMap((snr): TestStream[] => {
		if (gate === "sound")
			return [{ snr, build: () => soundStream({ part, snr, seed: seed + snr, seconds, data, ...noise !== undefined && { noise, kinds: ["files"] } }) }];
		if (gate === "falls")
			return [{ snr, build: () => fallStream({ part, snr, seed: seed + snr, seconds, data }) }];
		return Array.from({ length: HEARTS }, (_, i) => ({ snr, build: () => ecgStream({ part, snr, seed: seed + snr + 100 * i, data }) }));
	});
}

/** @throws BuildError when there is none */
export function shippedGates(): GateName[] {
	const gates = GATES.filter(hasGate);
	if (!gates.length)
		throw new BuildError("no gate is shipped: there is no models/gate-*.rvsn");
	return gates;
}
