/** On XS: what an answer of the home model costs. Argument: home=ASSET (the model). Counts instructions on riscv, whose clock they are. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";

const asset = args.find((text) => text.startsWith("home="))!.slice(5);
const home = new Home({
	areas: [{ name: "Kitchen", id: "kitchen" }, { name: "Living Room", id: "living_room" }],
	entities: [{ name: "Main Light", id: "light.main", area: "kitchen" }, { name: "Old Radio", id: "media_player.radio", area: "kitchen" }, { name: "Blinds", id: "cover.blinds", area: "living_room" }],
});
const SENTENCES = ["turn on the main light", "turn off the lights", "set a timer for ten minutes", "open the blinds", "set the old radio volume to 30 percent", "who won the world cup", "what is the temperature in here", "make the main light blue"];

const commands = new HomeCommands(new TinyModel(openAsset(asset) as never, { contextLength: 64, verify: false }), home), ready = microseconds();
const answers = SENTENCES.map((sentence) => {
	const start = microseconds(), { tokens } = commands.understand(sentence, "Kitchen");
	return { tokens, thousands: microseconds() - start };
});
print(`${JSON.stringify({ start: ready * 1000, answers: answers.length, tokens: answers.reduce((sum, one) => sum + one.tokens, 0), instructions: answers.reduce((sum, one) => sum + one.thousands, 0) * 1000 })}\n`);
