/** The simulated room of examples/snn-gated-inference as a recording, for those who have none at hand. */

import { Room } from "../../../examples/snn-gated-inference/room.ts";
import { RATE } from "../../../examples/snn-gated-inference/voice.ts";
import { BuildError } from "../../build/errors.ts";
import type { RecordingLabels } from "./labels.ts";

export const SIMULATED_SECONDS = 200;
/** Seconds; what is said does not matter to a gate. */
const SAID: readonly (readonly [number, string])[] = [24, 45, 66, 88, 110, 133, 155, 180].map((at) => [at, ""]);

export function simulatedRecording(rate: number): RecordingLabels & { samples: Int16Array } {
	if (rate !== RATE)
		throw new BuildError(`the simulated room has ${RATE} samples a second, and this gate hears ${rate}; give a recording`);
	const room = new Room(SAID), samples = new Int16Array(SIMULATED_SECONDS * RATE), chunk = RATE / 10;
	for (let at = 0; at < samples.length; at += chunk)
		room.read(samples.subarray(at, at + chunk));
	return { samples, rate, events: room.utterances.map(({ start, end }) => ({ start, end })), segments: [] };
}
