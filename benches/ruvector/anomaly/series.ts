/** On XS: streams series of int32 through a detector and prints what it says. Arguments: taps, stride, field, what is learned first, then name=path of each. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { AnomalyDetector } from "ruvllm-esp32/ruvector";
import { probation } from "./nab-score";

const [taps, stride, field, first, ...files] = args as [string, string, "score" | "surprise", "probation" | "nothing", ...string[]];
for (const file of files) {
	const [name, path] = file.split("=") as [string, string];
	const samples = new Int32Array(openAsset(path)), detector = new AnomalyDetector({ channels: 1, taps: Number(taps), stride: Number(stride) });
	const sample = new Int32Array(1), values: number[] = [], start = microseconds(), learned = first === "probation" ? probation(samples.length) : 0;
	for (let i = 0; i < samples.length; i++) {
		sample[0] = samples[i]!;
		values.push((i < learned ? detector.learn(sample) : detector.detect(sample))[field]);
	}
	print(`${JSON.stringify({ name, bytes: detector.bytes, microseconds: microseconds() - start, values })}\n`);
}
