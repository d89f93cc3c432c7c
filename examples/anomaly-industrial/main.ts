/**
 * A machine with eight sensors: the detector learns its normal run, is shown two faults once, and then names them.
 * SIMULATED: a seeded model of a motor, not measurements of one.
 *
 *     npx ruvllm-esp32 run examples/anomaly-industrial
 *     npx ruvllm-esp32 run --host riscv examples/anomaly-industrial
 */

import { print } from "ruvllm-esp32/platform/console";
import { AnomalyDetector } from "ruvllm-esp32/ruvector";

const NAMES = ["vibration x", "vibration y", "vibration z", "bearing temperature", "winding temperature", "current", "speed", "pressure"];
/** Level and noise of each sensor, in thousandths of its unit. */
const LEVELS = [0, 0, 1000, 45000, 62000, 8000, 24000, 5200], NOISE = [60, 60, 60, 400, 500, 150, 200, 80];
let state = 2026;
const draw = (n: number): number => {
	state = Math.imul(state, 1664525) + 1013904223 | 0;
	return (state >>> 8) % n;
};
type Fault = "bearing wear" | "overheating" | undefined;

const sample = new Int32Array(8);
function machine(fault: Fault, degree: number): Int32Array {
	for (let k = 0; k < 8; k++) {
		let noise = 0;
		for (let i = 0; i < 4; i++)
			noise += draw(2 * NOISE[k]! + 1) - NOISE[k]!;
		sample[k] = LEVELS[k]! + (fault === "bearing wear" && k < 3 ? noise * (1 + degree) : noise)
			+ (fault === "bearing wear" && k === 3 ? degree * 500 : 0) + (fault === "overheating" && (k === 3 || k === 4) ? degree * 2500 : 0);
	}
	return sample;
}
const examples = (fault: Fault): Int32Array[] => Array.from({ length: 40 }, () => machine(fault, 6).slice());

const detector = new AnomalyDetector({ channels: 8 });
for (let i = 0; i < 2000; i++)
	detector.learn(machine(undefined, 0));
detector.learnClass("bearing wear", ...examples("bearing wear"));
detector.learnClass("overheating", ...examples("overheating"));
print(`simulated machine, seed 2026; state ${detector.bytes} bytes\n`);

let falseAlarms = 0;
for (let i = 0; i < 2000; i++)
	falseAlarms += detector.detect(machine(undefined, 0)).anomalous ? 1 : 0;
print(`2000 normal samples: ${falseAlarms} false alarms\n`);

const saved = detector.save();
for (const fault of ["bearing wear", "overheating"] as const) {
	detector.load(saved);
	let first = -1, alarms = 0, right = 0;
	for (let i = 0; i < 300; i++) {
		const found = detector.detect(machine(fault, 1 + Math.trunc(i / 30)));
		if (!found.anomalous)
			continue;
		if (first < 0) {
			first = i;
			print(`${fault}: first alarm after ${i} samples: ${found.kind} of ${NAMES[found.channel]}, ${found.deviation} from ${found.expected}\n`);
		}
		alarms++;
		right += found.label === fault ? 1 : 0;
	}
	print(`${fault}: ${alarms} alarms in 300 samples, ${right} named rightly\n`);
}
