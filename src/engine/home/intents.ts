/** What each intent takes: its slots in the order of an answer, and those that it can't do without. */

import { DEVICE_CLASSES, DOMAINS, Intent, MEDIA_CLASSES, Slot, STATES, STEPS } from "ruvllm-esp32/engine/home/symbols";

/** Slots of one symbol. */
export const ENUMERATED = {
	domain: DOMAINS, device_class: DEVICE_CLASSES, state: STATES, media_class: MEDIA_CLASSES, volume_step: STEPS,
} as const;
export type EnumeratedSlot = keyof typeof ENUMERATED;
export type AnySlot = Slot | EnumeratedSlot;

/** Slots that take a number, with their range. */
export const NUMERIC: Readonly<Partial<Record<Slot, readonly [low: number, high: number]>>> = {
	brightness: [0, 100], position: [0, 100], temperature: [-50, 300], percentage: [0, 100], humidity: [0, 100], volume_level: [0, 100],
	hours: [0, 1000], minutes: [0, 1000], seconds: [0, 1000], start_hours: [0, 1000], start_minutes: [0, 1000], start_seconds: [0, 1000],
};

/** Numeric slots that "maximum" and "minimum" fill, with what they mean. */
export const EXTREMES: Readonly<Partial<Record<Slot, readonly [lowest: number, highest: number]>>> = {
	brightness: [1, 100], position: [0, 100], percentage: [0, 100], volume_level: [0, 100],
};

/** Slots whose value is a run of words of the sentence. */
export const SPOKEN: readonly Slot[] = ["timer", "item", "message", "search_query", "conversation_command"];

export interface IntentRule {
	slots: readonly AnySlot[];
	/** Of each of these lists, at least one slot must be there. */
	needs: readonly (readonly AnySlot[])[];
	/** Domains that a named device may have; undefined: any. */
	domains?: readonly string[];
	/** Whether the name may be "all". */
	all?: boolean;
}

const PLACES = ["name", "area", "floor"] as const;
const TARGET = [...PLACES, "domain", "device_class"] as const;
const START = ["start_hours", "start_minutes", "start_seconds", "area", "timer"] as const;
const LENGTH = ["hours", "minutes", "seconds"] as const;

const SWITCHABLE: readonly string[] = DOMAINS.filter((domain) => !["binary_sensor", "sensor", "weather", "person", "todo"].includes(domain));
const MEDIA = ["media_player"];

const rule = (slots: readonly AnySlot[], domains: readonly string[] | undefined, ...needs: (readonly AnySlot[])[]): IntentRule => ({ slots, domains, needs });

export const RULES: Readonly<Record<Intent, IntentRule>> = {
	none: rule([], []),
	HassTurnOn: { slots: TARGET, needs: [TARGET], domains: SWITCHABLE, all: true },
	HassTurnOff: { slots: TARGET, needs: [TARGET], domains: SWITCHABLE, all: true },
	HassToggle: rule(TARGET, SWITCHABLE, TARGET),
	HassGetState: rule([...TARGET, "state"], undefined, ["name", "domain"]),
	HassSetPosition: rule([...TARGET, "position"], ["cover", "valve"], ["position"]),
	HassStopMoving: rule(TARGET, ["cover", "valve"]),
	HassLightSet: rule([...PLACES, "color", "brightness"], ["light"], ["color", "brightness"]),
	HassClimateGetTemperature: rule(PLACES, ["climate", "water_heater"]),
	HassClimateSetTemperature: rule([...PLACES, "temperature"], ["climate", "water_heater"], ["temperature"]),
	HassFanSetSpeed: rule([...PLACES, "percentage"], ["fan"], ["percentage"]),
	HassHumidifierSetpoint: rule([...PLACES, "humidity"], ["humidifier"], ["humidity"]),
	HassStartTimer: rule([...LENGTH, "timer", "conversation_command"], [], LENGTH),
	HassCancelTimer: rule(START, []),
	HassCancelAllTimers: rule(["area"], []),
	HassIncreaseTimer: rule([...LENGTH, ...START], [], LENGTH),
	HassDecreaseTimer: rule([...LENGTH, ...START], [], LENGTH),
	HassPauseTimer: rule(START, []),
	HassUnpauseTimer: rule(START, []),
	HassTimerStatus: rule(START, []),
	HassMediaNext: rule(PLACES, MEDIA),
	HassMediaPrevious: rule(PLACES, MEDIA),
	HassMediaPause: rule(PLACES, MEDIA),
	HassMediaUnpause: rule(PLACES, MEDIA),
	HassMediaSearchAndPlay: rule([...PLACES, "media_class", "search_query"], MEDIA, ["search_query"]),
	HassMediaPlayerMute: rule(PLACES, MEDIA),
	HassMediaPlayerUnmute: rule(PLACES, MEDIA),
	HassSetVolume: rule([...PLACES, "volume_level"], MEDIA, ["volume_level"]),
	HassSetVolumeRelative: rule([...PLACES, "volume_step"], MEDIA, ["volume_step"]),
	HassShoppingListAddItem: rule(["item"], [], ["item"]),
	HassShoppingListCompleteItem: rule(["item"], [], ["item"]),
	HassListAddItem: rule(["name", "item"], ["todo"], ["item"], ["name"]),
	HassListCompleteItem: rule(["name", "item"], ["todo"], ["item"], ["name"]),
	HassVacuumStart: rule(PLACES, ["vacuum"]),
	HassVacuumReturnToBase: rule(PLACES, ["vacuum"]),
	HassVacuumCleanArea: rule(["name", "area"], ["vacuum"], ["area"]),
	HassLawnMowerStartMowing: rule(["name"], ["lawn_mower"]),
	HassLawnMowerDock: rule(["name"], ["lawn_mower"]),
	HassGetWeather: rule(["name"], ["weather"]),
	HassGetCurrentDate: rule([], []),
	HassGetCurrentTime: rule([], []),
	HassBroadcast: rule(["message"], [], ["message"]),
	HassNevermind: rule([], []),
	HassRespond: rule([], []),
};
