/** What is run at boot: the model speaks 32 tokens, and must say what it said when it was made. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { DIGEST_TOKENS } from "ruvllm-esp32/engine/digest";
import type { MicroEngine } from "ruvllm-esp32/engine/micro-engine";

export interface SelfTest {
	/** Of the first 32 greedy tokens after the begin token. */
	digest: string;
	/** Whether the model's metadata names the same digest; undefined when they name none. */
	matches: boolean | undefined;
}

/** Cost: 32 tokens. */
export function selfTest(engine: MicroEngine): SelfTest {
	const { digest } = engine.generate([Math.max(0, engine.model.tokenizer.bos)], { greedy: true, maxTokens: DIGEST_TOKENS, stopAtEnd: false });
	const expected = engine.model.metadata.digest;
	return { digest, matches: expected === undefined ? undefined : expected === digest };
}

/** @throws RuvllmError MODEL_DIGEST when the model says something else than when it was made */
export function requireSelfTest(engine: MicroEngine): SelfTest {
	const result = selfTest(engine);
	if (result.matches === false)
		throw new RuvllmError("MODEL_DIGEST", `the first tokens have the digest ${result.digest}, the model's card says ${engine.model.metadata.digest}: this build computes something else`);
	return result;
}
