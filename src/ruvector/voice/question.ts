/** What is said when a request is not clear. */

import type { Entity, HomeIndex } from "ruvllm-esp32/ruvector/voice/home-index";
import { MOST_ASKED } from "ruvllm-esp32/ruvector/voice/select";

const KINDS: Readonly<Record<string, string>> = { media_player: "player", climate: "thermostat", lawn_mower: "mower", input_boolean: "switch", binary_sensor: "sensor" };
export const kindOf = (domain: string | undefined): string => domain === undefined ? "device" : KINDS[domain] ?? domain.replace(/_/g, " ");

/** Names of a list; entities of the same name with their areas. */
function namesOf(home: HomeIndex, list: readonly Entity[]): string[] {
	return list.map((entity) => {
		const twins = list.filter(({ name }) => name === entity.name).length > 1;
		return twins && entity.area >= 0 ? `${entity.name} in ${home.areas[entity.area]!.name}` : entity.name;
	});
}

export function whichOne(home: HomeIndex, domain: string | undefined, numbers: readonly number[]): string {
	const names = namesOf(home, numbers.slice(0, MOST_ASKED).map((i) => home.entities[i]!));
	if (numbers.length > MOST_ASKED)
		names.push("another one");
	return `Which ${kindOf(domain)} do you mean: ${names.slice(0, -1).join(", ")} or ${names[names.length - 1]!}?`;
}

export const noneThere = (domain: string | undefined, place: string | undefined): string => `I know no such ${kindOf(domain)} ${place === undefined ? "in this home" : `in ${place}`}.`;
