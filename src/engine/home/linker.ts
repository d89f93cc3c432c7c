/**
 * Reads a sentence with a home in mind: names of the home, numbers and colours become symbols, which the model copies
 * into its answer. So it never has to know a name, and can't invent one.
 *
 * "turn off the Desk Lamp in 5 minutes" becomes
 * elsewhere | turn | off | the | is:light name#1 | in | number#1 | minutes | answer
 */

import type { Home, Place } from "ruvllm-esp32/engine/home/home";
import { durationAt, numberAt } from "ruvllm-esp32/engine/home/numbers";
import { MentionKind, MENTIONS, symbol } from "ruvllm-esp32/engine/home/symbols";
import { Word, words } from "ruvllm-esp32/engine/home/words";

/** One or more words of the sentence, as the model reads them. */
export interface Item {
	/** Words that the model spells; empty when symbols stand for them. */
	words: readonly string[];
	symbols: readonly number[];
	/** Characters of the sentence. */
	start: number;
	end: number;
}

export interface Linked {
	sentence: string;
	items: readonly Item[];
	/** What the symbols stand for: all the places that share the mentioned spelling; a number; a colour. */
	places: Readonly<Record<"area" | "floor" | "name", readonly (readonly Place[])[]>>;
	numbers: readonly number[];
	colors: readonly string[];
	/** Area of the device that heard it, if it is known. */
	here: string | undefined;
}

/** Longest sentence that is read, in words: longer ones aren't commands. */
export const MOST_WORDS = 48;

const COLORS = new Set([
	"red", "green", "blue", "yellow", "orange", "purple", "violet", "pink", "white", "cyan", "magenta", "turquoise", "teal", "gold", "brown", "black",
	"lime", "indigo", "lavender", "coral", "salmon", "crimson", "maroon", "navy", "olive", "beige", "ivory", "amber", "aqua", "fuchsia", "tan", "grey", "gray",
]);

/** Words of the language of commands: a device of such a name ("Light", "Gas") keeps its word beside its symbol. */
const COMMON = new Set([
	"light", "lights", "lamp", "lamps", "gas", "co", "co2", "smoke", "motion", "sensor", "sensors", "occupancy", "thermostat", "tv", "television", "fan", "fans",
	"door", "doors", "window", "windows", "blind", "blinds", "curtain", "curtains", "shade", "shades", "lock", "locks", "siren", "temperature", "humidity",
	"power", "water", "battery", "vacuum", "heat", "heater", "heating", "music", "speaker", "speakers", "valve", "switch", "switches", "weather", "timer",
	"presence", "vibration", "sound", "noise", "moisture", "energy", "volume", "home", "house", "list", "shopping",
]);

export function link(sentence: string, home: Home, here?: string): Linked {
	const text = words(sentence).slice(0, MOST_WORDS + 1);
	const linker = new Linker(sentence, text, home);
	while (linker.at < text.length)
		linker.step();
	return { sentence, items: linker.items, places: linker.places, numbers: linker.numbers, colors: linker.colors, here };
}

class Linker {
	at = 0;
	readonly items: Item[] = [];
	readonly places: Record<"area" | "floor" | "name", Place[][]> = { area: [], floor: [], name: [] };
	readonly numbers: number[] = [];
	readonly colors: string[] = [];
	readonly #sentence: string;
	readonly #words: readonly Word[];
	readonly #home: Home;

	constructor(sentence: string, text: readonly Word[], home: Home) {
		this.#sentence = sentence;
		this.#words = text;
		this.#home = home;
	}

	step(): void {
		if (this.#name() || this.#duration() || this.#number() || this.#color())
			return;
		this.#push(1, [this.#words[this.at]!.text], []);
	}

	#push(length: number, spelled: readonly string[], symbols: readonly number[]): void {
		const words = this.#words;
		this.items.push({ words: spelled, symbols, start: words[this.at]!.start, end: words[this.at + length - 1]!.end });
		this.at += length;
	}

	/** The longest name that begins here, in all that it can stand for. */
	#name(): boolean {
		const found = this.#home.startingWith(this.#words[this.at]!.text).filter((place) => this.#matches(place));
		const longest = found[0]?.words.length ?? 0;
		const same = found.filter((place) => place.words.length === longest);
		if (!same.length)
			return false;
		const symbols: number[] = [];
		const devices = same.filter((place) => place.kind === "name");
		const name = this.#mention("name", devices);
		if (name) {
			for (const domain of new Set(devices.map((place) => place.domain)))
				symbols.push(symbol(`is:${domain}`));
			symbols.push(name);
		}
		for (const kind of ["area", "floor"] as const) {
			const place = this.#mention(kind, same.filter((p) => p.kind === kind));
			if (place)
				symbols.push(place);
		}
		if (!symbols.length)
			return false;
		const spelled = same[0]!.words, common = spelled.every((word) => COMMON.has(word));
		this.#push(longest, common ? spelled : [], symbols);
		return true;
	}

	#matches(place: Place): boolean {
		const next = this.#words[this.at + place.words.length]?.text;
		// A garage door is a kind of door, not a door of the garage.
		if (place.kind === "area" && (next === "door" || next === "doors") && place.words.length === 1 && place.words[0] === "garage")
			return false;
		return place.words.every((word, i) => this.#words[this.at + i]?.text === word);
	}

	/** Symbol of a mention, a new one or that of the same places before; 0 when there are too many, or none. */
	#mention(kind: "area" | "floor" | "name", places: Place[]): number {
		if (!places.length)
			return 0;
		const known = this.places[kind];
		let index = known.findIndex((other) => other[0] === places[0]);
		if (index < 0) {
			if (known.length === MENTIONS[kind])
				return 0;
			index = known.push(places) - 1;
		}
		return symbol(`${kind}#${index + 1}`);
	}

	#duration(): boolean {
		const duration = durationAt(this.#words, this.at);
		if (!duration || this.numbers.length + duration.parts.length > MENTIONS.number)
			return false;
		const text = this.#words, { start } = text[this.at]!, last = text[this.at + duration.length - 1]!;
		duration.parts.forEach((part, i) => {
			// The parts share their characters; the last unit is the last word.
			this.items.push({ words: [], symbols: [this.#numberSymbol(part.value)], start, end: last.end });
			this.items.push({ words: [part.unit], symbols: [], start: i === duration.parts.length - 1 ? last.start : start, end: last.end });
		});
		this.at += duration.length;
		return true;
	}

	#number(): boolean {
		const number = numberAt(this.#words, this.at);
		if (!number || this.numbers.length === MENTIONS.number)
			return false;
		this.#push(number.length, [], [this.#numberSymbol(number.value)]);
		return true;
	}

	#numberSymbol(value: number): number {
		this.numbers.push(value);
		return symbol(`number#${this.numbers.length}`);
	}

	#color(): boolean {
		const { text } = this.#words[this.at]!;
		if (!COLORS.has(text) || this.colors.length === MENTIONS.color)
			return false;
		this.colors.push(text);
		this.#push(1, [], [symbol("color#1" satisfies `${MentionKind}#${number}`)]);
		return true;
	}
}

/** The words of items from `first` to `last`, as the sentence spells them. */
export function textOf(linked: Linked, first: number, last: number): string {
	return linked.sentence.slice(linked.items[first]!.start, linked.items[last]!.end);
}
