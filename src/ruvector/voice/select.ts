/** Which entities a request can be about, and which of them is the best. */

import { type Entity, findPlace, hasWord, hasWords, type HomeIndex, isCalled, saidIn, spell } from "ruvllm-esp32/ruvector/voice/home-index";
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
		wanted.name = longest(home.entities, mention.text, (entity) => fitsKind(entity, wanted, "")).spelling;
		wanted.area = longest(home.areas, mention.text).at;
		wanted.floor = longest(home.floors, mention.text).at;
		// "The kitchen light" names a room and a kind, even where a device is called "Kitchen" or "Light".
		if (wanted.name.trim() === mention.nounWord || (wanted.area >= 0 && isCalled(home.areas[wanted.area]!, wanted.name)))
			wanted.name = "";
	}
	if (textOnly && !mention.noun && wanted.name === "" && !mention.all && !mention.other)
		wanted.name = partIn(home.entities, mention.words.filter((word) => !inPlace(home, wanted, word)), (entity) => fitsKind(entity, wanted, ""));
	if (wanted.name === "" && domain === undefined && mention.noun) {
		wanted.domain = mention.noun.domain;
		wanted.deviceClass ??= mention.noun.deviceClass;
	}
	return wanted;
}

/** The longest spelling that a text has, and the first entry with it; "" and -1 if none. */
function longest<T extends { spelled: string }>(list: readonly T[], text: string, fits: (entry: T) => boolean = () => true): { spelling: string; at: number } {
	let best = "", at = -1;
	list.forEach((entry, i) => {
		const spelling = saidIn(entry, text);
		if (spelling.length > best.length && fits(entry)) {
			best = spelling;
			at = i;
		}
	});
	return { spelling: best, at };
}

/** The words, as HomeIndex spells, that one name has of these: of the first entry with the most. "" if none. */
function partIn(list: readonly Entity[], words: readonly string[], fits: (entity: Entity) => boolean): string {
	let best: string[] = [];
	if (words.length > 0)
		for (const entity of list) {
			const found = words.filter((word) => hasWords(entity, ` ${word} `));
			if (found.length > best.length && fits(entity))
				best = found;
		}
	return best.length > 0 ? ` ${best.join(" ")} ` : "";
}

/** Whether a word is of the name of the place that was said. */
const inPlace = (home: HomeIndex, { area, floor }: Wanted, word: string): boolean => (area >= 0 && hasWords(home.areas[area]!, ` ${word} `)) || (floor >= 0 && hasWords(home.floors[floor]!, ` ${word} `));

/** Of the candidates those whose names have words of the text that are not the place's, as "the ceiling light"; all, if none has. */
export function calledOf(home: HomeIndex, list: readonly number[], wanted: Wanted, { words, plural, nounWord }: Mention): readonly number[] {
	// Lamps are lights, the lamp may be called so.
	const own = words.filter((word) => !(plural && word === nounWord) && !inPlace(home, wanted, word));
	if (own.length === 0)
		return list;
	const called = list.filter((i) => own.some((word) => hasWord(home.entities[i]!, word)));
	return called.length > 0 ? called : list;
}

/** Whether a name has all words that were said. */
const fitsPart = (entity: Entity, words: readonly string[]): boolean => words.every((word) => hasWords(entity, ` ${word} `));

function fitsKind(entity: Entity, wanted: Wanted, noun: string): boolean {
	const { domain } = entity;
	if (wanted.deviceClass !== undefined && entity.deviceClass !== wanted.deviceClass)
		return false;
	if (domain === wanted.domain)
		return true;
	if (wanted.domain === undefined)
		return wanted.action === "get" || !(wanted.textOnly || wanted.action !== undefined) || !READ_ONLY.includes(domain);
	return noun !== "" && GENERAL.includes(domain) && hasWords(entity, ` ${noun} `);
}

const fitsPlace = (home: HomeIndex, { area }: Entity, wanted: Wanted): boolean => (wanted.area < 0 || area === wanted.area) && (wanted.floor < 0 || (area >= 0 && home.areas[area]!.floor === wanted.floor));

/**
 * Numbers of the entities that a request can be about, in the home's order. A whole name beats a part of one, and devices of
 * the domain beat switches that are called like it. Cost: one pass over the entities, or four.
 */
export function candidatesOf(home: HomeIndex, wanted: Wanted, noun: string): number[] {
	const all = (test: (entity: Entity) => boolean): number[] => {
		const list: number[] = [];
		for (let i = 0; i < home.entities.length; i++)
			if (test(home.entities[i]!) && fitsPlace(home, home.entities[i]!, wanted))
				list.push(i);
		return list;
	};
	if (wanted.name !== "") {
		const named = all((entity) => isCalled(entity, wanted.name) && fitsKind(entity, wanted, ""));
		const words = wanted.name.trim().split(" ");
		return named.length > 0 ? named : all((entity) => fitsPart(entity, words) && fitsKind(entity, wanted, noun));
	}
	if (wanted.domain === undefined && wanted.deviceClass === undefined && wanted.area < 0 && wanted.floor < 0)
		return [];
	const own = all((entity) => fitsKind(entity, wanted, ""));
	return own.length > 0 || noun === "" ? own : all((entity) => fitsKind(entity, wanted, noun));
}

export const placeSlots = (home: HomeIndex, { area, floor }: Wanted): { area?: string; floor?: string } => ({ ...(area >= 0 && { area: home.areas[area]!.name }), ...(floor >= 0 && { floor: home.floors[floor]!.name }) });

export const placeName = (home: HomeIndex, { area, floor }: Wanted): string | undefined => area >= 0 ? home.areas[area]!.name : floor >= 0 ? home.floors[floor]!.name : undefined;
