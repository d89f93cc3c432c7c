/** What comes when in a stream of varied noise: segments, and words in two thirds of them. */

import type { Random } from "../random.ts";
import { SOUND_RATE, type Word } from "../words.ts";
import { type Mixture, mixture } from "./mixture.ts";
import { changed } from "./words.ts";

export interface VariedSegment {
	start: number;
	end: number;
	mixture: Mixture;
	words: { start: number; word: Word }[];
}

/** A segment lasts 20 to 60 s. */
const LASTS = [20 * SOUND_RATE, 60 * SOUND_RATE] as const;
/** No word within the first 1.5 s of a segment, nor in its last 0.5 s; 3 s on average until the next, and `gap`. */
const EARLIEST = 1.5 * SOUND_RATE, LATEST = 0.5 * SOUND_RATE, WAIT = 3 * SOUND_RATE;

/**
 * @param words all equally often, changed each time
 * @param first no word before
 * @param gap the least from a word's end to the next one's start
 * @param lasts how long each segment is; 20 to 60 s by default
 */
export function variedPlan(words: readonly Word[], total: number, first: number, gap: number, lasts: number | undefined, random: Random): VariedSegment[] {
	const plan: VariedSegment[] = [];
	let deck: Word[] = [], free = first;
	for (let start = 0, end: number; start < total; start = end) {
		const own = random.fork(`plan ${start}`), length = lasts ?? Math.round(own.between(...LASTS));
		// What would be left over is too short for a segment.
		end = total - start - length < length / 4 ? total : start + length;
		const segment: VariedSegment = { start, end, mixture: mixture(own.fork("mixture")), words: [] };
		for (let at = Math.max(free, Math.floor(start + EARLIEST + own.exponential(EARLIEST))); !silent(plan.length, random);) {
			deck = deck.length ? deck : random.shuffle([...words]);
			const word = changed(deck.at(-1)!, own);
			if (at + word.signal.length > end - LATEST)
				break;
			deck.pop();
			segment.words.push({ start: at, word });
			at = free = at + word.signal.length + gap;
			at += Math.floor(own.exponential(WAIT));
		}
		plan.push(segment);
	}
	return plan;
}

/** Whether a segment has no words: just one of each three, any of them. */
const silent = (index: number, random: Random): boolean => random.fork(`words ${Math.floor(index / 3)}`).below(3) === index % 3;
