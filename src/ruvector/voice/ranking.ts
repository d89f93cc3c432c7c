/** Candidates in the order of their points, with what the points are for. */

import type { Dialogue } from "ruvllm-esp32/ruvector/voice/dialogue";
import { type Habits, partOfDay } from "ruvllm-esp32/ruvector/voice/habits";
import { hasWord, type HomeIndex, MOST_ENTITIES } from "ruvllm-esp32/ruvector/voice/home-index";
import { habitScore, historyScore, MARGIN, POINTS, stateScore, timeScore } from "ruvllm-esp32/ruvector/voice/scores";
import { MOST_ASKED } from "ruvllm-esp32/ruvector/voice/select";
import { CAUSES, type Evidence, type VoiceAction } from "ruvllm-esp32/ruvector/voice/types";

/** What the points depend on, beside the candidate. */
export interface Circumstances {
	action: VoiceAction | undefined;
	/** Words that a name may have. */
	said: readonly string[];
	/** Of Habits. */
	key: number;
	/** Number of the speaker's area, -1: not known. */
	area: number;
	/** Minutes of the day; -1: not known. */
	time: number;
	now: number;
}

export class Ranking {
	readonly #home: HomeIndex;
	readonly #dialogue: Dialogue;
	readonly #habits: Habits;
	readonly #scores = new Int32Array(MOST_ENTITIES);
	/** Points by cause of the candidate that was scored last. */
	readonly #points = new Int32Array(CAUSES.length);

	constructor(home: HomeIndex, dialogue: Dialogue, habits: Habits) {
		this.#home = home;
		this.#dialogue = dialogue;
		this.#habits = habits;
	}

	/** `close`: those of `order` that the best does not lead clearly, itself first; of equal points, in the home's order. */
	rank(list: readonly number[], circumstances: Circumstances): { order: number[]; close: number[]; reasons: Evidence[] } {
		const scores = this.#scores, chosen = this.#habits.total(circumstances.key);
		for (const i of list)
			scores[i] = this.#score(i, circumstances, chosen);
		const order = [...list].sort((a, b) => scores[b]! - scores[a]! || a - b), top = scores[order[0]!]!;
		return { order, close: order.filter((i) => top - scores[i]! < MARGIN), reasons: order.slice(0, MOST_ASKED).map((i) => this.#evidence(i, circumstances, chosen)) };
	}

	#score(i: number, { action, said, key, area, time, now }: Circumstances, chosen: number): number {
		const entity = this.#home.entities[i]!, { areas } = this.#home, points = this.#points;
		const inArea = area >= 0 && entity.area === area, floor = area < 0 ? -1 : areas[area]!.floor;
		points[0] = inArea ? POINTS.area : 0;
		points[1] = !inArea && floor >= 0 && areas[entity.area]?.floor === floor ? POINTS.floor : 0;
		points[2] = historyScore(this.#dialogue.turnsSince(i, now), area < 0 || inArea);
		points[3] = stateScore(entity, action);
		points[4] = timeScore(entity, time < 0 ? -1 : partOfDay(time));
		points[5] = chosen === 0 ? 0 : habitScore(this.#habits.count(key, i), chosen);
		points[6] = said.some((word) => hasWord(entity, word)) ? POINTS.name : 0;
		return points.reduce((sum, value) => sum + value, 0);
	}

	#evidence(i: number, circumstances: Circumstances, chosen: number): Evidence {
		const score = this.#score(i, circumstances, chosen), reasons: Evidence["reasons"] = {};
		CAUSES.forEach((cause, c) => {
			if (this.#points[c] !== 0)
				reasons[cause] = this.#points[c];
		});
		return { target: this.#home.entities[i]!.id, score, reasons };
	}
}
