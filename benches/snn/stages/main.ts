/** A device that always listens with its model (A), one with a gate (B), and one whose gate checks coherence (C), on the same two hours. */

import type { ChipName } from "ruvllm-esp32/core/chips";
import type { EnergyAccount } from "ruvllm-esp32/snn/energy/energy-account";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { type GateRun, runGate } from "../../../tools/snn/gate/run.ts";
import { findGate, headOf } from "../../../tools/snn/gate/tables.ts";
import type { Stream } from "../../../tools/snn/streams/stream.ts";
import { falsePerHour, type Judgement, judge, labelsOf, medianLatency } from "../../../tools/train/snn/judge.ts";
import { emulated, measured, projected, round } from "../figures.ts";
import { TAILS, testStreams } from "../streams.ts";
import { gateCost, type ModelCost, modelCost } from "./cost.ts";
import { always, alwaysActs, BOOTLOADER, COHERENCE, gated, gatedInLightSleep, HOP, lightlyGated, WINDOW, type Work } from "./device.ts";

const SEED = 7001, SECONDS = 7200, SNR = 20, BATTERY = 2000;
const CHIP: ChipName = "esp32s3", PLAIN: ChipName = "esp32c3";
const LIMITS = { ratio: 100, missed: 0.01, falseWakes: 0.5 };

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const missedShare = ({ events, hits }: Judgement): number => events ? 1 - hits / events : 0;

export async function bench({ data, noise }: SuiteOptions): Promise<Figure[]> {
	const table = findGate("sound"), { hop } = headOf(table);
	const stream = testStreams("sound", { data, ...noise !== undefined && { noise }, seed: SEED, seconds: SECONDS }).find(({ snr }) => snr === SNR)!.build();
	const { samples, rate } = stream, seconds = samples.length / rate, hours = seconds / 3600;
	const model = await modelCost(), gate = await gateCost(table, samples, rate), work = { seconds, rate, gate, model, hop };
	const plain = await runGate(table, samples), conservative = await runGate(table, samples, { conservative: true });
	const works = {
		a: { ...work, wakes: 0, runs: Math.floor(seconds / HOP) }, b: { ...work, wakes: plain.events.length, runs: plain.events.length },
		c: { ...work, wakes: conservative.events.length + conservative.dropped, runs: conservative.events.length },
	};
	const judged = (run: GateRun): Judgement => judge(labelsOf(stream), run.events.map(({ at }) => at), TAILS.sound), b = judged(plain), c = judged(conservative);
	const energy = { a: always(CHIP, works.a), b: gated(CHIP, works.b, 0), c: gated(CHIP, works.c, COHERENCE) };
	const polling = pollingFigures(stream, works.a, energy.a.account, hours);
	return [
		...costs(model, gate),
		...stage("A", energy.a.account, works.a, hours), projected("A, load of the processor", round(energy.a.load, 3), "", { note: `the model on ${WINDOW} s of sound each ${HOP} s; above 1 it could not keep up` }),
		...polling.figures,
		...stage("B", energy.b, works.b, hours), ...waking("B", b, energy.b, model),
		...stage("C", energy.c, works.c, hours), ...waking("C", c, energy.c, model),
		...ratios(energy.a.account.perHour(), energy.b.perHour(), energy.c.perHour(), works.b),
		projected("missed share of B beyond A's", round(Math.max(0, missedShare(b) - polling.missed)), "", { limit: LIMITS.missed }), measured("missed share of C beyond B's", round(missedShare(c) - missedShare(b))),
		measured("false wakes of C by B's", b.falseWakes ? round(c.falseWakes / b.falseWakes, 3) : 0, "", { limit: LIMITS.falseWakes, note: `${b.falseWakes} of B, ${c.falseWakes} of C; ${conservative.dropped} wakes dropped in all` }),
		...withoutCore(works),
	];
}

function costs({ start, plainStart, tokens, instructions }: ModelCost, gate: number): Figure[] {
	return [
		emulated("gate, a sample", round(gate, 1), "instructions", { note: "60 s of the recording; 4 cycles each on the low-power core at 17.5 MHz, assumed; reading the microphone not included" }),
		emulated("start of the firmware", start, "instructions", { note: "from reset to the first token, the model in flash; home-main" }),
		emulated("start of the plain firmware", plainStart, "instructions", { note: "the same model; main" }),
		emulated("answer of the home model", instructions, "instructions", {
			note: `mean of 8 sentences, ${round(tokens, 1)} tokens read and written each; 1.5 cycles an instruction, assumed. No speech recogniser is in it: the sentence is taken as given`,
		}),
	];
}

function stage(name: string, account: EnergyAccount, { runs, model }: Work, hours: number): Figure[] {
	const note = `${account.model.chip} at ${account.model.clockHertz / 1e6} MHz, the chip alone at 3.3 V, data sheet currents`;
	return [
		projected(`${name}, average power`, round(account.averagePower() * 1000, 4), "mW", { note }), projected(`${name}, energy`, round(account.perHour(), 3), "J an hour", { note }),
		projected(`${name}, battery of ${BATTERY} mAh`, round(account.batteryDays(BATTERY), 1), "days", { note }),
		projected(`${name}, runs of the model`, round(runs / hours, 1), "an hour"), projected(`${name}, tokens`, Math.round(runs * model.tokens / hours), "an hour"),
	];
}

/** What A runs in vain, misses, and how long it takes. */
function pollingFigures({ events, rate }: Stream, { runs, model }: Work, account: EnergyAccount, hours: number): { figures: Figure[]; missed: number } {
	const answer = model.instructions * account.model.secondsPerInstruction("active"), acts = events.map(({ start, end }) => alwaysActs(start / rate, end / rate, answer));
	const inTime = acts.filter((one) => one !== undefined), missed = acts.length - inTime.length, share = acts.length ? missed / acts.length : 0;
	const busy = events.reduce((sum, { start, end }) => sum + Math.ceil((end / rate + WINDOW) / HOP) - Math.floor(start / rate / HOP) - 1, 0);
	return {
		missed: share,
		figures: [
			projected("A, runs without a word in the window", Math.round(Math.max(0, runs - busy) / hours), "an hour", { note: "what false wakes are to the others: the model says each time that it was nothing" }),
			projected("A, missed events", missed, "", { note: `of ${acts.length}: no window holds the whole word; else the model is taken to miss none` }), projected("A, missed share", round(share)),
			...inTime.length ? [projected("A, time to action, median", round(median(inTime), 3), "s", { note: "from the event's start to the end of the model's answer" })] : [],
		],
	};
}

function waking(name: string, judged: Judgement, { model: chip }: EnergyAccount, { start, instructions }: ModelCost): Figure[] {
	const acts = BOOTLOADER / 1e6 + (start + instructions) * chip.secondsPerInstruction("active"), note = `the wake after the event's start, ${BOOTLOADER / 1000} ms of bootloader (assumed), start of the firmware, answer`;
	return [
		measured(`${name}, false wakes`, round(falsePerHour(judged), 2), "an hour"), measured(`${name}, missed events`, judged.events - judged.hits, "", { note: `of ${judged.events}` }),
		measured(`${name}, missed share`, round(missedShare(judged))),
		...judged.hits ? [projected(`${name}, time to action, median`, round(medianLatency(judged) + acts, 3), "s", { note })] : [],
	];
}

/** @param a joules an hour of A; b and c as well */
function ratios(a: number, b: number, c: number, work: Work): Figure[] {
	const preloaded = gated(CHIP, { ...work, model: { ...work.model, start: work.model.plainStart } }, 0), lightly = gatedInLightSleep(CHIP, work), rare = Math.round(36 * work.seconds / 3600);
	return [
		projected("energy of A by B", round(a / b, 1), "", { limit: LIMITS.ratio, atLeast: true }),
		projected("energy of A by B, the plain firmware's start", round(a / preloaded.perHour(), 1), "", { note: "as if the modules that understand a home were preloaded, which takes their evaluation out of the start" }),
		projected("energy of A by B, in light sleep", round(a / lightly.perHour(), 1), "", { note: "B keeps its RAM and does not start anew; the low-power core is taken to add the same current as in deep sleep" }),
		projected("energy of A by B, 36 wakes an hour", round(a / gated(CHIP, { ...work, wakes: rare, runs: rare }, 0).perHour(), 1), "", { note: "1 % of the seconds, as utterances of a second would be; the recording's words are shorter, so there are more of them" }),
		projected("energy of A by C", round(a / c, 1)),
	];
}

/** The same on a chip whose only core has to listen itself. */
function withoutCore({ a, b }: { a: Work; b: Work }): Figure[] {
	const awake = always(PLAIN, a), asleep = lightlyGated(PLAIN, b), leaving = asleep.model.lightWakeMicroseconds;
	const note = `${PLAIN}: no low-power core; light sleep between ticks of ${b.hop} samples, ${leaving} microseconds to leave it, and a microphone that keeps its samples meanwhile (assumed)`;
	return [
		projected(`${PLAIN}: A, average power`, round(awake.account.averagePower() * 1000, 3), "mW", { note }), projected(`${PLAIN}: A, load of the processor`, round(awake.load, 3), "", { note }),
		projected(`${PLAIN}: B, average power`, round(asleep.averagePower() * 1000, 4), "mW", { note }), projected(`${PLAIN}: B, battery of ${BATTERY} mAh`, round(asleep.batteryDays(BATTERY), 1), "days", { note }),
		projected(`${PLAIN}: energy of A by B`, round(awake.account.perHour() / asleep.perHour(), 1), "", { note }),
	];
}
