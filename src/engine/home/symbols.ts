/**
 * The symbols of the command language: what a prompt puts in place of names and numbers, and what an answer is made
 * of. Each is one token of the model, a character of Unicode's private use area, U+E000 on, in this order; a model
 * knows them by their place, so this list only grows at its end.
 */

/** Domains of Home Assistant that commands know, as Home Assistant spells them. */
export const DOMAINS = [
	"binary_sensor", "climate", "cover", "fan", "humidifier", "lawn_mower", "light", "lock", "media_player", "person", "scene",
	"script", "sensor", "switch", "todo", "vacuum", "valve", "weather", "input_boolean", "button", "water_heater",
] as const;

/** Classes of devices, of all domains together. */
export const DEVICE_CLASSES = [
	"apparent_power", "aqi", "area", "atmospheric_pressure", "awning", "battery", "battery_charging", "blind", "carbon_dioxide", "carbon_monoxide",
	"cold", "conductivity", "connectivity", "current", "curtain", "damper", "data_rate", "data_size", "date", "distance", "door", "duration",
	"energy", "energy_distance", "energy_storage", "enum", "frequency", "garage", "garage_door", "gas", "gate", "heat", "humidity", "illuminance",
	"irradiance", "light", "lock", "moisture", "monetary", "motion", "moving", "nitrogen_dioxide", "nitrogen_monoxide", "nitrous_oxide", "occupancy",
	"opening", "outlet", "ozone", "ph", "plug", "pm1", "pm10", "pm25", "power", "power_factor", "precipitation", "precipitation_intensity",
	"presence", "pressure", "problem", "reactive_power", "receiver", "running", "safety", "shade", "shutter", "signal_strength", "smoke", "sound",
	"sound_pressure", "speaker", "speed", "sulphur_dioxide", "switch", "tamper", "temperature", "timestamp", "tv", "update", "vibration",
	"volatile_organic_compounds", "volatile_organic_compounds_parts", "voltage", "volume", "volume_flow_rate", "volume_storage", "water", "weight",
	"wind_direction", "wind_speed", "window",
] as const;

export const STATES = ["on", "off", "open", "closed", "locked", "unlocked", "home", "not_home"] as const;
export const MEDIA_CLASSES = ["album", "artist", "movie", "playlist", "podcast", "track", "tv_show"] as const;
export const STEPS = ["up", "down"] as const;

export const INTENTS = [
	"none", "HassTurnOn", "HassTurnOff", "HassToggle", "HassGetState", "HassSetPosition", "HassStopMoving", "HassLightSet",
	"HassClimateGetTemperature", "HassClimateSetTemperature", "HassFanSetSpeed", "HassHumidifierSetpoint",
	"HassStartTimer", "HassCancelTimer", "HassCancelAllTimers", "HassIncreaseTimer", "HassDecreaseTimer", "HassPauseTimer", "HassUnpauseTimer",
	"HassTimerStatus", "HassMediaNext", "HassMediaPrevious", "HassMediaPause", "HassMediaUnpause", "HassMediaSearchAndPlay",
	"HassMediaPlayerMute", "HassMediaPlayerUnmute", "HassSetVolume", "HassSetVolumeRelative",
	"HassShoppingListAddItem", "HassShoppingListCompleteItem", "HassListAddItem", "HassListCompleteItem",
	"HassVacuumStart", "HassVacuumReturnToBase", "HassVacuumCleanArea", "HassLawnMowerStartMowing", "HassLawnMowerDock",
	"HassGetWeather", "HassGetCurrentDate", "HassGetCurrentTime", "HassBroadcast", "HassNevermind", "HassRespond",
] as const;
export type Intent = (typeof INTENTS)[number];

/** Slots whose value is a second symbol, or a run of words. */
export const SLOTS = [
	"name", "area", "floor", "color", "brightness", "position", "temperature", "percentage", "humidity", "volume_level",
	"hours", "minutes", "seconds", "start_hours", "start_minutes", "start_seconds",
	"timer", "item", "message", "search_query", "conversation_command",
] as const;
export type Slot = (typeof SLOTS)[number];

/** How many different mentions of a kind one sentence can have. */
export const MENTIONS = { area: 2, floor: 2, name: 2, color: 1, number: 6 } as const;
export type MentionKind = keyof typeof MENTIONS;

const count = (kind: MentionKind): string[] => Array.from({ length: MENTIONS[kind] }, (_, i) => `${kind}#${i + 1}`);
const named = (prefix: string, values: readonly string[]): string[] => values.map((value) => `${prefix}:${value}`);

/** Names of all symbols; an enumerated slot and its value are one symbol, as "domain:light". */
export const SYMBOLS: readonly string[] = [
	"here", "elsewhere", "answer", "end", "all", "highest", "lowest",
	...count("area"), ...count("floor"), ...count("name"), ...count("color"), ...count("number"),
	...named("is", DOMAINS), ...named("intent", INTENTS), ...named("slot", SLOTS),
	...named("domain", DOMAINS), ...named("device_class", DEVICE_CLASSES), ...named("state", STATES),
	...named("media_class", MEDIA_CLASSES), ...named("volume_step", STEPS),
];

const INDEX = new Map(SYMBOLS.map((name, i) => [name, i]));

/** Place of a symbol in SYMBOLS. */
export function symbol(name: string): number {
	const index = INDEX.get(name);
	if (index === undefined)
		throw new Error(`there is no symbol ${name}`);
	return index;
}

export const hasSymbol = (name: string): boolean => INDEX.has(name);

/** First of the private use area. */
export const FIRST_CHARACTER = 0xe000;
