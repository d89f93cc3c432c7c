/**
 * The grammar of answers: an intent, its slots in order, the end. At every place it lists the tokens that can follow,
 * so that whatever the model prefers, the answer is whole and names only what the home and the sentence have.
 *
 *   answer := intent slot* end          none := intent:none end
 *   slot   := domain:light | slot:name (name#n | all) | slot:area (area#n | here) | slot:minutes number#n | slot:item words
 */

import type { Place } from "ruvllm-esp32/engine/home/home";
import { AnySlot, ENUMERATED, EnumeratedSlot, EXTREMES, IntentRule, NUMERIC, RULES, SPOKEN } from "ruvllm-esp32/engine/home/intents";
import { Linked, textOf } from "ruvllm-esp32/engine/home/linker";
import { DEVICE_CLASSES, DOMAINS, Intent, INTENTS, Slot, SYMBOLS, symbol } from "ruvllm-esp32/engine/home/symbols";

/** An intent and its slots: `{intent: "HassTurnOff", area: "Kitchen", domain: "light"}`. */
export type Action = { intent: Intent } & { [slot: string]: string | number };

/** Words from item `first` on; `token` tokens of item `item` are said. */
interface Run {
	first: number;
	item: number;
	token: number;
}

/** Where the answer stands: what kind of token follows. */
type State = "intent" | "slots" | "value" | "words" | "ended";

/**
 * A walk through the grammar for one sentence. `tokens` are the sentence's own, item by item, so that spoken values
 * are copied token by token.
 */
export class AnswerWalk {
	readonly #linked: Linked;
	readonly #symbolId: (index: number) => number;
	/** Token ids of each item. */
	readonly #items: readonly (readonly number[])[];
	#state: State = "intent";
	#intent: Intent = "none";
	#rule: IntentRule = RULES.none;
	/** Place in the rule's slots from which on one may follow. */
	#next = 0;
	#slot: Slot = "name";
	/** A spoken value: where in the sentence it can be, as words may begin alike. Empty before its first token. */
	#runs: readonly Run[] = [];
	readonly #filled = new Set<AnySlot>();
	readonly #action: { intent: Intent; [slot: string]: string | number } = { intent: "none" };

	/**
	 * @param symbolId token id of a symbol by its place in SYMBOLS
	 * @param items token ids of each of the sentence's items
	 */
	constructor(linked: Linked, items: readonly (readonly number[])[], symbolId: (index: number) => number) {
		this.#linked = linked;
		this.#items = items;
		this.#symbolId = symbolId;
	}

	get ended(): boolean {
		return this.#state === "ended";
	}

	/** The answer so far; whole when ended. */
	get action(): Action {
		return this.#action;
	}

	/** Token ids that may follow: never none before the end. */
	allowed(): number[] {
		switch (this.#state) {
			case "intent":
				return INTENTS.filter((intent) => this.#possible(RULES[intent])).map((intent) => this.#symbolId(symbol(`intent:${intent}`)));
			case "slots":
				return this.#afterSlot();
			case "value":
				return this.#values(this.#slot).map((index) => this.#symbolId(index));
			case "words":
				return this.#words();
			default:
				return [];
		}
	}

	/** Takes one of `allowed()`. */
	take(token: number): void {
		switch (this.#state) {
			case "intent":
				this.#intent = INTENTS.find((intent) => this.#symbolId(symbol(`intent:${intent}`)) === token)!;
				this.#action.intent = this.#intent;
				this.#rule = RULES[this.#intent];
				this.#state = "slots";
				break;
			case "slots":
				this.#takeSlot(token);
				break;
			case "value":
				this.#takeValue(token);
				break;
			default:
				this.#takeWord(token);
		}
	}

	/** Slots, or the end where nothing is missing. */
	#afterSlot(): number[] {
		const out: number[] = [];
		const { slots } = this.#rule;
		for (let i = this.#next; i < slots.length; i++) {
			// A needed slot can't be passed over.
			if (this.#available(slots[i]!))
				for (const index of this.#openings(slots[i]!))
					out.push(this.#symbolId(index));
			if (this.#lastChance(i))
				return out;
		}
		out.push(this.#symbolId(symbol("end")));
		return out;
	}

	/** Whether a need would stay unmet if the slots after `i` were all that follow. */
	#lastChance(i: number): boolean {
		return this.#rule.needs.some((need) => !need.some((slot) => this.#filled.has(slot))
			&& !need.some((slot) => this.#rule.slots.indexOf(slot) > i && this.#available(slot)));
	}

	/** Whether each need of the rule, which becomes the current one, can be met in this sentence. */
	#possible(rule: IntentRule): boolean {
		this.#rule = rule;
		return rule.needs.every((need) => need.some((slot) => this.#available(slot)));
	}

	#available(slot: AnySlot): boolean {
		return slot in ENUMERATED || (SPOKEN.includes(slot as Slot) ? this.#items.length > 0 : this.#values(slot as Slot).length > 0);
	}

	#openings(slot: AnySlot): number[] {
		if (!(slot in ENUMERATED))
			return [symbol(`slot:${slot}`)];
		const values = slot === "device_class" ? this.#deviceClasses() : slot === "domain" ? this.#domains() : ENUMERATED[slot as EnumeratedSlot];
		return values.map((value) => symbol(`${slot}:${value}`));
	}

	/** The places that the name of this answer can mean. */
	#named(): readonly Place[] {
		const { name } = this.#action;
		return this.#linked.places.name.find((list) => list[0]!.name === name) ?? [];
	}

	/** All domains; behind a name, those that the home has under it. */
	#domains(): readonly string[] {
		const found = [...new Set(this.#named().map((place) => place.domain))];
		return found.length ? found : DOMAINS;
	}

	/** All classes; for a sensor that is named, only those that the home's sensors of this name have. */
	#deviceClasses(): readonly string[] {
		const { domain } = this.#action;
		if (domain !== "sensor" && domain !== "binary_sensor")
			return DEVICE_CLASSES;
		const found = [...new Set(this.#named().filter((place) => place.domain === domain).map((place) => place.deviceClass))]
			.filter((value) => (DEVICE_CLASSES as readonly string[]).includes(value));
		return found.length ? found : DEVICE_CLASSES;
	}

	/** Symbols that can stand behind a slot. */
	#values(slot: Slot): number[] {
		const { places, numbers, colors, here } = this.#linked;
		const mentions = (kind: string, count: number): number[] => Array.from({ length: count }, (_, i) => symbol(`${kind}#${i + 1}`));
		if (slot === "name") {
			const { domains } = this.#rule;
			const fitting = places.name.flatMap((list, i) => !domains || list.some((place) => domains.includes(place.domain)) ? [symbol(`name#${i + 1}`)] : []);
			return this.#rule.all ? [...fitting, symbol("all")] : fitting;
		}
		if (slot === "area")
			return [...mentions("area", places.area.length), ...(here === undefined ? [] : [symbol("here")])];
		if (slot === "floor")
			return mentions("floor", places.floor.length);
		if (slot === "color")
			return mentions("color", colors.length);
		const range = NUMERIC[slot];
		if (!range)
			return [];
		const fitting = numbers.flatMap((value, i) => value >= range[0] && value <= range[1] ? [symbol(`number#${i + 1}`)] : []);
		return EXTREMES[slot] ? [...fitting, symbol("lowest"), symbol("highest")] : fitting;
	}

	#takeSlot(token: number): void {
		if (token === this.#symbolId(symbol("end"))) {
			this.#state = "ended";
			return;
		}
		const { slots } = this.#rule;
		for (let i = this.#next; i < slots.length; i++) {
			const slot = slots[i]!;
			const index = this.#openings(slot).find((opening) => this.#symbolId(opening) === token);
			if (index === undefined)
				continue;
			this.#next = i + 1;
			this.#filled.add(slot);
			if (slot in ENUMERATED)
				this.#action[slot] = SYMBOLS[index]!.slice(slot.length + 1);
			else {
				this.#slot = slot as Slot;
				this.#state = SPOKEN.includes(this.#slot) ? "words" : "value";
			}
			return;
		}
	}

	#takeValue(token: number): void {
		const slot = this.#slot, { places, numbers, colors, here } = this.#linked;
		const name = SYMBOLS[this.#values(slot).find((index) => this.#symbolId(index) === token)!]!;
		const nth = Number(name.slice(name.indexOf("#") + 1)) - 1;
		this.#action[slot] = name === "all" ? "all" : name === "here" ? here!
			: name === "lowest" ? EXTREMES[slot]![0] : name === "highest" ? EXTREMES[slot]![1]
			: slot === "color" ? colors[nth]! : slot in NUMERIC ? numbers[nth]! : places[slot as "name" | "area" | "floor"][nth]![0]!.name;
		this.#state = "slots";
	}

	/** What the runs go on with; where one stands at the end of a word, also a slot or the end. Before the first token: any word. */
	#words(): number[] {
		if (!this.#runs.length)
			return [...new Set(this.#items.map((item) => item[0]!))];
		const out = new Set<number>();
		for (const run of this.#runs) {
			const next = this.#nextOf(run);
			if (next !== undefined)
				out.add(next);
		}
		if (this.#runs.some((run) => this.#complete(run)))
			for (const token of this.#afterSlot())
				out.add(token);
		return [...out];
	}

	#complete(run: Run): boolean {
		return run.token === this.#items[run.item]!.length;
	}

	#nextOf(run: Run): number | undefined {
		return this.#complete(run) ? this.#items[run.item + 1]?.[0] : this.#items[run.item]![run.token];
	}

	#takeWord(token: number): void {
		const going = !this.#runs.length
			? this.#items.flatMap((item, i) => item[0] === token ? [{ first: i, item: i, token: 1 }] : [])
			: this.#runs.filter((run) => this.#nextOf(run) === token).map((run) => this.#complete(run)
				? { first: run.first, item: run.item + 1, token: 1 } : { ...run, token: run.token + 1 });
		if (going.length) {
			this.#runs = going;
			return;
		}
		const whole = this.#runs.find((run) => this.#complete(run))!;
		this.#action[this.#slot === "timer" ? "name" : this.#slot] = textOf(this.#linked, whole.first, whole.item);
		this.#runs = [];
		this.#state = "slots";
		this.#takeSlot(token);
	}
}
