/**
 * "Turn on the light": which one? From where it is said, what was talked about, what is on and off, the time, and what
 * people chose before; when these do not decide, it asks back.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Dialogue } from "ruvllm-esp32/ruvector/voice/dialogue";
import { Habits, partOfDay } from "ruvllm-esp32/ruvector/voice/habits";
import { HomeIndex, saidIn, spell } from "ruvllm-esp32/ruvector/voice/home-index";
import { type Mention, readMention } from "ruvllm-esp32/ruvector/voice/mention";
import { kindOf, noneThere, whichOne } from "ruvllm-esp32/ruvector/voice/question";
import { Ranking } from "ruvllm-esp32/ruvector/voice/ranking";
import { checkRequest, type ReadContext, readContext } from "ruvllm-esp32/ruvector/voice/read";
import { chosenBy } from "ruvllm-esp32/ruvector/voice/reply";
import { calledOf, candidatesOf, MOST_ASKED, placeName, placeSlots, type Wanted, wantedOf } from "ruvllm-esp32/ruvector/voice/select";
import { SINGLE } from "ruvllm-esp32/ruvector/voice/words";
import type { HomeDescription, Resolution, VoiceAction, VoiceContext, VoiceRequest } from "ruvllm-esp32/ruvector/voice/types";

export class VoiceDisambiguator {
	readonly #home: HomeIndex;
	readonly #domains: readonly string[];
	readonly #dialogue = new Dialogue();
	readonly #habits = new Habits();
	readonly #ranking: Ranking;
	/** Entities to choose from after a question, and the request that they belong to. */
	#asked: number[] = [];
	#slots: Resolution["slots"] = {};
	#action: VoiceAction | undefined;
	#key = 0;

	/** @throws RuvllmError VOICE_HOME. At most 256 entities, 64 areas and 16 floors. */
	constructor(home: HomeDescription) {
		this.#home = new HomeIndex(home);
		this.#ranking = new Ranking(this.#home, this.#dialogue, this.#habits);
		this.#domains = [...new Set(this.#home.entities.map(({ domain }) => domain))].slice(0, 255);
	}

	/** A device changed. @throws RuvllmError VOICE_ENTITY */
	setState(id: string, state: string): void {
		this.#home.setState(id, state);
	}

	/**
	 * What a request is about. Remembers what it resolves, for "it" and "the other one" later.
	 * @throws RuvllmError VOICE_REQUEST, VOICE_CONTEXT
	 * Cost: a few passes over the entities; no model.
	 */
	resolve(request: VoiceRequest, context: VoiceContext = {}): Resolution {
		checkRequest(request);
		const here = readContext(context, this.#home), mention = readMention(request.text ?? "");
		if (context.history)
			for (const id of context.history)
				this.#dialogue.remember([this.#home.entity(id)], here.now);
		this.#asked = [];
		const wanted = wantedOf(this.#home, request, mention), { name, domain, deviceClass } = request;
		const slots = this.#slots = { ...(name !== undefined && { name }), ...placeSlots(this.#home, wanted), ...(domain !== undefined && { domain }), ...(deviceClass !== undefined && { device_class: deviceClass }) };
		// An understanding that knows where it is said puts that area in unsaid: not as firm as one that was named.
		const unsaid = request.text !== undefined && wanted.area >= 0 && wanted.area === here.area && saidIn(this.#home.areas[here.area]!, mention.text) === "";
		if (unsaid)
			wanted.area = -1;
		this.#key = Habits.key(here.area, here.time < 0 ? 2 : partOfDay(here.time), 1 + this.#domains.indexOf(wanted.domain ?? ""));
		this.#action = wanted.action;
		if (wanted.missing !== "")
			return this.#unknown(`I know no place called ${wanted.missing}.`);
		if (request.needsDevice === false)
			return { decision: "resolved", targets: [], candidates: [], question: "", slots, reasons: [] };
		// Who says "it" says no kind: that of a request is somebody's guess, unless what is wanted needs it.
		const points = wanted.name === "" && wanted.area < 0 && wanted.floor < 0 && (mention.other || mention.it);
		return (points ? this.#pointed(mention, wanted, here) : undefined) ?? this.#described(request, mention, wanted, here, unsaid);
	}

	/** "It", "them", "the other one"; undefined when nothing was named that it can be, and a kind is known. */
	#pointed(mention: Mention, wanted: Wanted, here: ReadContext): Resolution | undefined {
		const { entities } = this.#home, guessed = wanted.action === "on" || wanted.action === "off" || wanted.action === "toggle";
		const fits = (i: number): boolean => mention.other || guessed || wanted.domain === undefined || entities[i]!.domain === wanted.domain;
		const last = this.#dialogue.last(fits, here.now);
		if (last.length === 0)
			return wanted.domain !== undefined ? undefined : this.#unknown(mention.other ? "Which other one? Say its name." : "I don't know what you mean by that: say its name.");
		if (!mention.other)
			return this.#take(last, here);
		const { domain, area } = entities[last[0]!]!;
		const others = (anywhere: boolean): number[] => entities.flatMap((entity, i) => entity.domain === domain && (anywhere || entity.area === area) && !last.includes(i) ? [i] : []);
		const near = others(false), list = near.length > 0 ? near : others(true);
		return list.length === 0 ? this.#unknown(`There is no other ${kindOf(domain)}.`) : this.#best(list, { ...wanted, domain }, here, []);
	}

	/** A name, or a kind and a place. */
	#described(request: VoiceRequest, mention: Mention, wanted: Wanted, here: ReadContext, unsaid: boolean): Resolution {
		const home = this.#home, placed = wanted.area >= 0 || wanted.floor >= 0, reads = wanted.action === "get";
		let list = candidatesOf(home, wanted, mention.nounWord);
		if (wanted.name !== "")
			return list.length === 0 ? this.#unknown(noneThere(wanted.domain, placeName(this.#home, wanted)))
				: reads || list.length === 1 ? this.#take(list, here) : this.#best(list, wanted, here, wanted.name.trim().split(" "));
		const single = SINGLE.includes(wanted.domain ?? ""), named = request.name === "all", all = named || (mention.all && !single);
		// "All" of a grammar can be a plural: the text says whether it goes beyond the room.
		const everything = !mention.here && (mention.all || mention.everywhere ? !single || named : named && request.text === undefined);
		// Questions are about the home, but "is the light on" about the room; what is said to be all is of the home.
		const near = !placed && here.area >= 0 && (mention.here || unsaid || (!everything && (!reads || (mention.noun !== undefined && !mention.plural))));
		const inArea = near ? list.filter((i) => home.entities[i]!.area === here.area) : [];
		const many = all || reads || (!single && (mention.plural || !mention.noun));
		if (near && (mention.here || (many && inArea.length > 0))) {
			this.#slots.area = home.areas[here.area]!.name;
			if (this.#slots.name === "all")
				delete this.#slots.name;
		}
		if (list.length === 0 || (mention.here && near && inArea.length === 0))
			return this.#unknown(noneThere(wanted.domain, mention.here && near ? home.areas[here.area]!.name : placeName(this.#home, wanted)));
		// "The light in the kitchen" is all that it has of them, unless words of the text are of some names alone.
		if (!many && placed && !single)
			return this.#take(calledOf(home, list, wanted, mention), here);
		if (!many)
			return this.#best(near && mention.here ? inArea : list, wanted, here, mention.words);
		if (!near)
			return this.#take(everything || reads ? list : calledOf(home, list, wanted, mention), here);
		if (inArea.length > 0)
			return this.#take(calledOf(home, inArea, wanted, mention), here);
		if (reads)
			return this.#take(list, here);
		// None here: those of the floor, if they are all in one place; other rooms are not switched unasked.
		const { floor } = home.areas[here.area]!, onFloor = list.filter((i) => floor >= 0 && home.areas[home.entities[i]!.area]?.floor === floor);
		list = onFloor.length > 0 ? onFloor : list;
		return list.every((i) => home.entities[i]!.area === home.entities[list[0]!]!.area) ? this.#take(list, here) : this.#ask(list, wanted.domain);
	}

	/** The one that leads clearly, or a question. `said` are words that a name may have. */
	#best(list: readonly number[], wanted: Wanted, here: ReadContext, said: readonly string[]): Resolution {
		const { order, close, reasons } = this.#ranking.rank(list, { action: wanted.action, said, key: this.#key, ...here }), areas = new Set(close.map((i) => this.#home.entities[i]!.area));
		if (wanted.name === "" && this.#slots.area === undefined && here.area >= 0 && areas.size === 1 && areas.has(here.area))
			this.#slots.area = this.#home.areas[here.area]!.name;
		// In another room, only for what was said or done before.
		const { area, domain } = this.#home.entities[order[0]!]!, { history, habit, name } = reasons[0]!.reasons;
		const stranger = order.length > 1 && here.area >= 0 && area !== here.area && wanted.name === "" && wanted.area < 0 && wanted.floor < 0 && !SINGLE.includes(domain) && (history ?? habit ?? name) === undefined;
		if (stranger)
			return { ...this.#ask(order, wanted.domain), reasons };
		return { ...(close.length === 1 ? this.#take(close, here) : this.#ask(close, wanted.domain)), reasons };
	}

	/**
	 * The answer to a question: an id, a name or a part of one, an area, "the second one", "both". Learns what was chosen.
	 * @throws RuvllmError VOICE_REPLY when nothing was asked, VOICE_CONTEXT
	 */
	reply(said: string, context: VoiceContext = {}): Resolution {
		if (typeof said !== "string" || this.#asked.length === 0)
			throw new RuvllmError("VOICE_REPLY", typeof said === "string" ? "nothing was asked: call resolve first" : "a reply is a text");
		const here = readContext(context, this.#home), { entities } = this.#home, { domain } = entities[this.#asked[0]!]!;
		const named = chosenBy(this.#home, this.#asked, said);
		// Of the same kind, though it was not asked for.
		const list = named.length > 0 ? named : entities.flatMap((entity, i) => entity.domain === domain && saidIn(entity, spell(said)) !== "" ? [i] : []);
		if (list.length === 0)
			return this.#ask(this.#asked, domain);
		if (list.length === 1)
			this.#habits.add(this.#key, list[0]!);
		this.#asked = [];
		return this.#take(list, here);
	}

	/** Whether it asked, and has no answer yet: what is said next is one for `reply`, if it names a candidate. */
	get asking(): boolean {
		return this.#asked.length > 0;
	}

	/** The device that the last request meant after all: somebody corrected it by hand. @throws RuvllmError VOICE_ENTITY */
	chosen(id: string): void {
		const at = this.#home.entity(id);
		if (at < 0)
			throw new RuvllmError("VOICE_ENTITY", `the home has no entity "${String(id)}"`);
		this.#habits.add(this.#key, at);
	}

	/** What it learned, 776 bytes. */
	save(): Uint8Array {
		return this.#habits.save(this.#home.number());
	}

	/** @throws RuvllmError VOICE_HABITS: the bytes are of another home, or damaged */
	load(bytes: Uint8Array): void {
		this.#habits.load(bytes, this.#home.number(), this.#home.entities.length);
	}

	/** Forgets what was said and what was learned. */
	forget(): void {
		this.#dialogue.forget();
		this.#habits.forget();
		this.#asked = [];
	}

	#take(list: readonly number[], here: ReadContext): Resolution {
		this.#dialogue.remember(list, here.now);
		return { decision: "resolved", targets: this.#idsOf(list), candidates: [], question: "", slots: this.#slots, ...(this.#action && { action: this.#action }), reasons: [] };
	}

	#ask(list: readonly number[], domain: string | undefined): Resolution {
		this.#asked = [...list];
		return { decision: "ask", targets: [], candidates: this.#idsOf(list.slice(0, MOST_ASKED)), question: whichOne(this.#home, domain, list), slots: this.#slots, ...(this.#action && { action: this.#action }), reasons: [] };
	}

	#unknown(question: string): Resolution {
		return { decision: "unknown", targets: [], candidates: [], question, slots: this.#slots, ...(this.#action && { action: this.#action }), reasons: [] };
	}

	#idsOf(list: readonly number[]): string[] {
		return list.map((i) => this.#home.entities[i]!.id);
	}
}
