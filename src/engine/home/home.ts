/**
 * A home: its floors, areas and devices, as Home Assistant's own test fixtures describe them. Names are only ever
 * taken from here, never from what the model remembers.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { DOMAINS } from "ruvllm-esp32/engine/home/symbols";
import { words } from "ruvllm-esp32/engine/home/words";

export interface HomeConfig {
	floors?: readonly { name: string; id: string; aliases?: readonly string[] }[];
	areas?: readonly { name: string; id: string; floor?: string | null; aliases?: readonly string[] }[];
	/** `id` begins with the domain: "light.kitchen_ceiling". */
	entities?: readonly { name: string; id: string; area?: string | null; attributes?: { device_class?: string } | null; aliases?: readonly string[] }[];
}

/** What a name can stand for. */
export interface Place {
	kind: "area" | "floor" | "name";
	/** As the home spells it; answers use this. */
	name: string;
	/** Of devices. */
	domain: string;
	deviceClass: string;
	/** Spelling in words, for matching. */
	words: readonly string[];
}

const MOST_NAMES = 1000;

export class Home {
	/** By the first word of the name, longest names first. */
	readonly #places = new Map<string, Place[]>();
	/** Number of names and aliases. */
	readonly size: number;

	/** @throws RuvllmError HOME_CONFIG naming what is wrong */
	constructor(config: HomeConfig) {
		if (typeof config !== "object" || config === null || Array.isArray(config))
			throw new RuvllmError("HOME_CONFIG", "a home is an object with floors, areas and entities");
		let size = 0;
		size += this.#read(config, "floors", "floor");
		size += this.#read(config, "areas", "area");
		size += this.#read(config, "entities", "name");
		if (size > MOST_NAMES)
			throw new RuvllmError("HOME_CONFIG", `the home has ${size} names; at most ${MOST_NAMES} fit`);
		this.size = size;
		for (const list of this.#places.values())
			list.sort((a, b) => b.words.length - a.words.length);
	}

	/** Whatever begins with this word, longest first. */
	startingWith(word: string): readonly Place[] {
		return this.#places.get(word) ?? [];
	}

	#read(config: HomeConfig, field: "floors" | "areas" | "entities", kind: Place["kind"]): number {
		const list: unknown = config[field] ?? [];
		if (!Array.isArray(list))
			throw new RuvllmError("HOME_CONFIG", `"${field}" of the home is no list`);
		let size = 0;
		list.forEach((entry: { name?: unknown; id?: unknown; attributes?: { device_class?: unknown } | null; aliases?: unknown }, i) => {
			const where = `${field}[${i}]`;
			if (typeof entry !== "object" || entry === null || typeof entry.name !== "string")
				throw new RuvllmError("HOME_CONFIG", `${where} of the home lacks a name`);
			const domain = kind === "name" ? domainOf(where, entry.id) : "";
			const deviceClass = kind === "name" && typeof entry.attributes?.device_class === "string" ? entry.attributes.device_class : "";
			// As in Home Assistant's templates, what stands in brackets may be left out.
			const name = entry.name.replace(/\[[^\]]*\]/g, "");
			const aliases = Array.isArray(entry.aliases) ? entry.aliases.filter((alias) => typeof alias === "string") as string[] : [];
			for (const spelling of new Set([name, entry.name.replace(/[[\]]/g, ""), ...aliases])) {
				const list = words(spelling).map((w) => w.text);
				if (!list.length)
					throw new RuvllmError("HOME_CONFIG", `${where} of the home has a name without letters: "${spelling}"`);
				const known = this.#places.get(list[0]!) ?? [];
				known.push({ kind, name, domain, deviceClass, words: list });
				this.#places.set(list[0]!, known);
				size++;
			}
		});
		return size;
	}
}

function domainOf(where: string, id: unknown): string {
	const domain = typeof id === "string" ? id.slice(0, Math.max(0, id.indexOf("."))) : "";
	if (!domain)
		throw new RuvllmError("HOME_CONFIG", `${where} of the home has no id like "light.kitchen"`);
	return (DOMAINS as readonly string[]).includes(domain) ? domain : "switch";
}
