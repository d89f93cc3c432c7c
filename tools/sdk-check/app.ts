/** Whether the firmware says on the simulator what it says on the desktop. */

import { DEFAULT_MODEL, findModel } from "../cli/models.ts";
import { Session } from "../cli/session.ts";
import { StepFailed } from "./report.ts";
import { buildForSimulator, runInSimulator } from "./simulator.ts";
import { requireSimulator, Sdk } from "./sdk.ts";

const START_SECONDS = 120;
/** What src/main.ts prints when it starts. */
const GREETING = /^ruvllm-esp32 \S+ host=(\S+) model=(.+) digest=([0-9a-f]{8})\s*$/m;

/** Compares the digests of the first 32 greedy tokens. */
export async function checkApp(sdk: Sdk): Promise<string> {
	requireSimulator(sdk);
	const library = await buildForSimulator(sdk, "manifest.json", "ruvllm-esp32");
	const [desktop, ended] = await Promise.all([desktopDigest(), runInSimulator(sdk, library, { seconds: START_SECONDS, until: GREETING.source })]);
	const greeting = GREETING.exec(ended.output);
	if (!greeting)
		throw new StepFailed(`the firmware does not greet on the simulator${ended.timedOut ? ` within ${START_SECONDS} s` : ` (exit code ${ended.code})`}`, ended.output);
	const [, host, model, digest] = greeting;
	if (digest !== desktop)
		throw new StepFailed(`the digest is ${digest} on the ${host}, ${desktop} on the desktop`, ended.output);
	return `model ${model}, the first 32 tokens have the digest ${digest} on the ${host} and on the desktop`;
}

async function desktopDigest(): Promise<string> {
	const session = await Session.start("desktop", findModel(DEFAULT_MODEL));
	try {
		return (await session.request<{ digest: string }>({ do: "selfTest" })).digest;
	}
	finally {
		session.close();
	}
}
