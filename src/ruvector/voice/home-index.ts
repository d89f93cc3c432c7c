/** A home, checked once and numbered, so that what follows compares small whole numbers. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { HomeDescription } from "ruvllm-esp32/ruvector/voice/types";

export const MOST_ENTITIES = 256, MOST_AREAS = 64, MOST_FLOORS = 16;

export interface Entity {
	id: string;
	name: string;
	domain: string;
	deviceClass: string;
	state: string;
	/** Number of the area, -1: nowhere. */
	area: number;
	/** The name, then aliases, as spell() gives them, with a line feed before each and after the last: see the functions below. */
	spelled: string;
}

export interface PlaceEntry {
	id: string;
	name: string;
	/** Of areas: number of the floor, -1: none. */
	floor: number;
	spelled: string;
}

/** Whether a character is a letter or a digit: below U+00C0 those of ASCII, above it all but punctuation and spaces. XS on boards has no \p{L}. */
const isLetter = (c: number): boolean => c < 0xc0 ? (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) : !((c >= 0x2010 && c <= 0x205f) || (c >= 0x3000 && c <= 0x303f));

/** Signs inside a word that are left out: "Trader Joe[']s" is one word. */
const isSilent = (c: number): boolean => c === 0x27 || c === 0x2019 || c === 0x5b || c === 0x5d;

/** Lower case, words separated by one space, one before and one after: " kitchen ceiling ". Cost: a pass over the text. */
export function spell(text: string): string {
	const lower = text.toLowerCase();
	let out = " ", from = -1, open = false;
	for (let i = 0; i <= lower.length; i++) {
		const c = i < lower.length ? lower.charCodeAt(i) : 0x20;
		if (isLetter(c)) {
			if (from < 0)
				from = i;
			continue;
		}
		if (from >= 0) {
			out += lower.slice(from, i);
			open = true;
			from = -1;
		}
		if (open && !isSilent(c)) {
			out += " ";
			open = false;
		}
	}
	return out === " " ? "  " : out;
}

/** Whether a spelling is one of an entry's. */
export const isCalled = ({ spelled }: { spelled: string }, spelling: string): boolean => spelling !== "" && spelled.includes(`\n${spelling}\n`);

/** Whether a name has a run of words, which has a space before and after. */
export const hasWords = ({ spelled }: { spelled: string }, words: string): boolean => spelled.includes(words);

/** Whether a name has a word, in the singular or the plural. */
export const hasWord = (entry: { spelled: string }, word: string): boolean => hasWords(entry, ` ${word} `) || hasWords(entry, ` ${word}s `) || (word.endsWith("s") && hasWords(entry, ` ${word.slice(0, -1)} `));

/** The longest of an entry's spellings that a text has; "" if none. */
export function saidIn({ spelled }: { spelled: string }, text: string): string {
	let best = "";
	for (let from = 1, to; from < spelled.length; from = to + 1) {
		to = spelled.indexOf("\n", from);
		const spelling = spelled.slice(from, to);
		if (spelling.length > best.length && text.includes(spelling))
			best = spelling;
	}
	return best;
}

interface Raw { name?: unknown; id?: unknown; floor?: unknown; area?: unknown; aliases?: unknown; state?: unknown; attributes?: { device_class?: unknown } | null }

export class HomeIndex {
	readonly floors: readonly PlaceEntry[];
	readonly areas: readonly PlaceEntry[];
	readonly entities: readonly Entity[];
	readonly #ids = new Map<string, number>();

	/** @throws RuvllmError VOICE_HOME naming the entry that is wrong */
	constructor(home: HomeDescription) {
		if (typeof home !== "object" || home === null || Array.isArray(home))
			throw new RuvllmError("VOICE_HOME", "a home is an object with floors, areas and entities");
		const domains = new Map<string, string>();
		this.floors = rows(home.floors, "floors", MOST_FLOORS).map((row) => ({ ...place(row), floor: -1 }));
		this.areas = rows(home.areas, "areas", MOST_AREAS).map((row, i) => ({ ...place(row), floor: numberOf(this.floors, row.floor, `areas[${i}].floor`) }));
		this.entities = rows(home.entities, "entities", MOST_ENTITIES).map((row, i) => {
			const { id, name, spelled } = place(row), dot = id.indexOf(".");
			if (dot < 1)
				throw new RuvllmError("VOICE_HOME", `entities[${i}] has the id "${id}"; it begins with the domain, as "light.kitchen"`);
			const domain = id.slice(0, dot);
			// One string for all of a domain.
			if (!domains.has(domain))
				domains.set(domain, domain);
			const deviceClass = row.attributes?.device_class;
			return { id, name, spelled, domain: domains.get(domain)!, deviceClass: typeof deviceClass === "string" ? deviceClass : "", state: stateText(row.state), area: numberOf(this.areas, row.area, `entities[${i}].area`) };
		});
		this.entities.forEach(({ id }, i) => {
			if (this.#ids.has(id))
				throw new RuvllmError("VOICE_HOME", `two entities have the id "${id}"`);
			this.#ids.set(id, i);
		});
	}

	/** -1: there is none. */
	entity(id: string): number {
		return this.#ids.get(id) ?? -1;
	}

	/** FNV-1a of the ids, in their order: another home has another. */
	number(): number {
		let hash = 0x811c9dc5;
		for (const { id } of this.entities)
			for (let i = 0; i <= id.length; i++)
				hash = Math.imul(hash ^ (i < id.length ? id.charCodeAt(i) : 0xffff), 0x01000193);
		return hash >>> 0;
	}

	/** @throws RuvllmError VOICE_ENTITY */
	setState(id: string, state: string): void {
		const at = this.entity(id);
		if (at < 0 || typeof state !== "string")
			throw new RuvllmError("VOICE_ENTITY", at < 0 ? `the home has no entity "${String(id)}"` : "a state is a text");
		(this.entities[at] as { state: string }).state = state;
	}
}

/** Number of a place by id, name or alias; -1. */
export function findPlace(list: readonly PlaceEntry[], text: string): number {
	const byId = list.findIndex(({ id }) => id === text), spelling = spell(text);
	return byId >= 0 ? byId : list.findIndex((entry) => isCalled(entry, spelling));
}

function rows(list: unknown, field: string, most: number): Raw[] {
	if (list === undefined)
		return [];
	if (!Array.isArray(list) || list.length > most)
		throw new RuvllmError("VOICE_HOME", Array.isArray(list) ? `the home has ${list.length} ${field}; at most ${most} fit` : `"${field}" of the home is no list`);
	return list.map((row: unknown, i) => {
		const { name, id } = (typeof row === "object" && row !== null ? row : {}) as Raw;
		if (typeof name !== "string" || typeof id !== "string" || spell(name) === "  ")
			throw new RuvllmError("VOICE_HOME", `${field}[${i}] of the home lacks a name or an id`);
		return row as Raw;
	});
}

function place({ id, name, aliases }: Raw): { id: string; name: string; spelled: string } {
	const plain = (name as string).replace(/\[[^\]]*\]/g, ""), more = Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === "string") as string[] : [];
	return { id: id as string, name: plain, spelled: `\n${[...new Set([plain, name as string, ...more].map(spell))].join("\n")}\n` };
}

function numberOf(list: readonly PlaceEntry[], id: unknown, field: string): number {
	if (id === undefined || id === null)
		return -1;
	const at = typeof id === "string" ? list.findIndex((entry) => entry.id === id) : -1;
	if (at < 0)
		throw new RuvllmError("VOICE_HOME", `${field} of the home is "${String(id)}", which is not there`);
	return at;
}

const stateText = (state: unknown): string => typeof state === "string" ? state
	: typeof state === "object" && state !== null && typeof (state as { out?: unknown }).out === "string" ? (state as { out: string }).out : "";
