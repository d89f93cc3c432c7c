/** Commands of a home in public data sets, where their annotation says enough to know the answer. */

import { Home } from "ruvllm-esp32/engine/home/home";
import type { Row } from "./data-sets.ts";
import type { Example } from "./home-assistant.ts";
import { COLORS } from "./values.ts";

const EVERYWHERE = /^(house|home|apartment|flat|whole house|entire house)$/;
const HERE = "Living Room";

/** Each with a home that has what it names. */
export function rowExamples(rows: readonly Row[]): { example: Example; home: Home }[] {
	const out: { example: Example; home: Home }[] = [];
	for (const row of rows) {
		const marks = [...row.annotation.matchAll(/\[([a-z_]+) : ([^\]]+)\]/g)].map((match) => ({ kind: match[1]!, value: match[2]!.trim() }));
		const places = marks.filter((mark) => mark.kind === "house_place"), colors = marks.filter((mark) => mark.kind === "color_type");
		const others = marks.length - places.length - colors.length;
		if (others || places.length > 1 || colors.length > 1)
			continue;
		const place = places[0]?.value, everywhere = place !== undefined && EVERYWHERE.test(place);
		const area = place === undefined || everywhere ? undefined : place;
		const home = new Home({ areas: [{ name: HERE, id: "here" }, ...(area && area.toLowerCase() !== HERE.toLowerCase() ? [{ name: area, id: "area" }] : [])] });
		const add = (intent: Example["wanted"]["intent"], slots: Record<string, string | number>, here?: string): void => {
			out.push({ example: { sentence: row.text, ...(here && { here }), wanted: { intent, slots } }, home });
		};
		const where = area?.toLowerCase() === HERE.toLowerCase() ? HERE : area;
		switch (row.intent) {
			case "iot_hue_lighton":
			case "iot_hue_lightoff": {
				const intent = row.intent.endsWith("on") ? "HassTurnOn" : "HassTurnOff";
				if (colors.length || /upstairs|downstairs|floor|except|lamp|all|every|one /.test(row.text))
					break;
				if (where)
					add(intent, { area: where, domain: "light" });
				else if (everywhere)
					add(intent, { domain: "light" });
				else
					add(intent, { domain: "light", area: HERE }, HERE);
				break;
			}
			case "iot_hue_lightchange":
				if (colors.length && COLORS.includes(colors[0]!.value) && !everywhere)
					add("HassLightSet", { area: where ?? HERE, color: colors[0]!.value }, where ? undefined : HERE);
				break;
			case "iot_cleaning":
				if (!marks.length && /vacuum|clean|robot|hoover/.test(row.text))
					add("HassVacuumStart", {});
				break;
			case "audio_volume_up":
			case "audio_volume_down":
				if (!marks.length && !/\d|percent|max|min|full/.test(row.text))
					add("HassSetVolumeRelative", { volume_step: row.intent.slice(13), area: HERE }, HERE);
				break;
			case "audio_volume_mute":
				if (!marks.length && /mute|silen|quiet/.test(row.text) && !/unmute/.test(row.text))
					add("HassMediaPlayerMute", { area: HERE }, HERE);
				break;
			case "weather_query":
				if (!marks.length && /weather/.test(row.text))
					add("HassGetWeather", {});
				break;
			case "datetime_query":
				if (!marks.length && /time|date|day/.test(row.text) && row.text.split(" ").length < 9)
					add(/time/.test(row.text) ? "HassGetCurrentTime" : "HassGetCurrentDate", {});
				break;
		}
	}
	return out;
}
