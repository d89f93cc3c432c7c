/**
 * What is run at boot: the kernels beside their reference, the file beside its checksum, and the first 32
 * tokens beside those that the model spoke when it was made.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { kernelSelfTest, variant } from "ruvllm-esp32/platform/kernels";
import { DIGEST_TOKENS } from "ruvllm-esp32/engine/digest";
import type { MicroEngine } from "ruvllm-esp32/engine/micro-engine";

export interface SelfTest {
	/** Of the first 32 greedy tokens after the begin token. */
	digest: string;
	/** Undefined when the model's metadata name no digest to compare with. */
	matches: true | undefined;
	/** The variant of the kernels that passed. */
	kernels: string;
}

/**
 * Cost: 100 thousand instructions, 7 for each byte of the file, and 32 tokens.
 * @param host the chip or host that this runs on, for messages
 * @throws RuvllmError SELF_TEST_KERNEL, MODEL_CRC, MODEL_DIGEST, in this order: each says what of kernel, file
 * and build is to be looked at
 */
export function selfTest(engine: MicroEngine, host: string): SelfTest {
	requireKernels(kernelSelfTest(), host);
	engine.model.verify();
	const { digest } = engine.generate([Math.max(0, engine.model.tokenizer.bos)], { greedy: true, maxTokens: DIGEST_TOKENS, stopAtEnd: false });
	const { digest: expected } = engine.model.metadata;
	if (expected !== undefined && expected !== digest)
		throw new RuvllmError("MODEL_DIGEST", `the first tokens have the digest ${digest} on ${host}, the model's card says ${expected}: `
			+ "its kernels and the file are as they should be, so this build computes something else; make it anew, and report it");
	return { digest, matches: expected === undefined ? undefined : true, kernels: variant() };
}

/** @param failing name of the kernel that gives other bits than the reference, if one does */
export function requireKernels(failing: string | undefined, host: string): void {
	if (failing !== undefined)
		throw new RuvllmError("SELF_TEST_KERNEL", `the kernel "${failing}" of the variant ${variant()} gives other bits than the reference on ${host}: `
			+ "build for the chip that runs it, or for none in particular (portable), and report it");
}
