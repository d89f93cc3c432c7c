/** How well a model predicts a text: negative log-likelihood, in windows with a fresh context each. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";

const Q24 = 1 << 24;

export interface WindowScore {
	/** Tokens predicted: one less than the window has. */
	tokens: number;
	nats: number;
	/** The likeliest token at each place, for comparison with another engine. */
	top1: number[];
}

/**
 * Scores the tokens of one window but the first, which is only context.
 * @throws RuvllmError WINDOW_LENGTH when it has less than 2 tokens or more than the context holds plus one
 */
export function scoreWindow(model: TinyModel, ids: ArrayLike<number>): WindowScore {
	if (ids.length < 2 || ids.length > model.contextLength + 1)
		throw new RuvllmError("WINDOW_LENGTH", `a window has 2 to ${model.contextLength + 1} tokens, not ${ids.length}`);
	let nats = 0;
	const top1: number[] = [];
	model.samplerSettings.fill(0);
	model.samplerSettings[2] = model.samplerSettings[4] = 65536;
	model.sample.run(0);
	for (let i = 0; i + 1 < ids.length; i++) {
		model.forward(ids[i]!, i, true);
		nats += model.negativeLogLikelihood.run(ids[i + 1]!) / Q24;
		top1.push(model.sample.run(1));
	}
	return { tokens: ids.length - 1, nats, top1 };
}
