/**
 * Home Assistant's test sentences that were said in a known area or need another context: does the home model with
 * VoiceDisambiguator give exactly the expected intent and slots, and the devices that these slots mean? Then noisy commands
 * to a light, read without a model.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import { missingForRiscv } from "../../../tools/build/qemu.ts";
import { findModel } from "../../../tools/cli/models.ts";
import { isExact } from "../../../tools/train/home/evaluate.ts";
import type { WantedAction } from "ruvllm-esp32/engine/home/encode";
import type { Action } from "ruvllm-esp32/engine/home/commands";
import type { HomeDescription } from "ruvllm-esp32/ruvector/voice/types";
import type { Answer, Case } from "./program.ts";
import { noisyLights } from "./noisy.ts";

interface Row { sentence: string; intent: string | null; slots: WantedAction["slots"] | null; context: { area?: string } | null }

const PROGRAM = "benches/ruvector/disambiguation/program.ts";
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const share = (right: number, of: number): number => Math.round(right / of * 1e4) / 1e4;

/** Domains of intents whose answers do not say it. */
const IMPLIED: [RegExp, string][] = [[/Media|Volume/, "media_player"], [/LightSet/, "light"], [/Climate/, "climate"], [/SetPosition|StopMoving/, "cover"], [/FanSet/, "fan"], [/Vacuum/, "vacuum"]];
const DEVICES = /Turn|Toggle|Light|Position|Moving|Climate|Fan|Humidifier|Media|Volume|Vacuum|GetState/;

/** Ids of the devices that slots mean: all that fit. Read from the fixtures, without the library. */
function meant({ intent, slots }: WantedAction, home: HomeDescription): string {
	if (!DEVICES.test(intent))
		return "";
	const text = (name: string): string | undefined => {
		const value = slots[name as keyof typeof slots] as unknown, one: unknown = Array.isArray(value) ? value[0] : value;
		return one === undefined || one === "all" ? undefined : String(one).toLowerCase();
	};
	const area = text("area"), floor = home.floors!.find((one) => one.name.toLowerCase() === text("floor"))?.id;
	const areas = home.areas!.filter((one) => (area === undefined || one.name.toLowerCase() === area) && (floor === undefined || one.floor === floor)).map(({ id }) => id), name = text("name");
	const domain = text("domain") ?? IMPLIED.find(([pattern]) => pattern.test(intent))?.[1];
	return home.entities!.filter((one) => (name === undefined || one.name.replace(/[[\]]/g, "").toLowerCase() === name.replace(/[[\]]/g, "")) && (area === undefined && floor === undefined || areas.includes(one.area ?? ""))
		&& (domain === undefined || one.id.startsWith(`${domain}.`)) && (text("device_class") === undefined || one.attributes?.device_class === text("device_class"))).map(({ id }) => id).sort().join();
}

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const folder = join(data, "homeassistant"), tier = "measured";
	if (!existsSync(folder))
		return [];
	const home = JSON.parse(readFileSync(join(folder, "fixtures_en.json"), "utf8")) as HomeDescription;
	const rows = (JSON.parse(readFileSync(join(folder, "sentences_en.json"), "utf8")) as Row[]).filter(({ intent }) => intent !== null);
	// What was said without the room's name, said in each of the other rooms: Home Assistant would expect that room.
	const moved = rows.filter(({ sentence, context }) => context?.area !== undefined && !sentence.toLowerCase().includes(context.area.toLowerCase()))
		.flatMap((row) => home.areas!.filter(({ name }) => name !== row.context!.area).map(({ name }) => ({ ...row, context: { area: name }, slots: { ...row.slots, ...(row.slots?.area === row.context!.area && { area: name }) } })));
	const cases: Case[] = rows.map(({ sentence, context }) => ({ text: sentence, area: context?.area }));
	const assets = new Map([["home.json", bytes(home)], ["cases.json", bytes(cases)], ["home.ruvm", readFileSync(findModel("home"))]]);
	const answers = await runProgram<Answer>(PROGRAM, { args: ["commands"], assets });
	const elsewhere = await runProgram<Answer>(PROGRAM, { args: ["commands"], assets: new Map([...assets, ["cases.json", bytes(moved.map(({ sentence, context }) => ({ text: sentence, area: context.area })))]]) });
	const movedRight = moved.filter(({ intent, slots }, i) => isExact(elsewhere[i]!.told as Action, { intent, slots } as WantedAction)).length;
	const inContext = { all: 0, told: 0, alone: 0, devices: 0 }, others = { all: 0, told: 0, alone: 0, devices: 0 };
	rows.forEach(({ sentence, intent, slots, context }, i) => {
		const wanted = { intent, slots: slots ?? {} } as WantedAction, answer = answers[i]!, devices = meant(wanted, home), counts = context ? inContext : others;
		// Where the home has no such device, saying so is right.
		const right = [...answer.targets].sort().join() === devices && answer.decision === (devices === "" && DEVICES.test(wanted.intent) ? "unknown" : "resolved");
		const told = isExact(answer.told as Action, wanted), alone = isExact(answer.alone as Action, wanted);
		counts.all++;
		counts.told += Number(told);
		counts.alone += Number(alone);
		counts.devices += Number(right);
		if (context && !(right && told && alone))
			process.stderr.write(`${sentence}: ${JSON.stringify(answer)}, not ${JSON.stringify(wanted)} ${devices}\n`);
	});
	const figures: Figure[] = [
		{ figure: "sentences with a context", value: inContext.all, tier },
		{ figure: "intent and slots exact", value: share(inContext.told, inContext.all), tier, limit: 1, atLeast: true, note: "the model knows the speaker's area" },
		{ figure: "devices exact", value: share(inContext.devices, inContext.all), tier, limit: 1, atLeast: true, note: "all devices that the expected slots fit" },
		{ figure: "intent and slots exact, area from the disambiguator", value: share(inContext.alone, inContext.all), tier, note: "the model is not told where it is said" },
		{ figure: "said in other rooms", value: moved.length, tier }, { figure: "said in other rooms: intent and slots exact", value: share(movedRight, moved.length), tier },
		{ figure: "sentences without context", value: others.all, tier },
		{ figure: "without context: intent and slots exact", value: share(others.told, others.all), tier, note: "nothing to add, nothing spoiled" },
		{ figure: "without context: devices exact", value: share(others.devices, others.all), tier, note: "it asks for one of several, where Home Assistant would take all" },
		{ figure: "time of a resolution, mean", value: Math.round(answers.reduce((sum, one) => sum + one.microseconds, 0) / answers.length), unit: "us", tier },
	];
	figures.push(...await onBoard(home, cases.flatMap((one, i) => rows[i]!.context?.area ? [{ ...one, action: answers[i]!.told }] : []).slice(0, 20)));
	const noisy = noisyLights(data);
	if (noisy.length === 0)
		return figures;
	const read = await runProgram<Answer>(PROGRAM, { args: ["texts"], assets: new Map([["home.json", bytes(home)], ["cases.json", bytes(noisy.map(({ text }) => ({ text, area: "Kitchen" })))]]) });
	const lit = (one: Answer): boolean => [...one.targets, ...one.candidates].length > 0 && [...one.targets, ...one.candidates].every((id) => id.startsWith("light."));
	return [...figures, { figure: "noisy commands to a light", value: noisy.length, tier, note: "smarthome_context, each text once" },
		{ figure: "resolved or asked among lights", value: share(read.filter(lit).length, noisy.length), tier, note: "no model: the disambiguator's own reading" }];
}

/** Work and memory on the ESP32-C3's instruction set, emulated; none where the emulator is missing. */
async function onBoard(home: HomeDescription, cases: readonly Case[]): Promise<Figure[]> {
	if (missingForRiscv())
		return [];
	// What can be switched: sensors are asked for by name.
	const entities = home.entities!.filter(({ id }) => !/^(binary_)?sensor\./.test(id)).map(({ id, name, area, state }) => ({ id, name, area, state })), small = { floors: home.floors, areas: home.areas, entities };
	const [cost] = await runProgram<{ bytes: number; understood: number; alone: number }>(PROGRAM, { host: "riscv", args: ["cost"], assets: new Map([["home.json", bytes(small)], ["cases.json", bytes(cases)]]) });
	return [
		{ figure: "instructions, request of the model", value: cost!.understood, tier: "emulated", note: `mean of ${cases.length}, ${entities.length} entities, with room in the heap` },
		{ figure: "instructions, text alone", value: cost!.alone, tier: "emulated" },
		{ figure: "memory of the home", value: cost!.bytes, unit: "bytes", tier: "emulated", note: `${entities.length} entities, with their texts` },
	];
}
