/**
 * Intents from a few examples, learned where it runs; and which sentences mean the same.
 *
 *     npx ruvllm-esp32 run examples/intents
 */

import { print } from "ruvllm-esp32/platform/console";
import { embedText, IntentClassifier, similarity } from "ruvllm-esp32/ruvector";

const EXAMPLES: Record<string, string[]> = {
	light: ["turn on the lamp", "lights off please", "make it brighter in here", "dim the bedroom light", "switch the lamp off"],
	heating: ["it is too cold in here", "set the heating to twenty degrees", "turn the radiator down", "make it warmer", "what is the temperature in the hall"],
	timer: ["set a timer for ten minutes", "wake me up at seven", "remind me in half an hour", "cancel the alarm", "how long is left on my timer"],
	music: ["play some jazz", "next song", "what is this track called", "turn the music down", "put on my favourite album"],
};

const classifier = new IntentClassifier(Object.keys(EXAMPLES));
classifier.train(Object.entries(EXAMPLES).flatMap(([intent, texts]) => texts.map((text) => ({ text, intent }))), { passes: 12 });
classifier.calibrate(["who was the first king of england", "tell me a joke", "how do i get a visa", "my dog likes bananas"], 75);
print(`${classifier.intents.length} intents in ${classifier.bytes} bytes\n\n`);
for (const text of ["could you switch off the lights in the kitchen", "i am freezing", "alarm at half past six please", "play a song by the beatles", "how many moons does jupiter have"]) {
	const { intent, likeliest, confidence } = classifier.classify(text);
	print(`${(intent ?? "none of them").padEnd(14)} ${text} (${likeliest}, ${Math.round(confidence * 100 / 32768)} %)\n`);
}

const question = embedText("what's my balance");
print("\nnearest to \"what's my balance\", cosine in 1/65536\n");
for (const text of ["how much money do i have in the bank", "transfer money to my savings", "will it rain tomorrow"])
	print(`${String(similarity(question, embedText(text))).padStart(6)} ${text}\n`);
