/** A device that always listens with its model (A), one with a gate (B), and one whose gate checks coherence (C), on the same two hours. */

import type { ChipName } from "ruvllm-esp32/core/chips";
import type { EnergyAccount } from "ruvllm-esp32/snn/energy/energy-account";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { runGate } from "../../../tools/snn/gate/run.ts";
import { findGate, headOf } from "../../../tools/snn/gate/tables.ts";
import { falsePerHour, type Judgement, judge, labelsOf, medianLatency } from "../../../tools/train/snn/judge.ts";
import { TAILS, testStreams } from "../streams.ts";
import { gateCost, type ModelCost, modelCost } from "./cost.ts";
import { always, alwaysActs, BOOTLOADER, COHERENCE, gated, gatedInLightSleep, HOP, lightlyGated, WINDOW, type Work } from "./device.ts";

const SEED = 7001, SECONDS = 7200, SNR = 20, BATTERY = 2000;
const CHIP: ChipName = "esp32s3", PLAIN: ChipName = "esp32c3";
const LIMITS = { ratio: 100, missed: 0.01, falseWakes: 0.5 };

const round = (value: number, digits = 4): number => Number(value.toFixed(digits));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const share = ({ events, hits }: Judgement): number => events ? 1 - hits / events : 0;

export async function bench({ data, noise }: SuiteOptions): Promise<Figure[]> {
	const table = findGate("sound"), { hop } = headOf(table), stream = testStreams("sound", { data, ...noise !== undefined && { noise }, seed: SEED, seconds: SECONDS }).find(({ snr }) => snr === SNR)!.build();
	const { samples, rate } = stream, hours = samples.length / rate / 3600, labels = labelsOf(stream), model = await modelCost(), gate = await gateCost(table, samples, rate);
	const plain = await runGate(table, samples), conservative = await runGate(table, samples, { conservative: true });
	const [b, c] = [plain, conservative].map(({ events }) => judge(labels, events.map(({ at }) => at), TAILS.sound)) as [Judgement, Judgement];

	const work = { seconds: hours * 3600, rate, gate, model, hop }, windows = Math.floor(hours * 3600 / HOP);
	const works = { a: { ...work, wakes: 0, runs: windows }, b: { ...work, wakes: plain.events.length, runs: plain.events.length }, c: { ...work, wakes: conservative.events.length + conservative.dropped, runs: conservative.events.length } };
	const a = always(CHIP, works.a), accountB = gated(CHIP, works.b, 0), accountC = gated(CHIP, works.c, COHERENCE), answer = model.instructions * a.account.model.secondsPerInstruction("active");
	const acts = stream.events.map(({ start, end }) => alwaysActs(start / rate, end / rate, answer)), inTime = acts.filter((one) => one !== undefined), missedByA = acts.length - inTime.length;
	const starts = (BOOTLOADER / 1e6 + model.start * a.account.model.secondsPerInstruction("active")) + answer;
	const busy = stream.events.reduce((sum, { start, end }) => sum + (Math.ceil((end / rate + WINDOW) / HOP) - Math.floor(start / rate / HOP) - 1), 0);

	const projected = { tier: "projected" } as const, measured = { tier: "measured" } as const;
	return [
		...costs(model, gate),
		...stage("A", a.account, works.a, hours, model), { figure: "A, load of the processor", value: round(a.load, 3), ...projected, note: `the model on ${WINDOW} s of sound each ${HOP} s; above 1 it could not keep up` },
		{ figure: "A, runs without a word in the window", value: Math.round((windows - Math.min(windows, busy)) / hours), unit: "an hour", ...projected, note: "what false wakes are to the others: the model says each time that it was nothing" },
		{ figure: "A, missed events", value: missedByA, ...projected, note: `of ${acts.length}: no window holds the whole word; else the model is taken to miss none` }, { figure: "A, missed share", value: round(missedByA / Math.max(1, acts.length)), ...projected },
		{ figure: "A, time to action, median", value: round(median(inTime), 3), unit: "s", ...projected, note: "from the event's start to the end of the model's answer" },
		...([["B", accountB, works.b, b], ["C", accountC, works.c, c]] as const).flatMap(([name, account, done, judged]): Figure[] => [
			...stage(name, account, done, hours, model),
			{ figure: `${name}, false wakes`, value: round(falsePerHour(judged), 2), unit: "an hour", ...measured }, { figure: `${name}, missed events`, value: judged.events - judged.hits, ...measured, note: `of ${judged.events}` },
			{ figure: `${name}, missed share`, value: round(share(judged)), ...measured },
			...judged.hits ? [{ figure: `${name}, time to action, median`, value: round(medianLatency(judged) + starts, 3), unit: "s", ...projected, note: `the wake after the event's start, ${BOOTLOADER / 1000} ms of bootloader (assumed), start of the firmware, answer` }] : [],
		]),
		{ figure: "energy of A by B", value: round(a.account.perHour() / accountB.perHour(), 1), ...projected, limit: LIMITS.ratio, atLeast: true },
		{ figure: "energy of A by B, the plain firmware's start", value: round(a.account.perHour() / gated(CHIP, { ...works.b, model: { ...model, start: model.plainStart } }, 0).perHour(), 1), ...projected, note: "as if the modules that understand a home were preloaded, which takes their evaluation out of the start" },
		{ figure: "energy of A by B, in light sleep", value: round(a.account.perHour() / gatedInLightSleep(CHIP, works.b).perHour(), 1), ...projected, note: "B keeps its RAM and does not start anew; the low-power core is taken to add the same current as in deep sleep" },
		{ figure: "energy of A by C", value: round(a.account.perHour() / accountC.perHour(), 1), ...projected },
		{ figure: "missed share of B beyond A's", value: round(Math.max(0, share(b) - missedByA / Math.max(1, acts.length))), ...projected, limit: LIMITS.missed }, { figure: "missed share of B beyond C's", value: round(share(b) - share(c)), ...measured },
		{ figure: "false wakes of C by B's", value: b.falseWakes ? round(c.falseWakes / b.falseWakes, 3) : 0, ...measured, limit: LIMITS.falseWakes, note: `${b.falseWakes} of B, ${c.falseWakes} of C; ${conservative.dropped} wakes dropped in all` },
		...withoutCore(works),
	];
}

function costs({ start, plainStart, tokens, instructions }: ModelCost, gate: number): Figure[] {
	const emulated = { tier: "emulated", unit: "instructions" } as const;
	return [
		{ figure: "gate, a sample", value: round(gate, 1), ...emulated, note: "60 s of the recording; 4 cycles each on the low-power core at 17.5 MHz, assumed; reading the microphone not included" },
		{ figure: "start of the firmware", value: start, ...emulated, note: "from reset to the first token, the model in flash; home-main" }, { figure: "start of the plain firmware", value: plainStart, ...emulated, note: "the same model; main" },
		{ figure: "answer of the home model", value: instructions, ...emulated, note: `mean of 8 sentences, ${round(tokens, 1)} tokens read and written each; 1.5 cycles an instruction, assumed. No speech recogniser is in it: the sentence is taken as given` },
	];
}

function stage(name: string, account: EnergyAccount, { runs }: Work, hours: number, { tokens }: ModelCost): Figure[] {
	const projected = { tier: "projected", note: `${account.model.chip} at ${account.model.clockHertz / 1e6} MHz, the chip alone at 3.3 V, data sheet currents` } as const;
	return [
		{ figure: `${name}, average power`, value: round(account.averagePower() * 1000, 4), unit: "mW", ...projected }, { figure: `${name}, energy`, value: round(account.perHour(), 3), unit: "J an hour", ...projected },
		{ figure: `${name}, battery of ${BATTERY} mAh`, value: round(account.batteryDays(BATTERY), 1), unit: "days", ...projected },
		{ figure: `${name}, runs of the model`, value: round(runs / hours, 1), unit: "an hour", tier: "projected" }, { figure: `${name}, tokens`, value: Math.round(runs * tokens / hours), unit: "an hour", tier: "projected" },
	];
}

/** The same on a chip whose only core has to listen itself. */
function withoutCore({ a, b }: { a: Work; b: Work }): Figure[] {
	const awake = always(PLAIN, a), asleep = lightlyGated(PLAIN, b), note = `${PLAIN}: no low-power core; light sleep between ticks of ${b.hop} samples, ${asleep.model.lightWakeMicroseconds} microseconds to leave it, and a microphone that keeps its samples meanwhile (assumed)`;
	const projected = { tier: "projected", note } as const;
	return [
		{ figure: `${PLAIN}: A, average power`, value: round(awake.account.averagePower() * 1000, 3), unit: "mW", ...projected }, { figure: `${PLAIN}: A, load of the processor`, value: round(awake.load, 3), ...projected },
		{ figure: `${PLAIN}: B, average power`, value: round(asleep.averagePower() * 1000, 4), unit: "mW", ...projected }, { figure: `${PLAIN}: B, battery of ${BATTERY} mAh`, value: round(asleep.batteryDays(BATTERY), 1), unit: "days", ...projected },
		{ figure: `${PLAIN}: energy of A by B`, value: round(awake.account.perHour() / asleep.perHour(), 1), ...projected },
	];
}
