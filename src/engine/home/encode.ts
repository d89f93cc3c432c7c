/** From sentences to tokens, and from a known answer to the tokens that say it: what training and tests need. */

import { AnySlot, ENUMERATED, EXTREMES, NUMERIC, RULES, SPOKEN } from "ruvllm-esp32/engine/home/intents";
import type { Linked } from "ruvllm-esp32/engine/home/linker";
import { hasSymbol, type Intent, Slot, symbol } from "ruvllm-esp32/engine/home/symbols";

/** A word, or a symbol by its place in SYMBOLS. */
export type Part = string | number;

export function itemParts(linked: Linked): Part[][] {
	return linked.items.map((item) => [...item.words, ...item.symbols]);
}

/** What the model reads: whether the area is known, the sentence, a mark. */
export function promptParts(linked: Linked): Part[] {
	return [symbol(linked.here === undefined ? "elsewhere" : "here"), ...itemParts(linked).flat(), symbol("answer")];
}

/** A wanted answer: values of slots; a list holds spellings that are all right. */
export interface WantedAction {
	intent: Intent;
	slots: Readonly<Record<string, string | number | readonly string[]>>;
}

const TIMERS = ["HassStartTimer", "HassCancelTimer", "HassIncreaseTimer", "HassDecreaseTimer", "HassPauseTimer", "HassUnpauseTimer", "HassTimerStatus"];

/** The parts of the answer that says `wanted`, or a sentence on why the linked prompt can't say it. */
export function answerParts(linked: Linked, wanted: WantedAction): Part[] | string {
	const out: Part[] = [symbol(`intent:${wanted.intent}`)];
	const left = new Map(Object.entries(wanted.slots));
	if (TIMERS.includes(wanted.intent) && left.has("name")) {
		left.set("timer", left.get("name")!);
		left.delete("name");
	}
	for (const slot of RULES[wanted.intent].slots) {
		if (!left.has(slot))
			continue;
		const value = left.get(slot)!;
		left.delete(slot);
		const parts = slotParts(linked, slot, value);
		if (!parts)
			return `${slot} can't be ${JSON.stringify(value)}`;
		out.push(...parts);
	}
	if (left.size)
		return `${wanted.intent} has no slot ${[...left.keys()].join(", ")}`;
	return [...out, symbol("end")];
}

function slotParts(linked: Linked, slot: AnySlot, value: string | number | readonly string[]): Part[] | undefined {
	if (slot in ENUMERATED)
		return hasSymbol(`${slot}:${value as string}`) ? [symbol(`${slot}:${value as string}`)] : undefined;
	const opening = symbol(`slot:${slot}`);
	if (SPOKEN.includes(slot as Slot))
		return spokenParts(linked, (typeof value === "object" ? value : [String(value)]).map((v) => v.trim().toLowerCase()), opening);
	const nth = slot in NUMERIC ? linked.numbers.indexOf(value as number) : slot === "color" ? linked.colors.indexOf(value as string)
		: linked.places[slot as "name" | "area" | "floor"].findIndex((list) => list[0]!.name === value);
	if (nth >= 0)
		return [opening, symbol(`${slot in NUMERIC ? "number" : slot}#${nth + 1}`)];
	if (slot === "area" && value === linked.here)
		return [opening, symbol("here")];
	if (slot === "name" && value === "all")
		return [opening, symbol("all")];
	const extreme = EXTREMES[slot as Slot]?.indexOf(value as number) ?? -1;
	return extreme >= 0 ? [opening, symbol(extreme ? "highest" : "lowest")] : undefined;
}

/** The shortest run of items whose text is one of the spellings. */
function spokenParts(linked: Linked, spellings: readonly string[], opening: number): Part[] | undefined {
	const { items, sentence } = linked;
	for (let length = 1; length <= items.length; length++)
		for (let first = 0; first + length <= items.length; first++)
			if (spellings.includes(sentence.slice(items[first]!.start, items[first + length - 1]!.end).toLowerCase()))
				return [opening, ...itemParts(linked).slice(first, first + length).flat()];
	return undefined;
}
