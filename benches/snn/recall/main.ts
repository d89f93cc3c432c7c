/** The shipped gates inside XS on recordings and noises that they were not trained with, and a threshold of energy beside them. */

import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { runGate } from "../../../tools/snn/gate/run.ts";
import { findGate, type GateName } from "../../../tools/snn/gate/tables.ts";
import { falsePerHour, type Judgement, judge, labelsOf, medianLatency, recall, together } from "../../../tools/train/snn/judge.ts";
import { judgeBaseline, tuneBaseline } from "../../../tools/train/snn/baseline.ts";
import { measured, round } from "../figures.ts";
import { shippedGates, SNRS, TAILS, testStreams } from "../streams.ts";
import { type KindTally, tallyKinds, worstKinds } from "./kinds.ts";

export const SEED = 7001;
const SECONDS = 7200, TRAIN_SECONDS = 1200, FALSE_WAKES = 6, REFRACTORY = 1;
const LIMITS: Readonly<Record<number, number>> = { 20: 0.99, 10: 0.95, 0: 0.85 };

export async function bench(options: SuiteOptions): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const gate of shippedGates())
		figures.push(...await measure(gate, options));
	return figures;
}

/** The threshold's settings, from the training part: as many events as possible with the false wakes that the gate may have. */
function tuned(gate: GateName, data: string) {
	const streams = testStreams(gate, { data, part: "train", seed: SEED, seconds: TRAIN_SECONDS }).map(({ snr, build }) => ({ group: `${snr}`, stream: build() }));
	const { baseline, groups } = tuneBaseline(streams, TAILS[gate], REFRACTORY, FALSE_WAKES), { ratio, window, rise, fall } = baseline;
	const settings = `${ratio.toFixed(1)} times its floor (window ${window} s, floor up in ${rise} s, down in ${fall} s)`, there = (100 * recall(together([...groups.values()]))).toFixed(1);
	const note = `wakes at ${settings}, chosen on ${streams.length} streams of the training part with at most ${FALSE_WAKES} false wakes an hour: recall ${there} % there`;
	return { baseline, note };
}

async function measure(gate: GateName, { data, noise }: SuiteOptions): Promise<Figure[]> {
	const table = findGate(gate), tail = TAILS[gate], kinds = new Map<string, KindTally>(), { baseline, note: threshold } = tuned(gate, data);
	const judged = new Map<number, { gate: Judgement[]; energy: Judgement[] }>(SNRS.map((snr) => [snr, { gate: [], energy: [] }]));
	for (const { snr, build } of testStreams(gate, { data, ...noise !== undefined && { noise }, seed: SEED, seconds: SECONDS })) {
		const stream = build(), wakes = (await runGate(table, stream.samples)).events.map(({ at }) => at), labels = labelsOf(stream);
		tallyKinds(stream, wakes, tail, kinds);
		judged.get(snr)!.gate.push(judge(labels, wakes, tail));
		judged.get(snr)!.energy.push(judgeBaseline(baseline, stream, tail));
	}
	const figures: Figure[] = [];
	for (const snr of SNRS) {
		const one = together(judged.get(snr)!.gate), energy = together(judged.get(snr)!.energy), name = `${gate} ${snr} dB`;
		const note = `${one.events} events in ${one.hours.toFixed(1)} h of the test part, seed ${SEED}; a wake up to ${tail} s behind an event counts`;
		figures.push(
			measured(`${name}, recall`, round(recall(one)), "", { limit: LIMITS[snr]!, atLeast: true, note }), measured(`${name}, false wakes`, round(falsePerHour(one), 2), "an hour", { limit: FALSE_WAKES, note }),
			...one.hits ? [measured(`${name}, median time to the wake`, round(medianLatency(one), 3), "s", { note: "after the event's start" })] : [],
			measured(`${name}, energy threshold, recall`, round(recall(energy)), "", { note: threshold }),
			measured(`${name}, energy threshold, false wakes`, round(falsePerHour(energy), 2), "an hour", { note: threshold }),
		);
	}
	return [...figures, ...ofKinds(gate, kinds)];
}

/** Sound has few kinds, a figure each; the scenes of a day are many. */
function ofKinds(gate: GateName, kinds: ReadonlyMap<string, KindTally>): Figure[] {
	if (gate !== "sound")
		return [measured(`${gate}, kinds of background with false wakes`, [...kinds.values()].filter(({ falseWakes }) => falseWakes > 0).length, "", { note: worstKinds(kinds) })];
	return [...kinds].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([kind, { events, hits, falseWakes, hours }]) => {
		const note = `${hours.toFixed(1)} h, all SNRs together`;
		return [
			measured(`${gate} in ${kind}, recall`, events ? round(hits / events) : 1, "", { note }),
			measured(`${gate} in ${kind}, false wakes`, round(falseWakes / hours, 2), "an hour", { note }),
		];
	});
}
