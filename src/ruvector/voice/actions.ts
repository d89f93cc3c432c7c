/** Requests from actions of Home Assistant's kind, {intent, ...slots}, as the home model gives them. */

import { readMention } from "ruvllm-esp32/ruvector/voice/mention";
import type { VoiceAction, VoiceRequest } from "ruvllm-esp32/ruvector/voice/types";

interface Meaning { action?: VoiceAction; domain?: string }

/** Intents whose target is a device, with the domain that they are about. All others need none. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
	HassTurnOn: { action: "on" }, HassTurnOff: { action: "off" }, HassToggle: { action: "toggle" }, HassGetState: { action: "get" },
	HassSetPosition: { action: "set", domain: "cover" }, HassStopMoving: { action: "set", domain: "cover" }, HassLightSet: { action: "set", domain: "light" },
	HassClimateGetTemperature: { domain: "climate" }, HassClimateSetTemperature: { action: "set", domain: "climate" },
	HassFanSetSpeed: { action: "set", domain: "fan" }, HassHumidifierSetpoint: { action: "set", domain: "humidifier" },
	HassMediaNext: { action: "pause", domain: "media_player" }, HassMediaPrevious: { action: "pause", domain: "media_player" },
	HassMediaPause: { action: "pause", domain: "media_player" }, HassMediaUnpause: { action: "resume", domain: "media_player" },
	HassMediaSearchAndPlay: { action: "set", domain: "media_player" }, HassMediaPlayerMute: { action: "set", domain: "media_player" }, HassMediaPlayerUnmute: { action: "set", domain: "media_player" },
	HassSetVolume: { action: "set", domain: "media_player" }, HassSetVolumeRelative: { action: "set", domain: "media_player" },
	HassVacuumStart: { action: "on", domain: "vacuum" }, HassVacuumReturnToBase: { action: "off", domain: "vacuum" },
	HassLawnMowerStartMowing: { action: "on", domain: "lawn_mower" }, HassLawnMowerDock: { action: "off", domain: "lawn_mower" },
};

/** @param text the sentence, for "it", "in here" and "all" */
export function requestOf(action: Readonly<Record<string, unknown>>, text?: string): VoiceRequest {
	const meaning = MEANINGS[String(action.intent)], slot = (name: string): string | undefined => typeof action[name] === "string" ? action[name] : undefined;
	if (!meaning) {
		// "Turn the other one off" is no command to who does not know what was said before.
		const mention = action.intent === "none" && text !== undefined ? readMention(text) : undefined;
		return mention && (mention.it || mention.other) ? { text } : { text, needsDevice: false };
	}
	return { text, action: meaning.action, name: slot("name"), area: slot("area"), floor: slot("floor"), domain: slot("domain") ?? meaning.domain, deviceClass: slot("device_class") };
}

/** The action with the place that a resolution narrowed it to; other slots stay. */
export function actionWith(action: Readonly<Record<string, unknown>>, slots: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
	const out: Record<string, unknown> = { ...action };
	if (MEANINGS[String(action.intent)])
		for (const name of ["name", "area", "floor"])
			if (slots[name] !== undefined)
				out[name] = slots[name];
			else if (name === "name" && out.name === "all")
				delete out.name;
	return out;
}
