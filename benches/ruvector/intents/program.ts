/** On XS: trains a classifier with the asset "train" and asks it the asset "test"; "strange" and "calibrate" have what is out of scope. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { IntentClassifier, TextEmbedder } from "ruvllm-esp32/ruvector";

const option = (name: string): string | undefined => args.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
function lines(name: string): { text: string; intent: string }[] {
	const path = option(name);
	if (path === undefined)
		return [];
	return decodeUtf8(new Uint8Array(openAsset(path))).trimEnd().split("\n").map((line) => ({ intent: line.slice(0, line.indexOf("\t")), text: line.slice(line.indexOf("\t") + 1) }));
}

const train = lines("train"), test = lines("test"), strange = lines("strange"), calibrate = lines("calibrate");
const embedder = new TextEmbedder(openAsset(option("words")!) as never);
const classifier = new IntentClassifier([...new Set(train.map(({ intent }) => intent))].sort(), { embedder, buckets: Number(option("buckets") ?? 512) });
const share = (list: readonly { text: string; intent: string }[], right: (answer: ReturnType<IntentClassifier["classify"]>, intent: string) => boolean): number =>
	list.length ? list.filter(({ text, intent }) => right(classifier.classify(text), intent)).length / list.length : 0;

/** Ticks and microseconds for each of `count` runs. */
function cost(count: number, run: (index: number) => void): { ticks: number; microseconds: number } {
	const start = microseconds();
	profile(true);
	for (let i = 0; i < count; i++)
		run(i);
	const ticks = totalTicks();
	profile(false);
	return { ticks: ticks / count, microseconds: (microseconds() - start) / count };
}

const training = cost(1, () => { classifier.train(train, { passes: Number(option("passes") ?? 6) }); });
if (calibrate.length)
	classifier.calibrate(calibrate.map(({ text }) => text));
print(`${JSON.stringify({
	intents: classifier.intents.length, bytes: classifier.bytes, threshold: classifier.threshold, tickUnit: tickUnit(), train: train.length, test: test.length,
	trainSeconds: training.microseconds / 1e6, likeliest: share(test, ({ likeliest }, intent) => likeliest === intent), accuracy: share(test, (answer, intent) => answer.intent === intent),
	recall: share(strange, ({ intent }) => intent === undefined),
	embed: cost(test.length, (i) => embedder.embedInPlace(test[i]!.text)), classify: cost(test.length, (i) => classifier.classify(test[i]!.text)),
	learn: cost(test.length, (i) => classifier.learn(test[i]!.text, classifier.intents[i % classifier.intents.length]!)),
})}\n`);
