/** Questions about the state of a home. */

import type { Phrase } from "./phrases.ts";

/** Device class: nouns of it in the plural, words for on, words for off. */
const BINARY: readonly (readonly [deviceClass: string, things: string, on: string, off: string])[] = [
	["battery", "(batteries|phone batteries|device batteries)", "(low|empty|running low|almost empty)", "(normal|charged|full|ok|fine)"],
	["battery_charging", "batteries", "charging", "(not charging|discharging)"],
	["carbon_monoxide", "(carbon monoxide|co) (sensors|detectors)", "(on|triggered|detected|active)", "(off|clear)"],
	["cold", "(things|devices|items)", "(cold|freezing)", "(normal|not cold)"],
	["connectivity", "(devices|things)", "(connected|online)", "(disconnected|offline)"],
	["door", "doors", "open", "(closed|shut)"],
	["garage_door", "garage doors", "open", "(closed|shut)"],
	["gas", "gas (sensors|detectors)", "(on|triggered|detected|active)", "(off|clear)"],
	["heat", "(things|devices|items)", "(hot|overheating)", "(normal|not hot)"],
	["light", "(lights|light sensors)", "detected", "(not detected|clear)"],
	["lock", "(locks|doors)", "unlocked", "locked"],
	["moisture", "(water sensors|moisture sensors|leak sensors|leaks)", "(wet|triggered)", "dry"],
	["motion", "motion (sensors|detectors)", "(triggered|on|detecting motion|active)", "(off|clear)"],
	["moving", "(things|devices)", "moving", "(still|stopped|not moving)"],
	["occupancy", "occupancy (sensors|detectors)", "(triggered|on|detected|active)", "(off|clear)"],
	["opening", "openings", "open", "(closed|shut)"],
	["plug", "(devices|plugs|things)", "plugged in", "(unplugged|not plugged in)"],
	["power", "(devices|things)", "(powered|powered on|powered up)", "(not powered|powered off|without power)"],
	["presence", "(devices|phones)", "(home|at home|present)", "(away|gone|not home)"],
	["problem", "(problems|devices)", "(having problems|broken|not working)", "(ok|fine|working)"],
	["running", "(devices|machines|things)", "running", "(not running|stopped|finished)"],
	["safety", "(things|places)", "(unsafe|dangerous|not safe)", "safe"],
	["smoke", "smoke (sensors|detectors|alarms)", "(triggered|on|detected|active)", "(off|clear)"],
	["sound", "sound (sensors|detectors)", "(triggered|on|detected|active)", "(off|clear)"],
	["tamper", "tamper (sensors|detectors)", "(triggered|tampered with|on)", "(clear|off)"],
	["update", "(updates|devices)", "(available|pending)", "(up to date|updated)"],
	["vibration", "(things|devices|vibration sensors)", "vibrating", "(not vibrating|still)"],
	["window", "windows", "open", "(closed|shut)"],
];

const ON_AND_OFF: Phrase[] = BINARY.flatMap(([device_class, things, on, off]): Phrase[] => (["on", "off"] as const).flatMap((state): Phrase[] => {
	const words = state === "on" ? on : off, noun = device_class.replaceAll("_", " ");
	const kind = { domain: "binary_sensor", device_class, state };
	const extra = device_class === "update" || device_class === "problem" ? ["(are there|do I have) [any] {kindword} [available]"] : [];
	return [
		{ intent: "HassGetState", weight: state === "on" ? 1 : 0.7, slots: { ...kind, name: `{binary_sensor/${device_class}}` }, values: [{ kindword: noun }], patterns: [
			`(is|are) <the> {binary_sensor/${device_class}} ${words}`, `(is|are) <the> {binary_sensor/${device_class}} ${words} [<nowadays>]`, `(is|are) <the> {binary_sensor/${device_class}} ${noun} ${words}`,
			...(device_class === "problem" ? ["(are there|is there|do I have) (any|a) (problems|problem) with <the> {binary_sensor/problem}"] : [])] },
		...(state === "on" ? [
			{ intent: "HassGetState", weight: 1.4, slots: kind, values: [{ kindword: things }], patterns: [
				`<any> ${things} ${words}`, `are (all|all the|all my) ${things} ${words}`, `<which> ${things} are ${words}`, `<many> ${things} are ${words}`, ...extra.map((e) => e.replace("{kindword}", things))] } satisfies Phrase,
			{ intent: "HassGetState", weight: 0.4, slots: { area: "{area}", ...kind }, patterns: [
				`<any> ${things} ${words} in [the] {area}`, `are all [the] ${things} ${words} in [the] {area}`, `<which> ${things} are ${words} in [the] {area}`, `<many> ${things} are ${words} in [the] {area}`, `is [any|the] ${noun} detected in [the] {area}`] } satisfies Phrase,
			{ intent: "HassGetState", weight: 0.3, slots: { area: "{area}", ...kind, name: `{binary_sensor/${device_class}}` }, patterns: [`is [the] {binary_sensor/${device_class}} ${words} in [the] {area}`, `is [the] {binary_sensor/${device_class}} (on|detected) in [the] {area}`] } satisfies Phrase,
		] : []),
	];
}));

const ONE = (device_class: string, patterns: readonly string[], area = true): Phrase[] => [
	{ intent: "HassGetState", slots: { domain: "binary_sensor", device_class, state: "on" }, patterns: patterns.map((p) => p.replace("{where}", "")) },
	...(area ? [{ intent: "HassGetState", slots: { area: "{area}", domain: "binary_sensor", device_class, state: "on" }, patterns: patterns.map((p) => p.replace("{where}", "in [the] {area}")) } satisfies Phrase] : []),
];
const SPECIAL: Phrase[] = [
	...ONE("carbon_monoxide", ["(is there|do you detect) [any] (carbon monoxide|co) [detected] {where}", "is [any] carbon monoxide detected {where}"]),
	...ONE("gas", ["is there [any|a] gas [leak] [detected] {where}", "is any gas detected {where}"]), ...ONE("smoke", ["is there [any] smoke [detected] {where}", "do you detect smoke {where}"]),
	...ONE("motion", ["is there [any] (motion|movement) [detected] {where}", "is any motion detected {where}", "is motion detected {where}", "is (anything|anyone|something) moving {where}"]),
	...ONE("occupancy", ["is there [any] (occupancy|anybody|anyone|someone|somebody) [detected] {where}", "is any occupancy detected {where}"]),
	...ONE("sound", ["is there [any] (noise|sound) [detected] {where}", "is [any] (sound|noise) detected {where}"]), ...ONE("moisture", ["is there [any|a] (leak|water leak|water|flood) [detected] {where}", "is the floor wet {where}", "is the water sensor wet {where}", "is [any] moisture detected {where}"]),
	...ONE("vibration", ["is (anything|something) vibrating {where}"]), ...ONE("light", ["is any light detected {where}"]), ...ONE("cold", ["is (anything|something) cold {where}"], false), ...ONE("heat", ["is (anything|something) hot {where}"], false),
	...ONE("update", ["(are there|do I have|is there) [any] (updates|update) [available]", "(what|which) updates are available", "how many updates are (available|there)"], false),
	{ intent: "HassGetState", slots: { area: "{area}", domain: "binary_sensor", device_class: "moisture", state: "on" }, patterns: ["is [the] {area} (flooded|wet|flooding)"] },
	{ intent: "HassGetState", slots: { area: "{area}", domain: "binary_sensor", device_class: "occupancy", state: "on" }, patterns: ["is [the] {area} (occupied|busy)", "is (anyone|somebody|someone|anybody) in [the] {area}"] },
];

const WHERE: readonly (readonly [Phrase["slots"], string])[] = [[{}, ""], [{ area: "{area}" }, "in [the|my] {area}"], [{ floor: "{floor}" }, "(on|at|in) [the|my] {floor}"], [{ floor: "{floor}" }, "{floor}"]];
const GROUPS: readonly (readonly [domain: string, deviceClass: string | undefined, things: string, states: readonly (readonly [string, string])[]])[] = [
	["light", undefined, "(lights|lamps)", [["on", "(on|turned on|switched on)"], ["off", "(off|turned off|switched off)"]]], ["switch", undefined, "switches", [["on", "(on|turned on)"], ["off", "(off|turned off)"]]],
	["fan", undefined, "fans", [["on", "(on|turned on|running)"], ["off", "(off|turned off)"]]], ["lock", undefined, "(doors|locks)", [["locked", "[securely] locked"], ["unlocked", "unlocked"]]],
	["media_player", undefined, "(tvs|speakers|media players)", [["on", "on"], ["off", "off"]]],
	...["blind", "curtain", "shade", "shutter", "awning", "garage"].map((kind) => ["cover", kind, kind === "garage" ? "garage doors" : `${kind}s`, [["open", "open"], ["closed", "(closed|shut)"]]] as const),
];
const GROUP_QUESTIONS: Phrase[] = GROUPS.flatMap(([domain, device_class, things, states]): Phrase[] => WHERE.flatMap(([where, place]): Phrase[] => states.map(([state, words]): Phrase => {
	const name = "area" in where ? "{area}" : "floor" in where ? "{floor}" : "";
	return {
		intent: "HassGetState", weight: (domain === "cover" ? 0.5 : 1.2) * (place === "{floor}" ? 0.3 : 1), slots: { ...where, domain, ...(device_class && { device_class }), state }, patterns: [
			`<any> ${things} ${words} ${place}`, `are all [the|of the] ${things} ${words} ${place}`, `are all [the|my] ${things} ${place} ${words}`, `<which> ${things} are ${words} ${place}`, `<which> ${things} are [<nowadays>] ${words} ${place}`, `<many> ${things} are ${words} ${place} [<nowadays>]`,
			`(are|do I have|are there) any ${words} ${things} ${place}`,
			...(name && place !== "{floor}" ? [`<any> ${name} ${things} ${words}`, `are all [the] ${name} ${things} ${words}`, `<which> ${name} ${things} are ${words}`, `<many> ${name} ${things} are ${words}`] : []),
		],
	};
})));

const NAMED: Phrase[] = [
	...["on", "off"].flatMap((state): Phrase[] => ["light", "switch", "fan", "media_player"].map((domain): Phrase => ({ intent: "HassGetState", weight: 1.5, slots: { name: `{${domain}}`, state }, patterns: [`(is|are) <the> {${domain}} [turned|switched] ${state} [<nowadays>]`] }))),
	...(["open", "closed"] as const).map((state): Phrase => ({ intent: "HassGetState", weight: 2, slots: { domain: "cover", name: "{cover}", state }, patterns: [`(is|are) <the> {cover} [<nowadays>] ${state === "open" ? "open" : "(closed|shut)"}`] })),
	...(["locked", "unlocked"] as const).map((state): Phrase => ({ intent: "HassGetState", weight: 2, slots: { domain: "lock", name: "{lock}", state }, patterns: [`(is|are) <the> {lock} [<nowadays>] ${state}`, `(is|are) <the> {lock} ${state} [<nowadays>]`] })),
	...["cover", "lock"].map((domain): Phrase => ({ intent: "HassGetState", weight: 1.2, slots: { domain, name: `{${domain}}` }, patterns: [`what is the (state|status) of <the> {${domain}}`, `(tell|give) me the (state|status) of <the> {${domain}}`, `<what> the {${domain}} (state|status)`] })),
	{ intent: "HassGetState", weight: 3, slots: { domain: "person", name: "{person}" }, patterns: ["(where is|where's) {person}", "(what is|tell me) the location of {person}", "where can I find {person}", "do you know where {person} is"] },
	{ intent: "HassGetState", weight: 2, slots: { domain: "person", name: "{person}", state: "home" }, patterns: ["is {person} [at] home", "is {person} in the house"] },
	{ intent: "HassGetState", weight: 2.5, slots: { domain: "person", state: "home" }, patterns: ["is (anyone|anybody|someone|everyone|everybody|somebody) [at] home", "who is [at] home", "who's [at] home", "how many people are [at] home", "(which people|who all) are home"] },
	{ intent: "HassGetState", weight: 4, slots: { name: "{sensor/}" }, patterns: ["<what> the [current] (value|state|reading) of [the] {sensor/}", "(what is|what's) [the] {sensor/}", "what does [the] {sensor/} say"] },
];

/** What a sensor's class is called. */
const SENSED: Readonly<Record<string, string>> = {
	apparent_power: "apparent power", aqi: "(air quality index|aqi|air quality)", atmospheric_pressure: "(air|atmospheric|barometric) pressure", battery: "(battery level|battery|battery charge|charge)",
	carbon_dioxide: "(co2 level|carbon dioxide level|carbon dioxide concentration|co2 concentration|co2)", carbon_monoxide: "(co level|carbon monoxide level|carbon monoxide concentration)", current: "(current|amount of current|electric current)",
	data_rate: "(download speed|data rate|upload speed|transfer speed|speed)", data_size: "(size|data size|file size)", date: "date", distance: "distance", duration: "(duration|length)", energy: "(energy|amount of energy|energy produced|energy usage)",
	energy_storage: "(stored energy|amount of energy|amount of stored energy|energy)", frequency: "frequency", gas: "(gas consumption|amount of gas|gas usage)", humidity: "(humidity|relative humidity)", illuminance: "(brightness level|illuminance|brightness|light level)",
	irradiance: "irradiance", moisture: "(moisture|moisture level)", monetary: "(cost|price|amount of money|balance)", nitrogen_dioxide: "(nitrogen dioxide|no2) (concentration|level)", nitrogen_monoxide: "(nitrogen monoxide|no) (concentration|level)",
	nitrous_oxide: "(nitrous oxide|n2o) (concentration|level)", ozone: "(ozone|o3) (level|concentration)", ph: "(ph|ph level|ph value)", pm1: "pm1 (level|concentration)", pm25: "pm2.5 (level|concentration)", pm10: "pm10 (level|concentration)", power_factor: "power factor",
	power: "(power|power usage|power consumption)", precipitation: "(accumulated rainfall|rainfall|precipitation|rain)", precipitation_intensity: "(rainfall intensity|rain intensity|precipitation intensity)", pressure: "pressure",
	reactive_power: "reactive power", signal_strength: "(signal strength|signal)", sound_pressure: "(acoustic pressure|sound pressure|noise level)", speed: "speed", sulphur_dioxide: "(sulphur dioxide|so2) (concentration|level)", temperature: "temperature",
	volatile_organic_compounds: "(concentration of organic compounds|voc level|volatile organic compounds|voc concentration)", volatile_organic_compounds_parts: "(concentration of organic compounds|voc level|volatile organic compounds)", voltage: "(voltage|voltage drop)",
	volume: "volume", volume_storage: "(total stored volume|stored volume|storage volume)", water: "(total amount of consumed water|water usage|amount of water|water consumption)", weight: "weight", wind_speed: "(wind speed|speed)",
	conductivity: "conductivity", wind_direction: "wind direction", volume_flow_rate: "(flow rate|water flow)",
};
const SENSORS: Phrase[] = Object.entries(SENSED).flatMap(([device_class, words]): Phrase[] => {
	const sensor = `{sensor/${device_class}}`, slots = { domain: "sensor", device_class, name: sensor };
	return [
		{ intent: "HassGetState", weight: 3, slots, patterns: [
			`<what> the [current] ${words} (of|in|from|for|indicated by|measured by|reported by) <the> ${sensor}`, `<what> <the> ${sensor} ${words}`, `<what> <the> ${sensor}'s ${words}`, `what's the ${words} <the> ${sensor} (measures|reports|shows)`] },
		...(device_class === "battery" ? [{ intent: "HassGetState", slots, patterns: [`how much (battery|charge) does <the> ${sensor} have [left]`, `how (full|charged) is <the> ${sensor}`] } satisfies Phrase] : []),
		...(device_class === "date" ? [{ intent: "HassGetState", slots, patterns: [`when (is|will) <the> ${sensor} [be]`] } satisfies Phrase] : []),
		...(device_class === "speed" || device_class === "wind_speed" ? [{ intent: "HassGetState", slots, patterns: [`how fast is <the> ${sensor}`] } satisfies Phrase] : []),
		...(device_class === "weight" ? [{ intent: "HassGetState", slots, patterns: [`how (heavy|much) is <the> ${sensor}`, `how much does <the> ${sensor} weigh`] } satisfies Phrase] : []),
	];
});

/** "is gas detected": of the sensor called Gas, where there is one. */
const DETECTED: Phrase[] = [["gas", "gas"], ["carbon_monoxide", "co"], ["smoke", "smoke"], ["light", "light"], ["occupancy", "occupancy"], ["motion", "motion sensor"]].flatMap(([device_class, said]): Phrase[] => [
	{ intent: "HassGetState", weight: 0.5, named: true, slots: { domain: "binary_sensor", device_class: device_class!, state: "on" }, patterns: [`is [the] ${said} detected`, `is ${said} (detected|on)`] },
	{ intent: "HassGetState", weight: 0.5, named: true, slots: { area: "{area}", domain: "binary_sensor", device_class: device_class!, state: "on" }, patterns: [`is ${said} (detected|on) in [the] {area}`] },
]);

export const STATES: readonly Phrase[] = [...DETECTED, ...ON_AND_OFF, ...SPECIAL, ...GROUP_QUESTIONS, ...NAMED, ...SENSORS];
