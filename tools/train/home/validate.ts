/** Whether an answer could be meant for a home: a check of its own, which knows nothing of the grammar's code. */

import type { HomeConfig } from "ruvllm-esp32/engine/home/home";

const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
	brightness: [0, 100], position: [0, 100], percentage: [0, 100], humidity: [0, 100], volume_level: [0, 100], temperature: [-50, 300],
	hours: [0, 1000], minutes: [0, 1000], seconds: [0, 1000], start_hours: [0, 1000], start_minutes: [0, 1000], start_seconds: [0, 1000],
};
const SPOKEN = ["item", "message", "search_query", "conversation_command"];
const ENUMERATED = ["domain", "device_class", "state", "media_class", "volume_step", "color"];
/** Slots without which an intent means nothing: one of each list. */
const NEEDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
	HassTurnOn: [["name", "area", "floor", "domain", "device_class"]], HassTurnOff: [["name", "area", "floor", "domain", "device_class"]], HassGetState: [["name", "domain"]],
	HassSetPosition: [["position"]], HassLightSet: [["brightness", "color"]], HassClimateSetTemperature: [["temperature"]], HassStartTimer: [["hours", "minutes", "seconds"]],
	HassIncreaseTimer: [["hours", "minutes", "seconds"]], HassDecreaseTimer: [["hours", "minutes", "seconds"]], HassSetVolume: [["volume_level"]], HassMediaSearchAndPlay: [["search_query"]],
	HassShoppingListAddItem: [["item"]], HassShoppingListCompleteItem: [["item"]], HassListAddItem: [["item"], ["name"]], HassListCompleteItem: [["item"], ["name"]],
	HassBroadcast: [["message"]], HassFanSetSpeed: [["percentage"]],
};

/** What is wrong with the answer; undefined when nothing is. */
export function faultOf(action: Readonly<Record<string, unknown>>, sentence: string, config: HomeConfig, here: string | undefined): string | undefined {
	const { intent, ...slots } = action;
	if (typeof intent !== "string")
		return "no intent";
	if (intent === "none")
		return Object.keys(slots).length ? "none has no slots" : undefined;
	for (const need of NEEDS[intent] ?? [])
		if (!need.some((slot) => slot in slots))
			return `${intent} lacks ${need.join(" or ")}`;
	const named = (list: readonly { name: string }[] | undefined, value: unknown): boolean => (list ?? []).some(({ name }) => name.replace(/\[[^\]]*\]/g, "") === value);
	for (const [slot, value] of Object.entries(slots)) {
		const range = NUMBERS[slot];
		if (range ? !(typeof value === "number" && value >= range[0] && value <= range[1]) : typeof value !== "string" || value.length === 0)
			return `${slot} is ${JSON.stringify(value)}`;
		const said = sentence.toLowerCase().includes(String(value).toLowerCase());
		if (slot === "area" ? !named(config.areas, value) && value !== here : slot === "floor" ? !named(config.floors, value)
			: slot === "name" ? !(intent.includes("Timer") ? said : value === "all" || named(config.entities, value)) : SPOKEN.includes(slot) ? !said : !range && !ENUMERATED.includes(slot))
			return `there is no ${slot} ${JSON.stringify(value)}`;
	}
	return undefined;
}
