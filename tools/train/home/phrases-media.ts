/** Timers, media, lists, vacuums, weather, time and small talk. */

import type { Phrase } from "./phrases.ts";

const LENGTHS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
	["{m} minute", { minutes: "{m}" }], ["{m} minute", { minutes: "{m}" }], ["{s} second", { seconds: "{s}" }], ["{h} hour", { hours: "{h}" }],
	["{h} hour [and] {m} minute", { hours: "{h}", minutes: "{m}" }], ["{m} minute [and] {s} second", { minutes: "{m}", seconds: "{s}" }],
	["{h} hour [and] {s} second", { hours: "{h}", seconds: "{s}" }], ["{h} hour [,] {m} minute [and] {s} second", { hours: "{h}", minutes: "{m}", seconds: "{s}" }],
];
const plural = (length: string): string => length.replace(/(minute|second|hour)/g, "($1s|$1)");

const STARTS: Phrase[] = LENGTHS.flatMap(([length, slots]): Phrase[] => [
	{ intent: "HassStartTimer", slots, patterns: [
		`[set|start|create|begin|make] [a|an] ${length} timer`, `(set|start|create|begin) [a|my] timer (for|of) ${plural(length)}`, `timer (for|of) ${plural(length)}`, `${length} timer`,
		`(count down|start a countdown of|remind me in|wake me in) ${plural(length)}`] },
	{ intent: "HassStartTimer", weight: 0.7, slots: { ...slots, name: "{label}" }, patterns: [
		`[set|start|create] [a|an] ${length} timer (named|called|for) {label}`, `[set|start|create] [a|an] ${length} {label} timer`, `(set|start|create|make) (a|an|my|the) {label} timer for ${plural(length)}`, `{label} timer for ${plural(length)}`, `${length} timer for {label}`,
		`(set|start) (a|my) timer for {label} for ${plural(length)}`, `(set|start) a timer (named|called) {label} for ${plural(length)}`] },
]);
STARTS.push(
	{ intent: "HassStartTimer", weight: 2, slots: { minutes: "{m}", conversation_command: "{command}" }, patterns: ["{command} in {m} minutes", "in {m} minutes[,] {command}", "{command} {m} minutes from now", "{command} after {m} minutes"] },
	{ intent: "HassStartTimer", slots: { hours: "{h}", conversation_command: "{command}" }, patterns: ["{command} in {h} (hour|hours)", "in {h} (hour|hours)[,] {command}"] },
	{ intent: "HassStartTimer", slots: { seconds: "{s}", conversation_command: "{command}" }, patterns: ["{command} in {s} seconds", "in {s} seconds {command}"] },
);

/** How a running timer is meant: "the timer", "my 1 hour timer", "the pizza timer", "the timer in the kitchen". */
const WHICH: readonly { slots: Phrase["slots"]; said: readonly string[]; weight: number }[] = [
	{ slots: {}, weight: 1, said: ["[the|my|a] timer"] },
	{ slots: { start_hours: "{h}" }, weight: 0.8, said: ["[the|my] {h} hour timer", "[the|my] timer for {h} (hour|hours)"] },
	{ slots: { start_minutes: "{m2}" }, weight: 0.8, said: ["[the|my] {m2} minute timer", "[the|my] timer for {m2} minutes"] },
	{ slots: { start_seconds: "{s}" }, weight: 0.4, said: ["[the|my] {s} second timer", "[the|my] timer for {s} seconds"] },
	{ slots: { start_hours: "{h}", start_minutes: "{m2}" }, weight: 0.3, said: ["[the|my] {h} hour [and] {m2} minute timer"] },
	{ slots: { name: "{label}" }, weight: 1, said: ["[the|my] {label} timer", "[the|my] timer (for|named|called) {label}"] },
	{ slots: { area: "{area}" }, weight: 1, said: ["[the|my] {area} timer", "[the|my] timer in [the|my] {area}"] },
];
const TIMERS: Phrase[] = WHICH.flatMap(({ slots, said, weight }): Phrase[] => said.flatMap((timer): Phrase[] => [
	{ intent: "HassCancelTimer", weight, slots, patterns: [`(cancel|stop|end|delete|abort|remove) ${timer}`] },
	{ intent: "HassPauseTimer", weight, slots, patterns: [`(pause|hold|halt) ${timer}`] },
	{ intent: "HassUnpauseTimer", weight, slots, patterns: [`(resume|continue|unpause|restart) ${timer}`] },
	{ intent: "HassTimerStatus", weight: 1.5 * weight, slots, patterns: [
		`${timer} status`, `status of ${timer}`, `how (much time|long) [is] left on ${timer}`, `time left on ${timer}`, `how much longer [is] (on|for) ${timer}`, `how much time (is remaining|remains) on ${timer}`,
		...(timer.includes("timer (") ? [] : [`how long until ${timer} is done`])] },
	...([["minutes", "{m}", "(minutes|minute)"], ["hours", "{h2}", "(hours|hour)"], ["seconds", "{s}", "(seconds|second)"]] as const).flatMap(([unit, n, word]): Phrase[] => [
		{ intent: "HassIncreaseTimer", weight: unit === "minutes" ? weight : 0.3 * weight, slots: { [unit]: n, ...slots }, patterns: [`add ${n} ${word} to ${timer}`, `(increase|extend|lengthen) ${timer} by ${n} ${word}`, `add ${n} [more] ${word} (on|to) ${timer}`] },
		{ intent: "HassDecreaseTimer", weight: unit === "minutes" ? 1.4 * weight : 0.4 * weight, slots: { [unit]: n, ...slots }, patterns: [
			`(remove|take|subtract) ${n} ${word} (from|off|off of) ${timer}`, `(decrease|reduce|shorten) ${timer} by ${n} ${word}`] },
	]),
]));
TIMERS.push(
	{ intent: "HassCancelAllTimers", slots: {}, patterns: ["(cancel|stop|end|delete) (all|all my|all the|every|all of my) (timers|timer)"] },
	{ intent: "HassCancelAllTimers", slots: { area: "{area}" }, patterns: ["(cancel|stop|end|delete) (all|all the|every) {area} timers", "(cancel|stop|end|delete) (all|all the|all my) timers in [the] {area}"] },
	{ intent: "HassTimerStatus", weight: 2, slots: {}, patterns: ["[timer|timers] status", "timer status", "status of my timers", "how (much time|long) is left on my timers", "how much time [is] left on [the|my] timer", "how are my timers doing", "what timers are running", "check [my|the] (timer|timers)"] },
);

const PLACES: readonly (readonly [Phrase["slots"], readonly string[], boolean | undefined])[] = [
	[{ name: "{media_player}" }, ["on [the|my] {media_player}"], undefined], [{ area: "{area}" }, ["in [the|my] {area}"], undefined], [{ area: "here" }, [""], true], [{}, [""], false],
];
const MEDIA: Phrase[] = PLACES.flatMap(([slots, where, here]): Phrase[] => where.flatMap((place): Phrase[] => {
	const weight = here === false ? 0.2 : here ? 1 : 2, named = "name" in slots ? ["{media_player} "] : [], area = "area" in slots && !here ? ["{area} (media player|music|speaker|speakers) "] : [];
	const both = (said: readonly string[]): string[] => [...said.map((s) => `${s} ${place}`), ...(place ? said.map((s) => `${place} ${s}`) : []), ...named.flatMap((n) => said.map((s) => n + s))];
	return [
		{ intent: "HassMediaNext", weight, here, slots, patterns: both(["next [item|song|track|one|episode]", "skip", "skip [to] [the|this] (song|track|<show>)", "skip to [the] next (song|track|<show>)", "skip this", "play [the] next (song|track|one)", "skip it"]) },
		{ intent: "HassMediaPrevious", weight, here, slots, patterns: both(["go back", "previous (song|track|item)", "go back to [the] (previous|last) (song|track|<show>)", "(replay|play|repeat) [the] (last|previous) (song|track|<show>) [again]", "back to the (last|previous) one", "play the last one again"]) },
		{ intent: "HassMediaPause", weight, here, slots, patterns: [...both(["pause [the|my] [music|show|song|movie|playback|video|player]", "pause"]), ...named.map(() => "pause [the|my] {media_player}"), ...area.map(() => "pause [the] {area} (media player|music|speakers)")] },
		{ intent: "HassMediaUnpause", weight, here, slots, patterns: [...both(["(resume|unpause|continue) [the|my] [music|show|song|movie|playback]", "(resume|unpause)"]), ...named.map(() => "(resume|unpause|continue) [the|my] {media_player}"),
			...area.map(() => "(resume|unpause) [the] {area} (media player|music|speakers)")] },
		{ intent: "HassSetVolume", weight, here, slots: { ...slots, volume_level: "{n}" }, patterns: [
			...both(["(set|change|adjust) [the] volume to {n}[<percent>]", "turn [the] volume (up|down) to {n}[<percent>]", "turn (up|down) [the] volume to {n}[<percent>]", "(increase|decrease|raise|lower) [the] volume to {n}[<percent>]", "volume [to|at] {n}<percent>"]),
			...named.map(() => "(set|change|turn) [the|my] {media_player} volume [up|down] to {n}[<percent>]"), ...named.map(() => "(set|change) [the] volume of [the] {media_player} to {n}[<percent>]"), ...area.map(() => "(set|change|turn) [the] {area} volume [up|down] to {n}[<percent>]")] },
		...(["up", "down"] as const).map((way): Phrase => ({ intent: "HassSetVolumeRelative", weight: 0.6 * weight, here, slots: { ...slots, volume_step: way }, patterns: [
			...both([`turn [the] volume ${way}`, `turn ${way} the (volume|sound|music)`, `volume ${way}`, way === "up" ? "(increase|raise) the volume" : "(decrease|lower|reduce) the volume", way === "up" ? "make it louder" : "make it quieter"]),
			...named.map(() => `turn ${way} [the] {media_player}`), ...named.map(() => `turn [the] {media_player} [volume] ${way}`)] })),
		{ intent: "HassMediaPlayerMute", weight: 0.5 * weight, here, slots, patterns: [...both(["mute [the] [volume|sound|music]", "mute it"]), ...named.map(() => "mute [the] {media_player}")] },
		{ intent: "HassMediaPlayerUnmute", weight: 0.5 * weight, here, slots, patterns: [...both(["unmute [the] [volume|sound|music]", "unmute it"]), ...named.map(() => "unmute [the] {media_player}")] },
	];
}));

const KINDS = [["track", "(track|song)"], ["album", "album"], ["artist", "(artist|band)"], ["playlist", "playlist"], ["podcast", "podcast"], ["movie", "(movie|film)"], ["tv_show", "(tv show|show|series|tv series)"]] as const;
const PLAY: Phrase[] = PLACES.slice(0, 4).concat([[{ name: "{media_player}", area: "{area}" }, ["on [the] {media_player} in [the] {area}"], undefined]]).flatMap(([slots, where, here]): Phrase[] => where.flatMap((place): Phrase[] => {
	const weight = here === false ? 0.2 : 1;
	return [
		...(here === true ? [] : [{ intent: "HassMediaSearchAndPlay", weight: weight * (here === false ? 1 : 1.5), here, slots: { search_query: "{title}", ...slots }, patterns: [`(play|put on|start playing|listen to|watch|start) {title} ${place}`] } satisfies Phrase]),
		...(here === true ? [{ intent: "HassMediaSearchAndPlay", here, slots: { search_query: "{title}", ...slots }, patterns: ["(play|put on|start playing) {title}"] } satisfies Phrase] : []),
		...KINDS.map(([media_class, kind]): Phrase => ({ intent: "HassMediaSearchAndPlay", weight: 0.5 * weight, here, slots: { search_query: "{title}", media_class, ...slots }, patterns: [
			`(play|put on) [the] {title} ${kind} ${place}`, `(play|put on|start) [the] ${kind} {title} ${place}`, `play [the] ${kind} (called|named) {title} ${place}`] })),
	];
}));

const LISTS: Phrase[] = [
	{ intent: "HassShoppingListAddItem", weight: 3, slots: { item: "{item}" }, patterns: ["(add|put) {item} (to|on) (my|the|our) [shopping] list", "(add|put) {item} (to|on) [my|the] shopping list", "I need to buy {item}", "put {item} on the list", "we (need|are out of) {item}"] },
	{ intent: "HassShoppingListCompleteItem", weight: 3, slots: { item: "{item}" }, patterns: ["(check off|check|complete|delete|remove|tick off|cross off|cross out) {item} (from|on|in|off|off from) (my|the|our) [shopping] list", "check {item} off [from] (my|the) [shopping] list", "mark {item} as (done|bought) on (my|the) shopping list"] },
	{ intent: "HassListAddItem", weight: 3, slots: { item: "{item}", name: "{todo}" }, patterns: ["(add|put) {item} (to|on|in) (my|the|our) {todo} [list]", "(add|put) {item} (to|on) {todo} list"] },
	{ intent: "HassListCompleteItem", weight: 3, slots: { item: "{item}", name: "{todo}" }, patterns: ["(check off|check|complete|delete|remove|tick off|cross off) {item} (from|on|in|off|off from) (my|the|our) {todo} [list]", "check {item} off [from] (my|the) {todo} [list]", "mark {item} as done on (my|the) {todo} list"] },
];

const REST: Phrase[] = [
	{ intent: "HassVacuumStart", weight: 1.5, slots: { name: "{vacuum}" }, patterns: ["(start|run|activate|launch|turn on) [the] {vacuum}", "start [the] {vacuum} vacuum", "{vacuum} start cleaning", "send {vacuum} to clean", "vacuum with {vacuum}"] },
	{ intent: "HassVacuumStart", slots: { floor: "{floor}" }, patterns: ["(clean|vacuum|hoover) [the] {floor}"] },
	{ intent: "HassVacuumStart", weight: 0.5, slots: {}, patterns: ["(start|run) [the] (vacuum|vacuum cleaner|robot vacuum|hoover)", "start (cleaning|vacuuming)", "(vacuum|clean) the (house|floor|floors|carpet)"] },
	{ intent: "HassVacuumCleanArea", slots: { area: "{area}" }, patterns: ["(clean|vacuum|hoover) [the] {area}", "vacuum [up] [in] the {area}"] },
	{ intent: "HassVacuumCleanArea", slots: { name: "{vacuum}", area: "{area}" }, patterns: ["(clean|vacuum|hoover) [the] {area} with {vacuum}", "(let|have) {vacuum} clean [the] {area}", "send {vacuum} to [the] {area}"] },
	{ intent: "HassVacuumReturnToBase", weight: 1.5, slots: { name: "{vacuum}" }, patterns: ["(return|send) [the] {vacuum} [back] [to] [its|the] (base|home|dock|charger|charging station)", "dock [the] {vacuum}", "{vacuum} (return|go) to [the] (base|dock)", "(return|send) {vacuum} home", "(stop|park) {vacuum}"] },
	{ intent: "HassVacuumReturnToBase", weight: 0.3, slots: {}, patterns: ["(return|send) the vacuum [back] to [its|the] (base|dock|home)", "dock the vacuum"] },
	{ intent: "HassLawnMowerStartMowing", weight: 0.5, slots: { name: "{lawn_mower}" }, patterns: ["(start|run) [the] {lawn_mower}", "(start mowing with|mow the lawn with) [the] {lawn_mower}"] },
	{ intent: "HassLawnMowerDock", weight: 0.5, slots: { name: "{lawn_mower}" }, patterns: ["(return|send) [the] {lawn_mower} [back] to [its|the] (base|dock|home)", "dock [the] {lawn_mower}"] },
	{ intent: "HassGetWeather", weight: 2, slots: {}, patterns: ["(what's|what is|how's|how is|tell me) the weather [like] [today|now|outside]", "weather", "(what's|what is) it like outside", "what will the weather be [like]", "what is the weather like"] },
	{ intent: "HassGetWeather", weight: 2, slots: { name: "{weather}" }, patterns: ["(what's|what is|how's|how is|tell me) the weather [like] (in|for|at) {weather} [like]", "(what's|what is) the {weather} weather [like]", "weather in {weather}", "{weather} weather"] },
	{ intent: "HassGetCurrentDate", weight: 2, slots: {}, patterns: ["(what's|what is|tell me) [the|today's] [current] date [today]", "what day is (it|today)", "what is today's date", "which day is it", "what's the day today", "what date is it [today]"] },
	{ intent: "HassGetCurrentTime", weight: 2, slots: {}, patterns: ["(what's|what is|tell me) the [current] time [now|right now]", "what time is it [now|right now]", "(do you have|got) the time", "how late is it", "time please"] },
	{ intent: "HassBroadcast", weight: 3, slots: { message: "{message}" }, patterns: ["(broadcast|announce) [that] {message}", "(tell|let) everyone [know] [that] {message}", "(make|send) an announcement (that|saying) {message}"] },
	{ intent: "HassNevermind", weight: 1.5, slots: {}, patterns: ["(never mind|nevermind|forget it|forget about it|forget that)", "oh never mind", "cancel that", "don't bother", "no forget it"] },
	{ intent: "HassRespond", weight: 2, slots: {}, patterns: ["(hi|hello|hey|good morning|good evening) [home assistant|assistant|there]", "are you (always|still) (listening|there)", "where does (my|the|our) data go", "what can (I say|you do|you understand)", "who (made|built|created) you", "(thanks|thank you) [home assistant|very much]",
		"who are you", "what are you", "how are you [today]", "what's your name", "are you recording me", "how does this work", "who do you work for"] },
	{ intent: "HassStopMoving", weight: 0.5, slots: { name: "{cover}" }, patterns: ["(stop|halt) <the> {cover}", "stop moving <the> {cover}"] },
	{ intent: "HassToggle", weight: 0.5, slots: { name: "{light}" }, patterns: ["toggle <the> {light}"] },
];

export const SERVICES: readonly Phrase[] = [...STARTS, ...TIMERS, ...MEDIA, ...PLAY, ...LISTS, ...REST];
