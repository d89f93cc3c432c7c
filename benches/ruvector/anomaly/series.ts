/** On XS: streams series of int32 through a detector and prints what it says. Arguments: taps, stride, field, then name=path of each. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { AnomalyDetector } from "ruvllm-esp32/ruvector";

const [taps, stride, field, ...files] = args as [string, string, "score" | "surprise", ...string[]];
for (const file of files) {
	const [name, path] = file.split("=") as [string, string];
	const samples = new Int32Array(openAsset(path)), detector = new AnomalyDetector({ channels: 1, taps: Number(taps), stride: Number(stride) });
	const sample = new Int32Array(1), values: number[] = [], start = microseconds();
	for (let i = 0; i < samples.length; i++) {
		sample[0] = samples[i]!;
		values.push(detector.detect(sample)[field]);
	}
	print(`${JSON.stringify({ name, bytes: detector.bytes, microseconds: microseconds() - start, values })}\n`);
}
