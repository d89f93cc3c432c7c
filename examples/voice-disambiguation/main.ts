/**
 * Which one? The home model understands what is wanted; VoiceDisambiguator finds out of which device, from where it is
 * said, what was said before, what is on, the time, and what people answered earlier. When that is not enough, it asks.
 *
 *     npx ruvllm-esp32 run examples/voice-disambiguation
 *     npx ruvllm-esp32 run --host riscv examples/voice-disambiguation
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { host } from "ruvllm-esp32/platform/runtime";
import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";
import { type HomeDescription, requestOf, type Resolution, type VoiceContext, VoiceDisambiguator } from "ruvllm-esp32/ruvector";

const HOME = {
	floors: [{ name: "Ground Floor", id: "ground" }, { name: "Upstairs", id: "up" }],
	areas: [{ name: "Kitchen", id: "kitchen", floor: "ground" }, { name: "Lounge", id: "lounge", floor: "ground" }, { name: "Bedroom", id: "bedroom", floor: "up" }, { name: "Hall", id: "hall", floor: "ground" }],
	entities: [
		{ name: "Cooker Light", id: "light.cooker", area: "kitchen", state: "off" }, { name: "Floor Lamp", id: "light.floor_lamp", area: "lounge", state: "off" },
		{ name: "Fireplace Lamp", id: "light.fireplace", area: "lounge", state: "off" }, { name: "Ceiling", id: "light.bedroom", area: "bedroom", state: "off" },
		{ name: "Bedside Lamp", id: "light.bedside", area: "bedroom", state: "off" }, { name: "TV", id: "media_player.tv", area: "lounge", state: "playing" },
		{ name: "Radio", id: "media_player.radio", area: "kitchen", state: "idle" }, { name: "Front Door", id: "lock.front", area: "hall", state: "locked" },
	],
} satisfies HomeDescription;

const model = new TinyModel(openAsset("home-int4.ruvm") as never, { contextLength: 64, verify: false });
const commands = new HomeCommands(model, new Home(HOME)), voice = new VoiceDisambiguator(HOME);
const EVENING = 20 * 60, NIGHT = 23 * 60;

/** What is said, where and when, and the devices (or, with "?", the candidates) that it is about. A line that begins with > answers a question. */
const STORY: [said: string, area: string, time: number, expected: string][] = [
	["turn on the light", "Kitchen", EVENING, "light.cooker"],
	["turn it off", "Kitchen", EVENING, "light.cooker"],
	["turn on the light", "Lounge", EVENING, "? light.floor_lamp light.fireplace"],
	["> the fireplace one", "Lounge", EVENING, "light.fireplace"],
	["no, the other one", "Lounge", EVENING, "light.floor_lamp"],
	["turn off the lights", "Lounge", EVENING, "light.floor_lamp light.fireplace"],
	["turn on the light", "Bedroom", NIGHT, "light.bedside"],
	["turn off the lights upstairs", "Kitchen", EVENING, "light.bedroom light.bedside"],
	["pause", "Lounge", EVENING, "media_player.tv"],
	["unlock the door", "Kitchen", EVENING, "lock.front"],
	["turn off all the lights", "Hall", EVENING, "light.cooker light.floor_lamp light.fireplace light.bedroom light.bedside"],
	["set a timer for five minutes", "Kitchen", EVENING, ""],
];

let right = 0, lines = 0, asked = 0, spent = 0, seconds = 0;

function say(said: string, area: string, time: number, expected: string): void {
	const context: VoiceContext = { area, time, now: seconds += 20 };
	const { action } = said.startsWith(">") ? { action: {} } : commands.understand(said, area);
	const start = microseconds();
	const result = said.startsWith(">") ? voice.reply(said, context) : voice.resolve(requestOf(action as Record<string, unknown>, said), context);
	spent += microseconds() - start;
	const found = result.decision === "ask" ? `? ${result.candidates.join(" ")}` : result.targets.join(" ");
	lines++;
	asked += Number(result.decision === "ask");
	right += Number(found === expected);
	print(`${found === expected ? "right" : "WRONG"}  ${area.padEnd(8)} ${said.padEnd(30)} ${found}\n`);
	if (result.question !== "")
		print(`${" ".repeat(16)}${result.question}\n`);
	carryOut(result);
}

/** A home would switch; here the state is only noted. */
function carryOut({ targets, action }: Resolution): void {
	if (action === "on" || action === "off")
		for (const id of targets.filter((one) => one.startsWith("light.")))
			voice.setState(id, action);
}

for (const line of STORY)
	say(...line);

print("\nWhoever always answers the same is no longer asked:\n\n");
let questions = 0;
for (let evening = 0; evening < 5; evening++) {
	// Another day: nothing that was said still counts, and all lights are off.
	seconds += 86400;
	voice.setState("light.floor_lamp", "off");
	voice.setState("light.fireplace", "off");
	const { action } = commands.understand("turn on the light", "Lounge"), context = { area: "Lounge", time: EVENING, now: seconds };
	let result = voice.resolve(requestOf(action, "turn on the light"), context);
	const ask = result.decision === "ask";
	questions += Number(ask);
	if (ask)
		result = voice.reply("the fireplace lamp", context);
	print(`evening ${evening + 1}: ${ask ? "asked, " : ""}${result.targets.join(" ")}\n`);
}

print(`\n${right} of ${lines} right, ${asked} asked back; ${questions} questions in 5 evenings; ${Math.round(spent / lines)} us for each (${host === "riscv" ? "emulated" : "measured"})\n`);
