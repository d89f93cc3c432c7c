/**
 * Commands of a home: sentences become actions, and corrections are learned at once.
 *
 *     npx ruvllm-esp32 run examples/home-commands
 *     npx ruvllm-esp32 run --host riscv examples/home-commands
 */

import { print } from "ruvllm-esp32/platform/console";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { MicroLoRA, TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";

// Names are the home's own: the model has never seen them.
const home = new Home({
	areas: [{ name: "Kitchen", id: "kitchen" }, { name: "Treehouse", id: "treehouse" }, { name: "Cellar", id: "cellar" }],
	entities: [
		{ name: "Glowworm", id: "light.glowworm", area: "treehouse" }, { name: "Old Radio", id: "media_player.radio", area: "kitchen" },
		{ name: "Drawbridge", id: "cover.drawbridge" }, { name: "Sherpa", id: "vacuum.sherpa" }, { name: "Wine Fridge", id: "sensor.wine", attributes: { device_class: "temperature" } },
	],
});
const model = new TinyModel(openAsset("home-int4.ruvm") as never, { contextLength: 64, adapterRank: 8, verify: false });
const commands = new HomeCommands(model, home, { adapter: new MicroLoRA(model, { capacity: 32, rehearsalCapacity: 48 }) });

const ask = (sentence: string): void => print(`  ${sentence.padEnd(46)} ${JSON.stringify(commands.understand(sentence, "Kitchen").action)}\n`);

print("In the kitchen somebody says:\n");
const known = ["turn off the lights", "make the Glowworm green", "set the old radio volume to 30 percent", "lower the drawbridge", "send Sherpa home", "what is the wine fridge temperature", "set a pasta timer for half an hour", "who won the world cup"];
known.forEach(ask);

print("\nOf house slang it knows nothing:\n");
ask("crank the old radio");
for (const sentence of known)
	commands.rehearse(sentence, "Kitchen");
commands.correct("crank the old radio", "Kitchen", { intent: "HassSetVolumeRelative", slots: { name: "Old Radio", volume_step: "up" } });
const adapter = commands.learn();
print(`\nAfter one correction (${adapter.passes} passes over ${adapter.lessons} lessons):\n`);
ask("crank the old radio");
ask("please crank the old radio");
ask("turn off the lights");
ask("lower the drawbridge");
