/** Requests and contexts, checked: from here on every field has the type that it should have. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { findPlace, type HomeIndex } from "ruvllm-esp32/ruvector/voice/home-index";
import type { VoiceContext, VoiceRequest } from "ruvllm-esp32/ruvector/voice/types";

const ACTIONS = ["on", "off", "toggle", "set", "get", "pause", "resume"];
const TEXTS = ["text", "name", "area", "floor", "domain", "deviceClass"] as const;
export const LONGEST_TEXT = 400;

export interface ReadContext {
	/** Number of the speaker's area, -1: not known. */
	area: number;
	/** Minutes of the day; -1: not known. */
	time: number;
	now: number;
}

/** @throws RuvllmError VOICE_REQUEST naming the field */
export function checkRequest(request: VoiceRequest): void {
	if (typeof request !== "object" || request === null || Array.isArray(request))
		throw new RuvllmError("VOICE_REQUEST", "a request is an object: {text, action, name, area, domain}");
	for (const field of TEXTS) {
		const value: unknown = request[field];
		if (value !== undefined && (typeof value !== "string" || value.length > LONGEST_TEXT))
			throw new RuvllmError("VOICE_REQUEST", `"${field}" of a request is a text of at most ${LONGEST_TEXT} characters`);
	}
	if (request.action !== undefined && !ACTIONS.includes(request.action))
		throw new RuvllmError("VOICE_REQUEST", `the action of a request is one of ${ACTIONS.join(", ")}, not "${String(request.action)}"`);
	if (request.needsDevice !== undefined && typeof request.needsDevice !== "boolean")
		throw new RuvllmError("VOICE_REQUEST", "\"needsDevice\" of a request is true or false");
}

/** @throws RuvllmError VOICE_CONTEXT naming the field, or the area that the home has not */
export function readContext(context: VoiceContext, home: HomeIndex): ReadContext {
	if (typeof context !== "object" || context === null || Array.isArray(context))
		throw new RuvllmError("VOICE_CONTEXT", "a context is an object: {area, time, now, history}");
	const { area, time = -1, now = 0, history } = context;
	if (!Number.isInteger(time) || time < -1 || time > 1439)
		throw new RuvllmError("VOICE_CONTEXT", `the time is ${String(time)}; it is in minutes of the day, 0 to 1439`);
	if (!Number.isInteger(now) || now < 0 || now > 0xffffffff)
		throw new RuvllmError("VOICE_CONTEXT", `"now" is ${String(now)}; it is in seconds, a whole number of 32 bits`);
	if (history !== undefined && (!Array.isArray(history) || history.length > 8 || !history.every((id) => home.entity(id as string) >= 0)))
		throw new RuvllmError("VOICE_CONTEXT", "\"history\" is a list of at most 8 ids of the home's entities");
	const number = area === undefined ? -1 : typeof area === "string" ? findPlace(home.areas, area) : -2;
	if (area !== undefined && number < 0)
		throw new RuvllmError("VOICE_CONTEXT", `the home has no area "${String(area)}"; leave it out where the speaker's area is not known`);
	return { area: number, time, now };
}
