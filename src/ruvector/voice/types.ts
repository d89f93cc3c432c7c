/** What the disambiguator takes and gives: plain objects, so that any understanding of language can stand before it. */

/** A home, as Home Assistant's test fixtures describe one; models/home/home.json is an example. */
export interface HomeDescription {
	floors?: readonly { name: string; id: string; aliases?: readonly string[] }[];
	areas?: readonly { name: string; id: string; floor?: string | null; aliases?: readonly string[] }[];
	/** `id` begins with the domain: "light.kitchen_ceiling". Where a state is two texts, "out" is the one compared. */
	entities?: readonly {
		name: string; id: string; area?: string | null; state?: string | { out?: string } | null; aliases?: readonly string[];
		attributes?: { device_class?: string } | null;
	}[];
}

/** What is wanted of a device, in words that do not depend on its domain. */
export type VoiceAction = "on" | "off" | "toggle" | "set" | "get" | "pause" | "resume";

/** A request, as far as it was understood; all of it may be left out. */
export interface VoiceRequest {
	/** What was said; read for "it", "the other one", "all", "in here", and for what the other fields leave open. */
	text?: string;
	action?: VoiceAction;
	/** A name or a part of one; "all" for all of `domain`. */
	name?: string;
	/** As the home spells them, or an alias or id. */
	area?: string;
	floor?: string;
	domain?: string;
	deviceClass?: string;
	/** false: what is asked for needs no device (a timer, the date). */
	needsDevice?: boolean;
}

export interface VoiceContext {
	/** Where it is said: name, alias or id. */
	area?: string;
	/** Minutes of the day, 0 to 1439. */
	time?: number;
	/** Seconds of any clock that only goes forward: what was said longer ago than five minutes no longer counts. */
	now?: number;
	/** Ids of entities that were named elsewhere (on a screen, by another device) since the last request, the latest last: at most 8. */
	history?: readonly string[];
}

/** Points for one candidate, and for what. */
export interface Evidence {
	target: string;
	score: number;
	/** Points by their cause; those of 0 are left out. */
	reasons: Partial<Record<Cause, number>>;
}

export const CAUSES = ["area", "floor", "history", "state", "time", "habit", "name"] as const;
export type Cause = (typeof CAUSES)[number];

export interface Resolution {
	decision: "resolved" | "ask" | "unknown";
	/** Ids of entities; empty when a request needs none. */
	targets: string[];
	/** When it asks: ids to choose from, the best first, at most 4. */
	candidates: string[];
	/** When it asks or does not know: a sentence for the speaker. */
	question: string;
	/** The place that it was narrowed to: what the request had, with the speaker's area where that was meant. */
	slots: { name?: string; area?: string; floor?: string; domain?: string; device_class?: string };
	/** What is wanted of them: the request's, or as the text says. */
	action?: VoiceAction;
	/** Of the best candidates, at most 4. */
	reasons: Evidence[];
}
