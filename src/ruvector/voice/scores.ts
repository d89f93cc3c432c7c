/** Points for a candidate: what each kind of evidence is worth. Whole numbers; the margins say what they have to beat. */

import { type Entity, hasWords } from "ruvllm-esp32/ruvector/voice/home-index";
import type { VoiceAction } from "ruvllm-esp32/ruvector/voice/types";
import { NIGHT_WORDS } from "ruvllm-esp32/ruvector/voice/words";

export const POINTS = { area: 40, floor: 12, history: 30, state: 10, time: 16, habit: 36, name: 24 } as const;

/** One candidate has to lead the next by this to be taken without asking: more than one device's state is worth. */
export const MARGIN = 15;

/** States in which a device is as wanted, by action; of unknown states nothing follows. */
const DONE: Readonly<Partial<Record<VoiceAction, readonly string[]>>> = {
	on: ["on", "open", "locked", "playing", "cleaning", "mowing"], off: ["off", "closed", "unlocked", "idle", "docked", "standby"],
	pause: ["paused", "off", "idle", "standby"], resume: ["playing", "off", "standby"],
};
const OPPOSITE: Readonly<Partial<Record<VoiceAction, readonly string[]>>> = { on: DONE.off!, off: DONE.on!, pause: ["playing"], resume: ["paused", "idle"] };

/** +: the action would change something; -: it is as wanted already. */
export function stateScore({ state }: Entity, action: VoiceAction | undefined): number {
	return action === undefined || state === "" ? 0 : DONE[action]?.includes(state) ? -POINTS.state : OPPOSITE[action]?.includes(state) ? POINTS.state : 0;
}

/** What was named in the last turn counts most; nothing after five turns; a third in another room, where somebody may have come from. */
export const historyScore = (turns: number, near: boolean): number => turns < 0 || turns > 5 ? 0 : (POINTS.history - 6 * turns) / (near ? 1 : 3);

/** At night, what stands at a bed. */
export function timeScore(entity: Entity, part: number): number {
	return part === 0 && NIGHT_WORDS.some((word) => hasWords(entity, word)) ? POINTS.time : 0;
}

/** Share of the choices, held down while there are few: one choice of one gives a third of the points, four of four two thirds. */
export const habitScore = (count: number, total: number): number => Math.floor(POINTS.habit * count / (total + 2));
