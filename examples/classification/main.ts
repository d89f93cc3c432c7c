/**
 * Classification: what is a sentence about? The home model reads it, and the first token of its answer, an intent, is the
 * class; what is nobody's business here is "other". The margin tells how sure it is.
 *
 *     npx ruvllm-esp32 run examples/classification
 */

import { print } from "ruvllm-esp32/platform/console";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";

const model = new TinyModel(openAsset("home-int4.ruvm") as never, { contextLength: 64, verify: false });
const commands = new HomeCommands(model, new Home({ areas: [{ name: "Kitchen", id: "kitchen" }, { name: "Bedroom", id: "bedroom" }] }));

/** The class of an intent. */
function classOf(intent: string): string {
	const classes: [pattern: RegExp, name: string][] = [
		[/Timer/, "timers"], [/Media|Volume/, "media"], [/List/, "lists"], [/Climate/, "climate"], [/Weather|Current(Date|Time)/, "facts"], [/GetState/, "state"], [/Turn|Light|Position|Toggle/, "switching"], [/none/, "other"],
	];
	return classes.find(([pattern]) => pattern.test(intent))?.[1] ?? "talk";
}

const SENTENCES: [text: string, expected: string][] = [
	["turn the lights in the kitchen off", "switching"], ["it is much too dark in the bedroom", "switching"], ["raise the blinds in the bedroom", "switching"], ["make the kitchen lights purple", "switching"],
	["how long is left on the spaghetti timer", "timers"], ["give me ten more minutes on the timer", "timers"], ["count down three minutes", "timers"],
	["skip this awful song", "media"], ["a bit louder please", "media"], ["play something by mozart", "media"],
	["we are out of butter", "lists"], ["put garlic on the shopping list", "lists"], ["how chilly is it in the bedroom", "climate"], ["heat the kitchen to 22 degrees", "climate"],
	["do I need an umbrella in this weather", "facts"], ["what time is it right now", "facts"], ["are all the doors locked", "state"], ["which windows are still open", "state"],
	["who wrote war and peace", "other"], ["book a flight to lisbon", "other"], ["what is my credit score", "other"], ["translate hello into french", "other"], ["how do I bake bread", "other"], ["hello there", "talk"],
];

let right = 0;
for (const [text, expected] of SENTENCES) {
	const { action, margin } = commands.understand(text, "Kitchen"), found = classOf(action.intent);
	right += found === expected ? 1 : 0;
	print(`${found === expected ? "right" : "WRONG"}  ${found.padEnd(10)} ${(margin / 65536).toFixed(1).padStart(5)} nats  ${text}\n`);
}
print(`\n${right} of ${SENTENCES.length} right (measured)\n`);
