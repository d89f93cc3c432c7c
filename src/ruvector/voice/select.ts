/** Which entities a request can be about, and which of them is the best. */

import { type Entity, findPlace, type HomeIndex, spell } from "ruvllm-esp32/ruvector/voice/home-index";
import type { Mention } from "ruvllm-esp32/ruvector/voice/mention";
import type { VoiceAction, VoiceRequest } from "ruvllm-esp32/ruvector/voice/types";

/** Candidates that a question names. */
export const MOST_ASKED = 4;

/** What a request says of its target. */
export interface Wanted {
	action: VoiceAction | undefined;
	/** "" for none; as HomeIndex spells. */
	name: string;
	/** Numbers of places, -1: none was named. */
	area: number;
	floor: number;
	domain: string | undefined;
	deviceClass: string | undefined;
	/** The text has all that is known of the request. */
	textOnly: boolean;
	/** The place that is not there, "" if all are. */
	missing: string;
}

/** Domains whose state nobody can change by asking. */
const READ_ONLY = ["binary_sensor", "sensor", "weather", "person", "todo"];
/** What switches lamps and fans that are no lights and fans to the home. */
const GENERAL = ["switch", "input_boolean"];

export function wantedOf(home: HomeIndex, request: VoiceRequest, mention: Mention): Wanted {
	const { action, name, area, floor, domain, deviceClass } = request;
	const textOnly = [action, name, area, floor, domain, deviceClass].every((field) => field === undefined);
	const wanted: Wanted = {
		action: textOnly ? mention.action : action, name: name === undefined || name === "all" ? "" : spell(name), area: -1, floor: -1,
		domain, deviceClass, textOnly, missing: "",
	};
	if (area !== undefined && (wanted.area = findPlace(home.areas, area)) < 0)
		wanted.missing = area;
	if (floor !== undefined && (wanted.floor = findPlace(home.floors, floor)) < 0)
		wanted.missing = floor;
	if (textOnly) {
		wanted.name = longest(home.entities.flatMap((entity) => fitsKind(entity, wanted, "") ? entity.spellings : []), mention.text);
		wanted.area = home.areas.findIndex(({ spellings }) => spellings.includes(longest(home.areas.flatMap((entry) => entry.spellings), mention.text)));
		wanted.floor = home.floors.findIndex(({ spellings }) => spellings.includes(longest(home.floors.flatMap((entry) => entry.spellings), mention.text)));
		// "The kitchen light" names a room and a kind, even where a device is called "Kitchen" or "Light".
		if (wanted.name.trim() === mention.nounWord || (wanted.area >= 0 && home.areas[wanted.area]!.spellings.includes(wanted.name)))
			wanted.name = "";
	}
	if (wanted.name === "" && domain === undefined && mention.noun) {
		wanted.domain = mention.noun.domain;
		wanted.deviceClass ??= mention.noun.deviceClass;
	}
	return wanted;
}

/** The longest spelling that a text has; "" if none. */
function longest(spellings: readonly string[], text: string): string {
	return spellings.reduce((best, spelling) => spelling.length > best.length && text.includes(spelling) ? spelling : best, "");
}

const fitsName = ({ spellings }: Entity, name: string): boolean => spellings.includes(name);
/** Whether a name has all words that were said. */
const fitsPart = ({ spellings }: Entity, name: string): boolean => spellings.some((spelling) => name.trim().split(" ").every((word) => spelling.includes(` ${word} `)));

function fitsKind(entity: Entity, wanted: Wanted, noun: string): boolean {
	if (READ_ONLY.includes(entity.domain) && wanted.action !== "get" && (wanted.textOnly || wanted.action !== undefined) && wanted.domain !== entity.domain)
		return false;
	if (wanted.deviceClass !== undefined && entity.deviceClass !== wanted.deviceClass)
		return false;
	return wanted.domain === undefined || entity.domain === wanted.domain || (noun !== "" && GENERAL.includes(entity.domain) && entity.spellings.some((spelling) => spelling.includes(` ${noun} `)));
}

const fitsPlace = (home: HomeIndex, { area }: Entity, wanted: Wanted): boolean => (wanted.area < 0 || area === wanted.area) && (wanted.floor < 0 || (area >= 0 && home.areas[area]!.floor === wanted.floor));

/**
 * Numbers of the entities that a request can be about, in the home's order. A whole name beats a part of one, and devices of
 * the domain beat switches that are called like it. Cost: one pass over the entities, or four.
 */
export function candidatesOf(home: HomeIndex, wanted: Wanted, noun: string): number[] {
	const all = (test: (entity: Entity) => boolean): number[] => home.entities.flatMap((entity, i) => fitsPlace(home, entity, wanted) && test(entity) ? [i] : []);
	if (wanted.name !== "") {
		const named = all((entity) => fitsName(entity, wanted.name) && fitsKind(entity, wanted, ""));
		return named.length > 0 ? named : all((entity) => fitsPart(entity, wanted.name) && fitsKind(entity, wanted, noun));
	}
	if (wanted.domain === undefined && wanted.deviceClass === undefined && wanted.area < 0 && wanted.floor < 0)
		return [];
	const own = all((entity) => fitsKind(entity, wanted, ""));
	return own.length > 0 || noun === "" ? own : all((entity) => fitsKind(entity, wanted, noun));
}
