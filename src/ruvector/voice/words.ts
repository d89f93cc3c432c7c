/** The English that the disambiguator reads by itself: few words, and what they stand for. */

import type { VoiceAction } from "ruvllm-esp32/ruvector/voice/types";

export interface Noun {
	domain: string;
	deviceClass?: string;
	plural: boolean;
}

/** Runs of words as spell() has them, with a space at each end: made when the image is built. */
const runs = (...list: readonly string[]): readonly string[] => list.map((run) => ` ${run} `);

const noun = (domain: string, deviceClass: string | undefined, ...words: readonly string[]): [string, Noun][] => words.flatMap((word): [string, Noun][] => [
	[word, { domain, deviceClass, plural: false }],
	[/(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`, { domain, deviceClass, plural: true }],
]);

export const NOUNS: ReadonlyMap<string, Noun> = new Map<string, Noun>([
	...noun("light", undefined, "light", "lamp", "bulb", "lantern", "spotlight"), ["lighting", { domain: "light", plural: true }], ...noun("fan", undefined, "fan", "ventilator"),
	...noun("cover", "curtain", "curtain", "drape"), ...noun("cover", "blind", "blind"), ...noun("cover", "shade", "shade"), ...noun("cover", "shutter", "shutter"),
	...noun("cover", "awning", "awning"), ...noun("cover", "gate", "gate"), ...noun("lock", undefined, "lock", "door"), ...noun("valve", undefined, "valve"),
	...noun("media_player", undefined, "tv", "television", "telly", "music", "radio", "speaker", "song", "track", "volume", "sound", "movie"),
	...noun("climate", undefined, "thermostat", "heating", "heater", "temperature", "ac"), ...noun("vacuum", undefined, "vacuum", "hoover", "robot"),
	...noun("switch", undefined, "switch", "plug", "socket", "outlet"), ...noun("humidifier", undefined, "humidifier"), ...noun("lawn_mower", undefined, "mower"),
]);

/** The first of these words that a text has says what is wanted, when nobody else said it. */
export const ACTIONS: ReadonlyMap<string, VoiceAction> = new Map<string, VoiceAction>([
	["on", "on"], ["activate", "on"], ["enable", "on"], ["illuminate", "on"], ["open", "on"], ["raise", "on"], ["lock", "on"], ["start", "on"],
	["off", "off"], ["out", "off"], ["deactivate", "off"], ["disable", "off"], ["extinguish", "off"], ["close", "off"], ["shut", "off"], ["unlock", "off"], ["stop", "off"],
	["toggle", "toggle"], ["flip", "toggle"], ["dim", "set"], ["brighten", "set"], ["set", "set"], ["pause", "pause"], ["resume", "resume"], ["unpause", "resume"], ["play", "resume"],
]);
/** A text that begins with one of these asks. */
export const QUESTIONS: readonly string[] = ["is", "are", "which", "what", "how"];

/** Of these one is meant, unless the request says "all" in its fields: "skip the song", "play all my songs". */
export const SINGLE: readonly string[] = ["media_player", "climate", "vacuum", "lawn_mower", "humidifier"];

/** Said of the room that the speaker is in, as runs of words. */
export const HERE: readonly string[] = runs("here", "this room", "the room", "my room", "this area", "this place");
/** Said of the whole home. */
export const EVERYWHERE: readonly string[] = runs(
	"everywhere", "all over", "throughout", "the house", "my house", "our house", "the home", "my home", "our home", "house lights", "the apartment", "entire", "whole",
	"every room", "each room", "all rooms", "all the rooms", "all my rooms", "every area", "each area", "all areas", "all the areas", "every floor",
);
export const ALL: readonly string[] = runs("all", "every", "each", "everything");
export const BOTH: readonly string[] = runs("both");
/** For what was named last. */
export const IT: readonly string[] = runs("it", "that", "this one", "that one", "the same", "them", "those", "these");
/** In these, "it" stands for nothing. */
export const NO_IT: readonly string[] = runs("it is", "is it", "it s", "its", "that is", "it gets", "it was");
export const OTHER: readonly string[] = runs("the other", "other one", "another one", "the others");
export const ORDINALS: readonly string[] = runs("first", "second", "third", "fourth");
/** Words that tell nothing of a name. */
export const COMMON: ReadonlySet<string> = new Set((
	"a an the my our your this that these those in on of at to for by with and or not no from up down off out one ones other another it them first second third fourth last both all every each "
	+ "light lights lighting please can could would will you i we me want turn turned turning switch put make set get change be is are do does now again back just room area floor home house what which who how when there here"
).split(" "));
/** Names and areas with these words are preferred at night. */
export const NIGHT_WORDS: readonly string[] = runs("bedside", "nightstand", "night", "bed", "reading");
