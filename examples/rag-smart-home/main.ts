/**
 * A home that answers: commands go to the home model, questions to what the household was told. It says so when it does not know.
 *
 *     npx ruvllm-esp32 run examples/rag-smart-home
 *     npx ruvllm-esp32 run --host riscv examples/rag-smart-home
 */

import { print } from "ruvllm-esp32/platform/console";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { host } from "ruvllm-esp32/platform/runtime";
import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";
import { MicroRAG, SemanticMemory } from "ruvllm-esp32/ruvector";
import { KNOWLEDGE, QUESTIONS } from "./knowledge";

const home = new Home({
	areas: [{ name: "Kitchen", id: "kitchen" }, { name: "Living Room", id: "living_room" }],
	entities: [{ name: "Main Light", id: "light.main", area: "kitchen" }, { name: "Reading Lamp", id: "light.reading", area: "living_room" }],
});
const commands = new HomeCommands(new TinyModel(openAsset("home-int4.ruvm") as never, { contextLength: 64, verify: false }), home);
const rag = new MicroRAG({ capacity: 64, storeBytes: 16384 });
let clock = 0;
const memory = new SemanticMemory({ capacity: 32, storeBytes: 4096 }, { now: () => clock });

for (const text of KNOWLEDGE)
	rag.addKnowledge(text);

/** Home model first; what is no command is a question. */
function hear(sentence: string): string {
	const { action } = commands.understand(sentence, "Kitchen");
	if (action.intent !== "none" && !/^(what|when|where|who|which|how|why|may|is|are|does|do)\b/i.test(sentence)) {
		memory.remember(`${sentence} at ${clock / 3600} o'clock`, { kind: "episode", context: ["kitchen"] });
		return JSON.stringify(action);
	}
	const { text, confidence } = rag.answer(sentence);
	return `${text} (${Math.round(confidence / 2.56)} %)`;
}

print("In the kitchen somebody says:\n");
for (const [hour, sentence] of [[7, "turn on the main light"], [8, "How do I reset the heating?"], [9, "set a timer for ten minutes"], [10, "what is the wifi password for guests"], [11, "who won the world cup"]] as const) {
	clock = hour * 3600;
	print(`  ${sentence.padEnd(42)} ${hear(sentence)}\n`);
}
print(`\nAsked what happened to the light: ${memory.recall("what happened to the light", 1).map(({ text }) => text).join()}\n`);

let right = 0, silent = 0;
const answerable = QUESTIONS.filter(([, answer]) => answer !== undefined), start = microseconds();
for (const [question, answer] of QUESTIONS) {
	const { known, text } = rag.answer(question);
	right += Number(answer !== undefined && known && text.includes(answer));
	silent += Number(answer === undefined && !known);
	if (answer === undefined ? known : !text.includes(answer))
		print(`  wrong: ${question} ${text}\n`);
}
const each = Math.round((microseconds() - start) / QUESTIONS.length), tier = host === "riscv" ? "emulated, 1 instruction = 1 ns" : "measured";
print(`\n${rag.size} chunks, ${rag.memoryBudget().total} bytes of RAM with their texts\n`);
print(`${right} of ${answerable.length} questions answered by the right sentence, ${silent} of ${QUESTIONS.length - answerable.length} foreign ones refused (measured); ${each} us each (${tier})\n`);
