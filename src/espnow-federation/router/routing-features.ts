/** RoutingFeatures: what is known of a request and of the chips that could take it. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

/** For a chip that is not there. */
export const ABSENT = -1;

export interface RoutingFacts {
	/** Of the request's embedding, -128 to 127 and 0 to 127; 0 by default. */
	embedMean?: number;
	embedVar?: number;
	/** Size of the request in units of work, 0 to 255; for example, 8 tokens each. */
	position: number;
	/** Work that waits at each chip, in the same units, 0 to 255, or ABSENT (-1). Longer queues count as 255. */
	chipLoads: ArrayLike<number>;
	/** Microseconds of the way to each chip and back, 0 to 65535; 0 by default. */
	chipHops?: ArrayLike<number>;
}

export class RoutingFeatures {
	readonly #input: Int32Array;

	/** @throws RuvllmError GRNN_INPUT */
	constructor({ embedMean = 0, embedVar = 0, position, chipLoads, chipHops }: RoutingFacts) {
		const chips = chipLoads?.length;
		if (!(chips >= 1 && chips <= 16))
			throw new RuvllmError("GRNN_INPUT", `there are ${String(chips)} loads; give one for each of 1 to 16 chips`);
		if (chipHops && chipHops.length !== chips)
			throw new RuvllmError("GRNN_INPUT", `there are ${chipHops.length} hops for ${chips} chips; give one for each`);
		const input = new Int32Array(3 + (chipHops ? 2 : 1) * chips);
		input[0] = whole("embedMean", embedMean, -128, 127);
		input[1] = whole("embedVar", embedVar, 0, 127);
		input[2] = whole("position", position, 0, 255);
		for (let c = 0; c < chips; c++) {
			input[3 + c] = whole("a load", chipLoads[c]!, ABSENT, 255);
			if (chipHops)
				input[3 + chips + c] = whole("a hop", chipHops[c]!, 0, 65535);
		}
		this.#input = input;
	}

	/** Mean, variance, position, loads and, where given, hops: what MicroFastGRNN.step takes. The same array each time. */
	toInput(): Int32Array {
		return this.#input;
	}
}

export function whole(name: string, value: number, low: number, high: number, code = "GRNN_INPUT"): number {
	if (!(value >= low && value <= high && value === (value | 0)))
		throw new RuvllmError(code, `${name} is ${String(value)}; it takes a whole number from ${low} to ${high}`);
	return value;
}
