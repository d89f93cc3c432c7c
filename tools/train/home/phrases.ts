/** How people say what a home can do: patterns (template.ts) for each intent, and what they mean. */

import type { Parts } from "./template.ts";
import type { Intent } from "ruvllm-esp32/engine/home/symbols";

export const PARTS: Parts = {
	the: "(the|my|our|the|the|)",
	on: "(turn on|switch on|activate|enable|power on|put on|start)",
	off: "(turn off|switch off|deactivate|disable|shut off|power off|kill|cut|shut down)",
	turn: "(turn|switch|put)",
	lights: "(lights|light|lights|lighting|lamps)",
	in: "(in|of|at|for)",
	every: "(all|all the|all of the|every|every single|each|each and every|all my|all our)",
	everywhere: "(everywhere|in the (house|home|apartment|entire home|whole house)|across the house|throughout the (home|house)|in every (room|area)|in all the rooms|all over|across every room|in our home|in my home|in each room)",
	here: "(here|in here|in this room|in the room|in my room|over here)",
	set: "(set|change|adjust|make|put|turn)",
	open: "(open|open up|raise|lift|roll up|pull up|draw back)",
	close: "(close|shut|lower|drop|roll down|pull down)",
	show: "(song|track|episode|music|show|item|video|tune)",
	nowadays: "(right now|currently|now|at the moment)",
	what: "(what is|what's|tell me|show me|give me|do you know)",
	percent: "(%|percent| %)",
	degrees: "(degrees|°| °|degrees celsius|degrees fahrenheit|)",
	minutes: "(minute|minutes|min|mins)",
	any: "(are any|are there any|is any|any|are any of the|do I have any|tell me if there are any|are some)",
	which: "(which|which of the|what|list the|show me which)",
	many: "(how many|how many of the|count how many|tell me how many)",
};

/** What a pattern means. Values in braces are those of the sentence; "here" is the area of the speaker. */
export interface Phrase {
	intent: Intent;
	slots: Readonly<Record<string, string | number>>;
	patterns: readonly string[];
	/** How often, beside others; 1 by default. */
	weight?: number;
	/** Whether the speaker's area must be known (true), mustn't (false), or either. */
	here?: boolean;
	/** Whether a sensor of the class that the sentence happens to name is meant. */
	named?: boolean;
	/** Values of its own, to choose from together. */
	values?: readonly Readonly<Record<string, string | number>>[];
}

const LIGHTS: Phrase[] = (["on", "off"] as const).flatMap((way): Phrase[] => {
	const intent = way === "on" ? "HassTurnOn" : "HassTurnOff", also = way === "on" ? "" : "|lights out|out";
	const said = (place: string): string[] => [
		`<${way}> [all] <the> ${place} <lights>`, `<${way}> [all] <the> <lights> <in> [the|my|our] ${place}`, `<turn> [all] <the> ${place} <lights> ${way}`,
		`<turn> [all] <the> <lights> <in> [the|my] ${place} ${way}`, `<turn> [all] <the> <lights> ${way} <in> [the|our] ${place}`,
		`${place} <lights> (${way}${also})`, `<lights> ${way} <in> [the] ${place}`, `<${way}> <every> <lights> <in> <the> ${place}`, `<${way}> all ${place} <lights>`,
		...(way === "on" ? [`(light up|illuminate|brighten) <the> ${place}`, `(bring|get) <the> ${place} lights on`, `let there be light in <the> ${place}`]
			: [`(make|keep) <the> ${place} dark`, `get <the> ${place} lights off`, `no [more] lights in the ${place}`]),
		`I (want|need) <the> lights ${way} in <the> ${place}`, `make sure <the> ${place} lights are ${way}`,
	];
	return [
		{ intent, slots: { area: "{area}", domain: "light" }, weight: 5, patterns: said("{area}") },
		{ intent, slots: { floor: "{floor}", domain: "light" }, weight: 4, patterns: [...said("{floor}"), `<${way}> <every> lights {floor}`, `<${way}> <the> <lights> on <the> {floor}`] },
		{ intent, slots: { domain: "light" }, weight: 4, patterns: [
			`<${way}> <every> <lights> [<everywhere>]`, `<${way}> <the> <lights> <everywhere>`, `<turn> <every> <lights> ${way} [<everywhere>]`, `<turn> <the> <lights> ${way} <everywhere>`,
			`make sure <every> <lights> is ${way}`, `<${way}> <the> house lights [everywhere]`, `all lights ${way}`, `everything ${way === "on" ? "bright" : "dark"} <everywhere>`,
			...(way === "on" ? ["(light up|illuminate) (all areas in the house|the entire home|our entire home|each room in (the|my) home|the whole house|every room)"] : ["lights out <everywhere>"]),
		] },
		{ intent, here: true, weight: 4, slots: { domain: "light", area: "here" }, patterns: [
			`<${way}> <the> <lights> [<here>]`, `<turn> <the> <lights> ${way} [<here>]`, `<turn> [all] <the> <lights> <here> ${way}`, `<${way}> <every> <lights> <here>`, `<${way}> all <the> <lights> <here>`,
			`<turn> <every> <lights> <here> ${way}`, `<turn> <every> <lights> ${way} <here>`, `lights ${way}`, `I want <the> <lights> ${way} [<here>]`, `I want <every> <lights> ${way} <here>`,
			...(way === "on" ? ["light (this room|it) up", "(bring|get) on all the lights here", "(it's|it is) [too] dark [in] here", "light up (this|the) room"] : ["lights out", "(make it dark|it's too bright) [<here>]"]),
		] },
		{ intent, here: false, weight: 1, slots: { domain: "light" }, patterns: [
			`<${way}> [the] <lights>`, `<turn> [the] lights ${way}`, `lights ${way}`, `<${way}> [all of the|all the] lights in here`, `<turn> all the lights in here ${way}`,
			...(way === "on" ? ["light it up"] : ["lights out"]),
		] },
		{ intent, slots: { name: "{light}" }, weight: 3, patterns: [
			`<${way}> <the> {light} [lights|light|lamp]`, `<turn> <the> {light} [lights|light] ${way}`, `{light} [light] ${way}`, `(could you|can you) get <the> {light} ${way}`,
		] },
		...(["switch", "fan", "media_player", "climate", "humidifier"] as const).map((domain): Phrase =>
			({ intent, slots: { name: `{${domain}}` }, patterns: [`<${way}> <the> {${domain}}`, `<turn> <the> {${domain}} ${way}`, `{${domain}} ${way}`, `<turn> ${way} <the> {${domain}}`] })),
		{ intent, slots: { name: "{switch}", area: "{area}" }, weight: 0.5, patterns: [`<${way}> <the> {switch} in <the> {area}`, `<turn> <the> {switch} ${way} in <the> {area}`, `<turn> <the> {area} {switch} ${way}`] },
		{ intent, slots: { name: "{fan}", area: "{area}" }, weight: 0.3, patterns: [`<${way}> <the> {fan} in <the> {area}`] },
		{ intent, slots: { name: "{light}", area: "{area}" }, weight: 0.5, patterns: [`<${way}> <the> {light} in <the> {area}`, `<turn> <the> {light} ${way} in <the> {area}`] },
		{ intent, slots: { area: "{area}", domain: "switch" }, weight: 0.5, patterns: [`<${way}> [all] <the> {area} switches`, `<${way}> [all] <the> switches in <the> {area}`, `<turn> [all] <the> switches in <the> {area} ${way}`] },
		{ intent, slots: { area: "{area}", domain: "fan", name: "all" }, weight: 2.5, patterns: [
			`<${way}> <the> (fan|fans) in <the> {area}`, `<${way}> (all|all the) fans in <the> {area}`, `<${way}> <the> {area} (fan|fans)`, `<turn> [all|all the] {area} (fan|fans) ${way}`,
			`[all] {area} fans ${way}`, `<turn> <the> fans in <the> {area} ${way}`,
		] },
		{ intent, slots: { domain: "fan", name: "all" }, patterns: [`<turn> <the> (fan|fans) ${way} everywhere`, `<turn> all [the] fans ${way}`, `<${way}> (all|all the|every) (fans|fan)`, `<${way}> <the> (fan|fans) everywhere`] },
		{ intent, here: true, slots: { domain: "fan", area: "here" }, patterns: [`<${way}> <the> fans [<here>]`, `<turn> <the> fans [here] ${way}`, `<turn> all the fans ${way} <here>`, `<turn> <the> fans ${way} [<here>]`] },
	];
});

const COVERS: Phrase[] = ([["on", "open"], ["off", "close"]] as const).flatMap(([way, verb]): Phrase[] => {
	const intent = way === "on" ? "HassTurnOn" : "HassTurnOff";
	const kinds = ["blind:blinds", "curtain:curtains", "shade:shades", "shutter:shutters", "window:windows", "awning:awnings", "damper:dampers", "gate:gates", "door:doors"]
		.flatMap((pair) => { const [device_class, many] = pair.split(":") as [string, string]; return [{ device_class, kind: many }, { device_class, kind: many }, { device_class, kind: device_class }]; });
	return [
		{ intent, weight: 3, values: kinds, slots: { area: "{area}", domain: "cover", device_class: "{device_class}" },
			patterns: [`<${verb}> [all] <the> {kind} in <the> {area}`, `<${verb}> [all] <the> {area} {kind}`, `<${verb}> <every> {kind} in <the> {area}`, `${verb} {area} {kind}`] },
		{ intent, values: kinds, slots: { floor: "{floor}", domain: "cover", device_class: "{device_class}" }, patterns: [`<${verb}> [all] <the> {kind} on <the> {floor}`, `<${verb}> [all] <the> {floor} {kind}`] },
		{ intent, here: true, weight: 2, values: kinds, slots: { domain: "cover", area: "here", device_class: "{device_class}" }, patterns: [`<${verb}> [all] <the> {kind} [<here>]`, `${verb} <the> {kind}`] },
		{ intent, weight: 0.7, slots: { domain: "cover", device_class: "garage" }, patterns: [`<${verb}> <the> garage (door|doors)`, `<${verb}> <the> garage`] },
		{ intent, weight: 2, slots: { name: "{cover}" }, patterns: [`<${verb}> <the> {cover}`, `${verb} <the> {cover}`, `can you ${verb} <the> {cover}`] },
		{ intent, slots: { name: "{cover}", area: "{area}" }, patterns: [`<${verb}> <the> {cover} in <the> {area}`] },
		{ intent, slots: { domain: "valve", name: "{valve}" }, patterns: [`<${verb}> <the> {valve}`, `${verb} {valve}`] },
	];
});

const LOCKS: Phrase[] = ([["HassTurnOn", "lock"], ["HassTurnOff", "unlock"]] as const).flatMap(([intent, verb]): Phrase[] => [
	{ intent, slots: { name: "{lock}" }, weight: 2, patterns: [`${verb} <the> {lock}`, `(please|could you|can you) ${verb} <the> {lock}`, verb === "lock" ? "make sure <the> {lock} is locked" : "let me in through <the> {lock}"] },
	{ intent, weight: 2, slots: { area: "{area}", domain: "lock", ...(verb === "unlock" && { name: "all" }) }, patterns: [
		`${verb} [all] <the> (locks|doors|door|lock) in <the> {area}`, `${verb} [all] <the> {area} (doors|door|locks|lock)`, `${verb} {area} (doors|door|locks)`, `${verb} all locks in <the> {area}`] },
]);

const SCENES: Phrase[] = [
	{ intent: "HassTurnOn", weight: 2, slots: { domain: "scene", name: "{scene}" }, patterns: [
		"(activate|start|set|run|turn on|switch on) [the] {scene} [scene]", "turn {scene} [scene] on", "{scene} [scene] on", "(change|switch|transition|go) to [the] {scene} [scene]", "{scene} scene"] },
	{ intent: "HassTurnOn", weight: 2, slots: { area: "{area}", domain: "scene", name: "{scene}" }, patterns: [
		"(activate|start|set|run|turn on) [the] {area} {scene} [scene]", "(activate|start|turn on) [the] {scene} [scene] (in|at) [the] {area}", "turn {area} {scene} on", "{area} {scene} [scene] on",
		"(change|transition|switch) [the] {area} to [the] {scene} [scene]", "(change|transition|switch) to [the] {area} {scene} [scene]", "(change|transition|switch) to [the] {scene} [scene] (in|at) [the] {area}"] },
	{ intent: "HassTurnOn", weight: 1.5, slots: { domain: "script", name: "{script}" }, patterns: ["(run|start|activate|execute|launch|turn on) [the] {script} [script]", "turn {script} [script] on", "{script} [script] on"] },
];

const SETTINGS: Phrase[] = [
	...[["{area}", "area"], ["{light}", "name"], ["{floor}", "floor"]].flatMap(([place, slot]): Phrase[] => [
		{ intent: "HassLightSet", weight: slot === "floor" ? 1 : 3, slots: { brightness: "{n}", [slot!]: place! }, patterns: [
			`<set> <the> ${place} [lights|light] [brightness] to {n}<percent> [brightness]`, `<set> <the> brightness (of|in|for) <the> ${place} to {n}<percent>`, `(brightness|dim|brighten|dim down) ${place} [to] {n}<percent>`,
			`${place} [lights] [brightness] [to|at] {n}<percent> [brightness]`, `turn <the> ${place} [lights] (down|up) to {n}<percent>`, `dim <the> ${place} [lights] to {n}<percent>`,
			...(slot === "name" ? [] : [`<set> [all] <the> lights (in|of) <the> ${place} to {n}<percent> [brightness]`])] },
		{ intent: "HassLightSet", weight: 1.5, slots: { brightness: 100, [slot!]: place! }, patterns: [
			`<set> <the> ${place} brightness to [the] (max|maximum|highest|full)`, `<set> <the> brightness (of|in) <the> ${place} to [the] (max|maximum|highest)`, `<set> <the> ${place} to (maximum|max|full|the highest) brightness`,
			`${place} [to] (maximum|max|full) brightness`, `<set> <the> ${place} [lights] to the brightest`] },
		{ intent: "HassLightSet", weight: 1.5, slots: { brightness: 1, [slot!]: place! }, patterns: [
			`<set> <the> ${place} brightness to [the] (min|minimum|lowest)`, `<set> <the> brightness (of|in) <the> ${place} to [the] (min|minimum|lowest)`, `<set> <the> ${place} to (minimum|min|the lowest) brightness`,
			`${place} [to] (minimum|min|lowest) brightness`] },
		{ intent: "HassLightSet", weight: 2, slots: { color: "{color}", [slot!]: place! }, patterns: [
			`<set> <the> ${place} [lights|light] [color|colour] to {color}`, `<set> <the> (color|colour) of [all the lights in] <the> ${place} to {color}`, `${place} [lights] [color] {color}`, `(turn|make) <the> ${place} [lights|light] {color}`] },
	]),
	{ intent: "HassLightSet", here: true, slots: { brightness: "{n}", area: "here" }, patterns: ["<set> <the> (brightness|lights) to {n}<percent> [<here>]", "dim <the> lights [<here>] to {n}<percent>", "<set> brightness [<here>] to {n}<percent>"] },
	{ intent: "HassLightSet", here: true, slots: { brightness: 100, area: "here" }, patterns: ["<set> <the> brightness [<here>] to [the] (highest|max|maximum)", "<set> <the> lights to (full|maximum) brightness [<here>]"] },
	{ intent: "HassLightSet", here: true, slots: { brightness: 1, area: "here" }, patterns: ["<set> <the> brightness [<here>] to [the] (lowest|min|minimum)"] },
	{ intent: "HassLightSet", here: true, slots: { color: "{color}", area: "here" }, patterns: ["(make|turn|set|change) [all] <the> lights [to] {color} [<here>]", "<set> <the> (color|colour) to {color} [<here>]"] },
	{ intent: "HassSetPosition", weight: 1.5, slots: { domain: "cover", name: "{cover}", position: "{n}" }, patterns: ["(set|open|close|move|raise|lower) <the> {cover} [position] to {n}[<percent>]", "{cover} [position] [to] {n}<percent>", "<set> <the> position of <the> {cover} to {n}<percent>"] },
	{ intent: "HassSetPosition", slots: { domain: "valve", name: "{valve}", position: "{n}" }, patterns: ["(set|open|close|increase|decrease) <the> {valve} [position] to {n}[<percent>]"] },
	{ intent: "HassSetPosition", values: [{ dc: "curtain", kind: "curtains" }, { dc: "curtain", kind: "curtain" }, { dc: "blind", kind: "blinds" }, { dc: "shade", kind: "shades" }, { dc: "shutter", kind: "shutters" }], weight: 1.5,
		slots: { domain: "cover", device_class: "{dc}", area: "{area}", position: "{n}" }, patterns: ["(set|open|close|move) <the> {kind} in <the> {area} to {n}<percent>", "(set|open|close|move) <the> {kind} to {n}<percent> in <the> {area}", "(set|open|close) <the> {area} {kind} to {n}<percent>"] },
	{ intent: "HassSetPosition", here: true, values: [{ dc: "curtain", kind: "curtains" }, { dc: "blind", kind: "blinds" }, { dc: "shade", kind: "shades" }], slots: { domain: "cover", device_class: "{dc}", area: "here", position: "{n}" }, patterns: ["(set|open|close|move) <the> {kind} to {n}<percent> [<here>]"] },
	{ intent: "HassFanSetSpeed", slots: { name: "{fan}", percentage: "{n}" }, patterns: ["<set> <the> {fan} [speed] to {n}<percent> [speed]", "<set> <the> speed of <the> {fan} to {n}<percent>", "{fan} [speed] [at|to] {n}<percent>"] },
	{ intent: "HassFanSetSpeed", weight: 0.5, slots: { area: "{area}", percentage: "{n}" }, patterns: ["<set> <the> {area} fan [speed] to {n}<percent>", "<set> <the> (fan|fan speed) in <the> {area} to {n}<percent>"] },
	{ intent: "HassHumidifierSetpoint", weight: 0.5, slots: { name: "{humidifier}", humidity: "{n}" }, patterns: ["<set> <the> {humidifier} [humidity] to {n}<percent>", "<set> <the> humidity of <the> {humidifier} to {n}<percent>"] },
	{ intent: "HassClimateSetTemperature", weight: 1.5, slots: { temperature: "{t}" }, patterns: ["(set|change|adjust|turn) <the> (temperature|temp|heating|heat|thermostat) to {t} <degrees>", "make it {t} degrees [<here>]", "(heat|warm|cool) it to {t} degrees", "(raise|lower|increase|decrease) the (temperature|temp) to {t} <degrees>"] },
	...[["{area}", "area"], ["{floor}", "floor"]].map(([place, slot]): Phrase => ({ intent: "HassClimateSetTemperature", weight: 1.5, slots: { [slot!]: place!, temperature: "{t}" }, patterns: [
		`(set|change|adjust) <the> (temperature|temp|heating) (in|of|for) <the> ${place} to {t} <degrees>`, `(set|change|adjust) <the> ${place} [temperature|temp|heating] to {t} degrees`, `(set|change|turn) <the> ${place} (temperature|temp) to {t} <degrees>`,
		`(heat|warm up|cool) <the> ${place} to {t} degrees`] })),
	{ intent: "HassClimateSetTemperature", weight: 1.5, slots: { name: "{climate}", temperature: "{t}" }, patterns: ["(set|change|adjust|turn) <the> {climate} [temperature] to {t} <degrees>", "(set|change) <the> (temperature|temp) of <the> {climate} to {t} <degrees>"] },
	{ intent: "HassClimateGetTemperature", weight: 1.5, slots: { area: "{area}" }, patterns: [
		"(what's|what is|tell me|give me) the (temperature|temp) (in|of) [the] {area}", "how (hot|cold|warm|cool) is (it in|it in the|the|) {area}", "(what's|what is|tell me) the [current] {area} (temperature|temp)", "{area} temperature", "is it (hot|cold|warm) in the {area}"] },
	{ intent: "HassClimateGetTemperature", here: true, slots: { area: "here" }, patterns: ["(what's|what is|tell me) the [current] (temperature|temp) [<here>]", "how (hot|cold|warm) is it [<here>]"] },
	{ intent: "HassClimateGetTemperature", here: false, weight: 0.3, slots: {}, patterns: ["(what's|what is|tell me) the [current] (temperature|temp) [inside]", "how (hot|cold|warm) is it [inside]"] },
	{ intent: "HassClimateGetTemperature", slots: { name: "{climate}" }, patterns: ["(what's|what is|tell me) the (temperature|temp) of [the] {climate}", "how (hot|cold|warm) is the {climate}", "(what's|what is) [the] {climate} (temperature|temp)"] },
];

export const DEVICES: readonly Phrase[] = [...LIGHTS, ...COVERS, ...LOCKS, ...SCENES, ...SETTINGS];
