/**
 * Sentences of public data sets, for what isn't a command of the home, and for some that are.
 * hwu64 and slurp (CC BY 4.0), clinc150 (CC BY 3.0), snips (CC0), smarthome_context (MIT).
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Pools } from "./values.ts";

export interface Row {
	intent: string;
	text: string;
	/** "turn off the lights in the [house_place : kitchen]". */
	annotation: string;
}

function table(path: string, intent: string, text: string): Row[] {
	const raw = path.endsWith(".gz") ? gunzipSync(readFileSync(path)).toString() : readFileSync(path, "utf8");
	const lines = raw.split("\n").filter((line) => line.length), names = lines[0]!.split("\t");
	return lines.slice(1).map((line) => {
		const cells = line.split("\t");
		return { intent: cells[names.indexOf(intent)] ?? "", text: cells[names.indexOf(text)] ?? "", annotation: cells[names.indexOf("annotation")] ?? "" };
	});
}

/** Intents that the home serves too, or whose sentences may well be commands of it. */
const OURS = /^(iot|play|audio|lists|weather|datetime_query|music_query|general_(commandstop|greet|quirky|negate|dontcare|repeat|praise|affirm|confirm|joke|explain)|set$|query$|music$|quirky$|hue|greet|post$|podcasts|transport_query$)|^(GetWeather|PlayMusic|SearchCreativeWork)$/;
const OURS_CLINC = new Set([
	"smart_home", "timer", "weather", "time", "date", "shopping_list", "shopping_list_update", "todo_list", "todo_list_update", "play_music", "next_song", "change_volume", "greeting", "thank_you",
	"what_is_your_name", "who_made_you", "who_do_you_work_for", "what_can_i_ask_you", "are_you_a_bot", "cancel", "repeat", "goodbye", "update_playlist", "what_song", "reminder", "yes", "no", "maybe", "timezone",
]);

export interface DataSets {
	/** Not for the home. */
	foreign: string[];
	/** Out of scope of everything, clinc150's validation: for measuring only. */
	outOfScope: string[];
	rows: Row[];
	pools: Pools;
}

/** `folder` has one folder per data set; those that are missing are left out. */
export function readDataSets(folder: string): DataSets {
	const rows: Row[] = [], foreign: string[] = [];
	const add = (name: string, file: string, intent: string, text: string): void => {
		const path = join(folder, name, file);
		if (existsSync(path))
			rows.push(...table(path, intent, text));
	};
	add("hwu64", "train.tsv", "intent", "text");
	add("slurp", "devel.tsv", "intent", "sentence");
	add("snips_nlu", "train.tsv.gz", "intent", "text");
	for (const row of rows)
		if (!OURS.test(row.intent))
			foreign.push(row.text);
	const clinc = join(folder, "clinc150", "train_val.json");
	let outOfScope: string[] = [];
	if (existsSync(clinc)) {
		const data = JSON.parse(readFileSync(clinc, "utf8")) as Record<"train" | "val" | "oos_train" | "oos_val", [string, string][]>;
		for (const [text, intent] of data.train)
			if (!OURS_CLINC.has(intent))
				foreign.push(text);
		// Few, and the most varied.
		for (const [text] of data.oos_train)
			foreign.push(...Array.from({ length: 8 }, () => text));
		outOfScope = data.oos_val.map(([text]) => text);
	}
	const values = (kinds: RegExp): string[] => rows.flatMap((row) => [...row.annotation.matchAll(/\[([a-z_]+) : ([^\]]+)\]/g)].filter((m) => kinds.test(m[1]!)).map((m) => m[2]!.trim()));
	const words = foreign.flatMap((text) => text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
	return {
		foreign, outOfScope, rows,
		pools: {
			titles: values(/^(song_name|artist_name|playlist_name|podcast_name|audiobook_name|game_name|album|artist|track|playlist|movie_name|object_name|music_genre)$/), items: values(/^(food_type|ingredient|event_name|drink_type|coffee_type|meal_type)$/),
			sentences: foreign.filter((text) => text.split(" ").length < 9), words,
		},
	};
}
