/** What somebody does between resting: falls with what follows, and daily activities. */

import type { Random } from "../random.ts";
import { FADE, join, type Motion, MOTION_RATE, type Posture, postureOf, rest, turn } from "./motion.ts";
import type { MotionRecording } from "./recordings.ts";
import { drawVariation, raise, vary } from "./vary.ts";

export interface Scene {
	name: string;
	/** 0.2 s longer than the scene: these are cross-faded with what follows. */
	motion: Motion;
	/** Where gravity is at its beginning and end. */
	begin: Posture;
	finish: Posture;
	/** Within the scene, of a fall. */
	fall?: { start: number; end: number };
}

/** How long a scene lasts, in samples. */
export const lasting = ({ motion }: Scene): number => motion[0].length - FADE;

/** How the edges of a varied recording rest: its first or last second; of one that does not rest, its mean. */
function edges(motion: Motion, { begin, finish }: MotionRecording): { begin: Posture; finish: Posture } {
	const length = motion[0].length, still = (posture: Posture): Posture => ({ mean: posture.mean, drift: [5, 5, 5], hiss: [1, 1, 1] });
	return {
		begin: begin ? postureOf(motion, 0, MOTION_RATE) : still(postureOf(motion, 0, length)),
		finish: finish ? postureOf(motion, length - MOTION_RATE, length) : still(postureOf(motion, 0, length)),
	};
}

/** A fall; the person lies for 5 s behind it, and takes 3 to 6 s to get up. */
export function fallScene(recording: MotionRecording, random: Random, force?: readonly [number, number], tilt?: number, upright = 0): Scene {
	const variation = drawVariation(random, force, tilt), varied = vary(recording.motion, variation), motion = upright ? raise(varied, random.between(0, upright)) : varied, { begin, finish } = edges(motion, recording);
	const fall = { start: Math.round(recording.fall!.start * variation.stretch), end: Math.round(recording.fall!.end * variation.stretch) };
	const lying = Math.max(0, fall.end + 5 * MOTION_RATE - motion[0].length) + 2 * FADE;
	return { name: recording.name, begin, finish: begin, fall, motion: join(motion, rest(finish, lying, random), turn(finish, begin, Math.round(random.between(3, 6) * MOTION_RATE), random), rest(begin, 2 * FADE, random)) };
}

/** A daily activity: one that neither begins nor ends quietly (walking, say) goes on for 5 to 30 s. */
export function activityScene(recording: MotionRecording, random: Random, vigour?: readonly [number, number], tilt?: number): Scene {
	const motion = vary(recording.motion, drawVariation(random, vigour, tilt)), postures = edges(motion, recording);
	if (recording.begin || recording.finish)
		return { name: recording.name, ...postures, motion };
	const length = Math.round(random.between(5, 30) * MOTION_RATE), pieces: Motion[] = [];
	for (let sum = 0; sum < length;) {
		// A stretch of it, at least half, from anywhere on.
		const start = random.below(motion[0].length >> 1), end = Math.min(motion[0].length, start + length - sum + FADE);
		pieces.push([motion[0].slice(start, end), motion[1].slice(start, end), motion[2].slice(start, end)]);
		sum += end - start - FADE;
	}
	return { name: recording.name, ...postures, motion: join(...pieces) };
}

/** Resting in one posture after another, 15 to 60 s each, with 2 to 4 s of turning; 0.2 s longer than asked for. */
export function background(from: Posture, to: Posture, length: number, postures: readonly Posture[], random: Random): Motion {
	const pieces: Motion[] = [], after = Math.round(random.between(1, 3) * MOTION_RATE), lastTurn = 2 * MOTION_RATE;
	let left = length + FADE, now = from;
	const push = (piece: Motion): void => {
		pieces.push(piece);
		left -= piece[0].length - (pieces.length > 1 ? FADE : 0);
	};
	while (left > 70 * MOTION_RATE) {
		const next = random.pick(postures);
		push(rest(now, Math.round(random.between(15, 60) * MOTION_RATE), random));
		push(turn(now, next, Math.round(random.between(2, 4) * MOTION_RATE), random));
		now = next;
	}
	push(rest(now, left - after - lastTurn + 2 * FADE, random));
	push(turn(now, to, lastTurn, random));
	push(rest(to, left + FADE, random));
	return join(...pieces);
}
